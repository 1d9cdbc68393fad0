// A controller over a log in memory, with brokers as a test asks for them. Configs are judged by a few rules of
// the test's own: the real table has tests of its own.

import { Logger } from '../../base/logger.ts'
import type { Random } from '../../env/env.ts'
import { MetadataDelta } from '../../metadata/metadata-delta.ts'
import { emptyImage, type MetadataImage } from '../../metadata/metadata-image.ts'
import { supportedFeatures } from '../../metadata/metadata-version.ts'
import { newClusterFeatureLevels } from '../../metadata/release-features.ts'
import type { CreatableTopic } from '../../protocol/generated/create-topics-request.ts'
import type { CreatableTopicResult } from '../../protocol/generated/create-topics-response.ts'
import type { MetadataRecord } from '../../protocol/metadata-records.ts'
import type { ConfigRules, StaticConfig } from '../config-rules.ts'
import { Controller } from '../controller.ts'
import type { LoadedMetadata, MetadataLog } from '../metadata-log.ts'
import { MemoryMetadataLog } from './memory-metadata-log.ts'

export const clusterId = 'MkU3OEVBNTcwNTJENDM2Qg'

const silent = new Logger('controller', { write: () => {} })

/** A linear congruential generator: the same draws in every run. */
export function seededRandom(seed = 7): Random {
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  return { next, bytes: (count) => Uint8Array.from({ length: count }, () => next() * 256) }
}

const rules: ConfigRules = {
  problem: (_resource, configs, changed) => {
    const wrong = [...changed].find((name) => name === 'retention.ms' && configs.get(name) === 'soon')
    return wrong === undefined ? undefined : `Value 'soon' of ${wrong} is not a number.`
  },
  isList: (_type, name) => name === 'cleanup.policy',
  defaultValue: (_type, name) => (name === 'cleanup.policy' ? 'delete' : undefined),
}

export interface WorldOptions {
  readonly brokers?: number
  readonly racks?: readonly string[]
  readonly settings?: Readonly<Record<string, number | boolean>>
  readonly features?: readonly (readonly [string, number])[]
  readonly loaded?: LoadedMetadata
}

export interface World {
  readonly controller: Controller
  readonly log: MemoryMetadataLog
}

/** Controller and broker registrations are done, brokers 1…n unfenced; the log holds what that wrote. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { brokers = 1, racks = [] } = options
  const log = new MemoryMetadataLog(options.loaded)
  const controller = newController(log, options)
  await controller.start()
  for (let id = 1; id <= brokers; id++) {
    await register(controller, id, `incarnation-${id}`, { rack: racks[id - 1] ?? null })
    await controller.unfence(id)
  }
  return { controller, log }
}

export function newController(log: MetadataLog, { settings = {}, features }: WorldOptions): Controller {
  const values: Readonly<Record<string, number | boolean>> = {
    'num.partitions': 3,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'delete.topic.enable': true,
    'unclean.leader.election.enable': false,
    ...settings,
  }
  const brokerConfig: StaticConfig = {
    int: (name) => Number(values[name]),
    boolean: (name) => values[name] === true,
  }
  const bootstrap = (features ?? newClusterFeatureLevels()).map(
    ([name, featureLevel]): MetadataRecord => ({ name: 'FeatureLevelRecord', value: { name, featureLevel } }),
  )
  return new Controller(
    { clusterId, nodeId: 1, brokerConfig, bootstrap },
    {
      log,
      rules,
      random: seededRandom(),
      logger: silent,
      topicConfigEntries: (overrides) =>
        [...overrides].map(([name, value]) => ({
          name,
          value,
          readOnly: false,
          configSource: 1,
          isSensitive: false,
        })),
    },
  )
}

/** What a node that replays the log from its first record would hold. */
export function replayed({ log }: Pick<World, 'log'>): MetadataImage {
  const delta = new MetadataDelta(emptyImage)
  for (const record of log.records) delta.replay(record)
  return delta.apply(log.endOffset - 1, log.epoch)
}

export function register(
  controller: Controller,
  brokerId: number,
  incarnationId: string,
  over: { rack?: string | null; previousBrokerEpoch?: number; logDirs?: string[]; clusterId?: string } = {},
) {
  return controller.registerBroker({
    brokerId,
    clusterId: over.clusterId ?? clusterId,
    incarnationId,
    listeners: [{ name: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 0 }],
    features: supportedFeatures,
    rack: over.rack ?? null,
    logDirs: over.logDirs ?? [directoryOf(brokerId)],
    previousBrokerEpoch: over.previousBrokerEpoch ?? -1,
  })
}

export function directoryOf(brokerId: number): string {
  return `directory-of-broker-${String(brokerId).padStart(2, '0')}`
}

export function topic(name: string, over: Partial<CreatableTopic> = {}): CreatableTopic {
  return { name, numPartitions: -1, replicationFactor: -1, assignments: [], configs: [], ...over }
}

/** Creates topics and returns the answers by name. */
export async function create(
  { controller }: World,
  topics: readonly CreatableTopic[],
  validateOnly = false,
): Promise<ReadonlyMap<string, CreatableTopicResult>> {
  const response = await controller.createTopics({ topics: [...topics], timeoutMs: 1000, validateOnly })
  return new Map(response.topics.map((result) => [result.name, result]))
}
