// `ottla topics --describe`: line by line what kafka-topics.sh prints, or JSON with the same facts.

import { zeroUuid } from '../base/uuid.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import {
  describeTopicConfigs,
  describeTopics,
  type PartitionDescription,
  type TopicDescription,
} from '../client/topic-admin.ts'
import type { DescribeConfigsResourceResult } from '../protocol/generated/describe-configs-response.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { reportError } from './report.ts'

export interface DescribeFlags {
  readonly topicsWithOverrides?: boolean
  readonly underReplicatedPartitions?: boolean
  readonly unavailablePartitions?: boolean
  readonly underMinIsrPartitions?: boolean
  readonly atMinIsrPartitions?: boolean
  readonly json?: boolean
}

interface Topic extends TopicDescription {
  /** Those that are not the default. */
  readonly configs: readonly (readonly [name: string, value: string])[]
  readonly minIsr: number
}

const defaultSource = 5

export async function describe(
  modules: CliModules,
  client: KafkaClient,
  names: readonly string[],
  flags: DescribeFlags,
): Promise<ExitCode> {
  const described = await describeTopics(client, names)
  if (!described.ok) return reportError(modules, described.error)
  const configs = await describeTopicConfigs(client, names)
  if (!configs.ok) return reportError(modules, configs.error)
  const cluster = await client.metadata()
  if (!cluster.ok) return reportError(modules, cluster.error)
  const brokers = new Set(cluster.value.brokers.keys())
  const topics = described.value.map((topic) => withConfigs(topic, configs.value.get(topic.name) ?? []))
  const shown = topics.flatMap((topic) => shownPart(topic, flags, brokers))
  const text = flags.json
    ? `${JSON.stringify(shown.map(jsonOf))}\n`
    : shown.map((topic) => linesOf(topic, flags)).join('')
  await modules.output.write(text)
  return 0
}

function withConfigs(topic: TopicDescription, entries: readonly DescribeConfigsResourceResult[]): Topic {
  const changed = entries.filter(({ configSource }) => configSource !== defaultSource)
  const minIsr = Number(entries.find(({ name }) => name === 'min.insync.replicas')?.value ?? 1)
  return { ...topic, configs: changed.map(({ name, value }) => [name, value ?? '']), minIsr }
}

/** The topic with the partitions that the flags ask for; nothing when they ask for none of it. */
function shownPart(topic: Topic, flags: DescribeFlags, brokers: ReadonlySet<number>): Topic[] {
  if (flags.topicsWithOverrides) return topic.configs.length > 0 ? [topic] : []
  if (!isReport(flags)) return [topic]
  const partitions = topic.partitions.filter(({ leader, replicas, isr }) => {
    const isLed = leader >= 0
    return (
      (flags.underReplicatedPartitions && isr.length < replicas.length) ||
      (flags.unavailablePartitions && !(isLed && brokers.has(leader))) ||
      (flags.underMinIsrPartitions && (!isLed || isr.length < topic.minIsr)) ||
      (flags.atMinIsrPartitions && isr.length === topic.minIsr)
    )
  })
  return partitions.length > 0 ? [{ ...topic, partitions }] : []
}

/** A report of partitions in some state leaves out the line of the topic. */
function isReport(flags: DescribeFlags): boolean {
  return [
    flags.underReplicatedPartitions,
    flags.unavailablePartitions,
    flags.underMinIsrPartitions,
    flags.atMinIsrPartitions,
  ].includes(true)
}

function linesOf(topic: Topic, flags: DescribeFlags): string {
  const shown = flags.topicsWithOverrides ? [] : topic.partitions
  const lines = shown.map((partition) => partitionLine(topic.name, partition))
  return [...(isReport(flags) ? [] : [topicLine(topic)]), ...lines].map((line) => `${line}\n`).join('')
}

function topicLine({ name, topicId, partitions, configs }: Topic): string {
  const fields = [
    `Topic: ${name}`,
    ...(topicId === zeroUuid ? [] : [`TopicId: ${topicId}`]),
    `PartitionCount: ${partitions.length}`,
    `ReplicationFactor: ${partitions[0]?.replicas.length ?? 0}`,
    `Configs: ${configs.map(([config, value]) => `${config}=${value}`).join(',')}`,
  ]
  return fields.join('\t')
}

function partitionLine(topic: string, description: PartitionDescription): string {
  const { partition, leader, replicas, isr, elr, lastKnownElr } = description
  const fields = [
    `Topic: ${topic}`,
    `Partition: ${partition}`,
    `Leader: ${leader < 0 ? 'none' : leader}`,
    `Replicas: ${replicas.join(',')}`,
    `Isr: ${isr.join(',')}`,
    `Elr: ${elr?.join(',') ?? 'N/A'}`,
    `LastKnownElr: ${lastKnownElr?.join(',') ?? 'N/A'}`,
  ]
  return `\t${fields.join('\t')}`
}

function jsonOf({ name, topicId, isInternal, configs, partitions }: Topic): object {
  return { topic: name, topicId, isInternal, configs: Object.fromEntries(configs), partitions }
}
