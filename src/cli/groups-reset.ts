// `ottla groups --reset-offsets`: makes a plan, shows it, and with --execute commits it. Only a group without
// members can be moved: members would go on from where they are and commit over it.

import { errors } from '../base/errors.ts'
import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import { about, failure, type Result, success } from '../client/client-error.ts'
import { commitOffsets, fetchCommitted } from '../client/committed-offsets.ts'
import { describeGroup } from '../client/group-admin.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import { lookUpOffsets, type OffsetSpec } from '../client/offset-lookup.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { namedPartitions } from './group-partitions.ts'
import type { GroupsFlags } from './groups-command.ts'
import { chosenGroups } from './groups-list.ts'
import { reportError } from './report.ts'
import {
  formatPlan,
  type PlannedOffset,
  parseDatetime,
  parseDuration,
  parsePlan,
  type ResetTarget,
  resetTargets,
} from './reset-target.ts'
import { formatTable, narrow, wide } from './table.ts'
import { patiently } from './with-client.ts'

type Offsets = ReadonlyMap<string, number>

export async function resetOffsets(
  modules: CliModules,
  client: KafkaClient,
  flags: GroupsFlags,
): Promise<ExitCode> {
  const groups = await chosenGroups(client, flags)
  if (!groups.ok) return reportError(modules, groups.error)
  const [target] = resetTargets(flags)
  const plan: PlannedOffset[] = []
  let exitCode: ExitCode = 0
  for (const group of groups.value) {
    const planned = await new Reset(modules, client, flags, group).plan(target!)
    if (!planned.ok) {
      exitCode = reportError(modules, planned.error)
      continue
    }
    const committed = flags.execute
      ? await patiently(client, () => commitOffsets(client, group, planned.value))
      : success(undefined)
    if (committed.ok) plan.push(...planned.value)
    else exitCode = reportError(modules, committed.error)
  }
  // When nothing could be planned, its reasons are all there is to say.
  const isEmpty = plan.length === 0 && exitCode !== 0
  if (flags.json || !isEmpty)
    await modules.output.write(planText(plan, flags, groups.value.length > 1, modules.output.columns))
  if (!flags.execute && !flags.dryRun && !flags.export && plan.length > 0) {
    modules.output.writeError('Nothing was changed. Add --execute to do it.\n')
  }
  return exitCode
}

function planText(
  plan: readonly PlannedOffset[],
  flags: GroupsFlags,
  hasGroups: boolean,
  widthMax: number | undefined,
): string {
  if (flags.json) return `${JSON.stringify(plan)}\n`
  if (flags.export) return formatPlan(plan, hasGroups)
  const table = formatTable(
    [
      { title: 'GROUP', widthMin: wide, text: ({ group }) => group },
      { title: 'TOPIC', widthMin: wide, text: ({ topic }) => topic },
      { title: 'PARTITION', widthMin: narrow, text: ({ partition }) => `${partition}` },
      { title: 'NEW-OFFSET', widthMin: 0, text: ({ offset }) => `${offset}` },
    ],
    plan,
    widthMax,
  )
  return `\n${table}`
}

class Reset {
  readonly #modules: CliModules
  readonly #client: KafkaClient
  readonly #flags: GroupsFlags
  readonly #group: string

  constructor(modules: CliModules, client: KafkaClient, flags: GroupsFlags, group: string) {
    this.#modules = modules
    this.#client = client
    this.#flags = flags
    this.#group = group
  }

  async plan(target: ResetTarget): Promise<Result<PlannedOffset[]>> {
    const group = await patiently(this.#client, () => describeGroup(this.#client, this.#group))
    if (!group.ok && group.error.code !== errors.GROUP_ID_NOT_FOUND) return group
    if (group.ok && group.value.state !== 'Empty') {
      const message =
        `Assignments can only be reset if the group '${this.#group}' is inactive, ` +
        `but the current state is ${group.value.state}. Stop its members first.`
      return failure(errors.NON_EMPTY_GROUP, message)
    }
    if (target.to === 'file') return this.#planOfFile(target.path)
    const partitions = await this.#partitions()
    if (!partitions.ok) return partitions
    const offsets = await this.#offsets(target, partitions.value)
    return offsets.ok ? success(this.#planned(partitions.value, offsets.value)) : offsets
  }

  async #partitions(): Promise<Result<TopicPartition[]>> {
    if (!this.#flags.allTopics)
      return patiently(this.#client, () => namedPartitions(this.#client, this.#flags.topic!))
    const committed = await this.#committed()
    if (!committed.ok) return committed
    return success(committed.value.map(({ topic, partition }) => ({ topic, partition })))
  }

  async #planOfFile(path: string): Promise<Result<PlannedOffset[]>> {
    const read = await this.#modules.readFile(path)
    if (!read.ok) return failure(errors.INVALID_REQUEST, `cannot read ${path}: ${read.message}`)
    const plan = parsePlan(new TextDecoder().decode(read.bytes), [this.#group])
    if (plan === undefined) {
      return failure(errors.INVALID_REQUEST, `${path} does not hold lines of topic,partition,offset`)
    }
    const own = plan.filter(({ group }) => group === this.#group)
    const offsets = await this.#clamped(
      own,
      new Map(own.map((planned) => [topicPartitionKey(planned), planned.offset])),
    )
    return offsets.ok ? success(this.#planned(own, offsets.value)) : offsets
  }

  async #offsets(
    target: Exclude<ResetTarget, { to: 'file' }>,
    partitions: readonly TopicPartition[],
  ): Promise<Result<Offsets>> {
    switch (target.to) {
      case 'earliest':
      case 'latest':
        return this.#lookUp(partitions, target.to)
      case 'offset':
        return this.#clamped(
          partitions,
          new Map(partitions.map((each) => [topicPartitionKey(each), target.offset])),
        )
      case 'current':
        return this.#current(partitions)
      case 'shift':
        return this.#shifted(partitions, target.by)
      case 'datetime':
        return this.#since(partitions, parseDatetime(target.text), `--to-datetime ${target.text}`)
      case 'duration': {
        const durationMs = parseDuration(target.text)
        const sinceMs = durationMs === undefined ? undefined : this.#modules.env.clock.wallMs() - durationMs
        return this.#since(partitions, sinceMs, `--by-duration ${target.text}`)
      }
    }
  }

  /** Committed offsets; where there is none, the end of the log. */
  async #current(partitions: readonly TopicPartition[]): Promise<Result<Offsets>> {
    const committed = await this.#committed()
    if (!committed.ok) return committed
    const ends = await this.#lookUp(partitions, 'latest')
    if (!ends.ok) return ends
    return success(
      new Map([
        ...ends.value,
        ...committed.value.map((each) => [topicPartitionKey(each), each.offset] as const),
      ]),
    )
  }

  async #shifted(partitions: readonly TopicPartition[], by: number): Promise<Result<Offsets>> {
    const committed = await this.#committed()
    if (!committed.ok) return committed
    const offsets = new Map(committed.value.map((each) => [topicPartitionKey(each), each.offset + by]))
    const missing = partitions.find((each) => !offsets.has(topicPartitionKey(each)))
    if (missing !== undefined) {
      const message = `cannot shift partition ${topicPartitionKey(missing)}: the group has no committed offset there`
      return failure(errors.INVALID_REQUEST, message)
    }
    return this.#clamped(partitions, offsets)
  }

  /** The first records from then on; where none is that young, the end of the log. */
  async #since(
    partitions: readonly TopicPartition[],
    timestampMs: number | undefined,
    flag: string,
  ): Promise<Result<Offsets>> {
    if (timestampMs === undefined)
      return failure(errors.INVALID_REQUEST, `${flag} is not of the form it must have`)
    const found = await this.#lookUp(partitions, timestampMs)
    if (!found.ok) return found
    const ends = await this.#lookUp(partitions, 'latest')
    if (!ends.ok) return ends
    return success(
      new Map([...found.value].map(([key, offset]) => [key, offset < 0 ? ends.value.get(key)! : offset])),
    )
  }

  /** Offsets moved into the log, with a warning for each that was outside. */
  async #clamped(partitions: readonly TopicPartition[], offsets: Offsets): Promise<Result<Offsets>> {
    const starts = await this.#lookUp(partitions, 'earliest')
    if (!starts.ok) return starts
    const ends = await this.#lookUp(partitions, 'latest')
    if (!ends.ok) return ends
    const clamped = [...offsets].map(([key, offset]) => {
      const inside = Math.min(
        Math.max(offset, starts.value.get(key) ?? offset),
        ends.value.get(key) ?? offset,
      )
      if (inside !== offset) {
        this.#modules.output.writeError(
          `Warning: ${key} has no offset ${offset}, the nearest is ${inside}.\n`,
        )
      }
      return [key, inside] as const
    })
    return success(new Map(clamped))
  }

  async #lookUp(partitions: readonly TopicPartition[], spec: OffsetSpec): Promise<Result<Offsets>> {
    return patiently(this.#client, async () => {
      const offsets = new Map<string, number>()
      for (const [index, found] of (await lookUpOffsets(this.#client, partitions, spec)).entries()) {
        const key = topicPartitionKey(partitions[index]!)
        if (!found.ok) return about(`partition ${key}`, found)
        offsets.set(key, found.value.offset)
      }
      return success(offsets)
    })
  }

  #committed() {
    return patiently(this.#client, () => fetchCommitted(this.#client, this.#group, 'all'))
  }

  #planned(partitions: readonly TopicPartition[], offsets: Offsets): PlannedOffset[] {
    return partitions.map(({ topic, partition }) => ({
      group: this.#group,
      topic,
      partition,
      offset: offsets.get(topicPartitionKey({ topic, partition }))!,
    }))
  }
}
