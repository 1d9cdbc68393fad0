// What a broker under test holds, as a value; and the way back to such a value, or to nothing.

import { errors } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import { isInternalTopic } from '../broker/internal-topics.ts'
import { calls } from '../client/api-call.ts'
import type { Clock } from '../env/env.ts'
import type { ConfigResourceType, ConfigsImage } from '../metadata/configs-image.ts'
import { incrementalAlterConfigsRequest } from '../protocol/generated/incremental-alter-configs-request.ts'
import { incrementalAlterConfigsResponse } from '../protocol/generated/incremental-alter-configs-response.ts'
import { committedOffsets, deleteGroup, evictMembers, listGroups, setOffsets } from './group-calls.ts'
import { readRecords } from './read-records.ts'
import type { TestControl } from './test-control.ts'
import type { Snapshot, TopicSnapshot } from './types.ts'
import { appendRecords, createTopics, refused } from './write-records.ts'

const alterConfigs = { request: incrementalAlterConfigsRequest, response: incrementalAlterConfigsResponse }
const setOperation = 0
const deleteOperation = 1
/** ConfigResource.Type of Kafka's clients. */
const resourceTypes: Readonly<Record<ConfigResourceType, number>> = {
  topic: 2,
  broker: 4,
  'client-metrics': 16,
  group: 32,
}

export async function takeSnapshot(control: TestControl, machineClock: Clock): Promise<Snapshot> {
  const topics: TopicSnapshot[] = []
  for (const name of topicNames(control)) {
    const { topics: all, configs } = control.image()
    const records = await readRecords(control, name, {}, machineClock)
    const partitions = all.byName(name)!.partitions.length
    topics.push({ name, partitions, configs: Object.fromEntries(configs.for('topic', name)), records })
  }
  const groupIds = await listGroups(control)
  const groups = await Promise.all(
    groupIds.map(async (groupId) => {
      const offsets = await committedOffsets(control, groupId)
      return {
        groupId,
        offsets: offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
      }
    }),
  )
  return { topics, groups }
}

/** Groups with their members, topics; and configs as in `configs`. */
export async function wipe(control: TestControl, configs: ConfigsImage): Promise<void> {
  for (const groupId of await listGroups(control)) {
    await evictMembers(control, groupId)
    await deleteGroup(control, groupId)
  }
  await deleteTopics(control, topicNames(control))
  await restoreConfigs(control, configs)
}

/** Onto a broker that was wiped. Offsets count from 0 again, and committed offsets with them. */
export async function restore(control: TestControl, { topics, groups }: Snapshot): Promise<void> {
  await createTopics(control, topics)
  for (const { name, records } of topics) {
    if (records.length === 0) continue
    const placed = records.map(({ partition, timestamp, keyBytes, valueBytes, headerBytes }) => ({
      partition,
      timestamp,
      key: keyBytes,
      value: valueBytes,
      headers: headerBytes,
    }))
    await appendRecords(control, name, placed)
  }
  for (const { groupId, offsets } of groups) {
    const moved = offsets.map(({ topic, partition, offset }) => {
      const records = topics.find(({ name }) => name === topic)?.records ?? []
      const before = records.filter((record) => record.partition === partition && record.offset < offset)
      return { topic, partition, offset: before.length }
    })
    if (moved.length > 0) await setOffsets(control, groupId, moved)
  }
}

function topicNames(control: TestControl): string[] {
  return [...control.image().topics.all()]
    .map(({ name }) => name)
    .filter((name) => !isInternalTopic(name))
    .sort()
}

async function deleteTopics({ local }: TestControl, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const { responses } = await local.call(calls.deleteTopics, {
    topics: names.map((name) => ({ name, topicId: zeroUuid })),
  })
  for (const { name, errorCode, errorMessage } of responses)
    if (errorCode !== errors.NONE) throw refused(`delete topic ${name}`, errorCode, errorMessage)
}

/** Takes back what was set since `before`. Topics are made anew, with theirs. */
async function restoreConfigs(control: TestControl, before: ConfigsImage): Promise<void> {
  const resources = [...control.image().configs.all()].flatMap(({ type, name, configs }) => {
    const wanted = before.for(type, name)
    const changed = [...configs.keys()].filter((config) => configs.get(config) !== wanted.get(config))
    if (type === 'topic' || changed.length === 0) return []
    return [{ type, name, configs: changed.map((config) => ({ name: config, value: wanted.get(config) })) }]
  })
  if (resources.length === 0) return
  const { responses } = await control.local.call(alterConfigs, {
    resources: resources.map(({ type, name: resourceName, configs }) => ({
      resourceType: resourceTypes[type],
      resourceName,
      configs: configs.map(({ name, value = null }) => ({
        name,
        configOperation: value === null ? deleteOperation : setOperation,
        value,
      })),
    })),
  })
  for (const { resourceName, errorCode, errorMessage } of responses)
    if (errorCode !== errors.NONE)
      throw refused(`restore the configs of ${resourceName}`, errorCode, errorMessage)
}
