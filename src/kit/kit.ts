// `import { startOttla } from 'ottla'`: a whole Kafka-compatible broker inside a test. This file and `types.ts` are
// what the published package exports.

import { brokerConfigs } from '../config/config-table.ts'
import { nearestName } from '../config/nearest-name.ts'
import { createNodeEnv } from '../platform/node-env.ts'
import { OttlaError } from './ottla-error.ts'
import { RunningOttla } from './running-ottla.ts'
import { TestControl } from './test-control.ts'
import type { Ottla, OttlaOptions } from './types.ts'

export type { ErrorName } from '../base/errors.ts'
export type { ApiName } from './api-names.ts'
export { OttlaError } from './ottla-error.ts'
export type {
  ActiveFault,
  BrokerClock,
  ConsumeOptions,
  FaultSpec,
  Group,
  GroupMember,
  GroupOffset,
  GroupSnapshot,
  Groups,
  NewRecord,
  NewTopic,
  Ottla,
  OttlaOptions,
  ReadRecord,
  RequestFilter,
  Requests,
  ResetOptions,
  SeenRequest,
  Snapshot,
  TopicPartitionOffset,
  TopicSnapshot,
  WrittenRecord,
} from './types.ts'

const optionNames: readonly (keyof OttlaOptions)[] = [
  'topics',
  'properties',
  'port',
  'dataDirectory',
  'leaveOnDisconnect',
  'logLevel',
]

/** What a test wants: nothing waits, and what is over is gone. */
const testProperties: Readonly<Record<string, string>> = {
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.num.partitions': '1',
  // A clock that is moved forward must not cut idle clients off.
  'connections.max.idle.ms': '-1',
  'log.segment.delete.delay.ms': '0',
  // Without sessions every Fetch names its topics, so that faults find them.
  'max.incremental.fetch.session.cache.slots': '0',
}
/** Where a broker without `dataDirectory` keeps its files in memory. */
const memoryDirectory = 'ottla'

/**
 * Starts a broker in this process: in memory, on a free port, reachable from this machine only. Any number of them run
 * side by side.
 *
 * ```ts
 * await using kafka = await startOttla({ topics: ['orders'] })
 * const client = new Kafka({ brokers: [kafka.bootstrap] })
 * ```
 *
 * Rejects with an `OttlaError` for options that make no sense, a port that is taken, a topic that cannot be created.
 */
export async function startOttla(options: OttlaOptions = {}): Promise<Ottla> {
  checkOptions(options)
  const { topics = [], properties = {}, port = 0, dataDirectory, leaveOnDisconnect = true } = options
  const machine = createNodeEnv({
    memory: dataDirectory === undefined,
    logLevel: options.logLevel ?? 'error',
  })
  const listeners =
    properties.listeners === undefined
      ? {
          listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:0`,
          'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
        }
      : {}
  const settings = { ...listeners, ...testProperties, ...properties }
  const node = {
    overrides: Object.entries(settings).map(([name, value]) => [name, String(value)] as const),
    dataDirectory: dataDirectory ?? memoryDirectory,
  }
  const control = new TestControl({ leaveOnDisconnect }, machine)
  return RunningOttla.start({ node, topics }, { control, machine })
}

function checkOptions(options: OttlaOptions): void {
  for (const name of Object.keys(options))
    if (!optionNames.includes(name as keyof OttlaOptions))
      throw new OttlaError(`startOttla has no option ${name}${didYouMean(name, optionNames)}`)
  for (const name of Object.keys(options.properties ?? {}))
    if (!brokerConfigs.has(name))
      throw new OttlaError(`${name} is not a broker config of Kafka${didYouMean(name, brokerConfigs.keys())}`)
}

function didYouMean(mistyped: string, names: Iterable<string>): string {
  const nearest = nearestName(mistyped, names)
  return nearest === undefined ? '' : `; did you mean ${nearest}?`
}
