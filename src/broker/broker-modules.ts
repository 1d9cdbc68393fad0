// What API handlers may use. Built once by `node/`; handlers take the whole and name what they read.

import type { BrokerConfig } from '../config/broker-config.ts'
import type { Controller } from '../controller/controller.ts'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator.ts'
import type { Clock, Disk, Random, Timers } from '../env/env.ts'
import type { LogManager } from '../log/log-manager.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { PartitionTable } from '../replication/partition-table.ts'
import type { AnyApi } from './api.ts'
import type { FetchSessions } from './fetch-sessions.ts'
import type { ProducerIds } from './producer-ids.ts'
import type { TopicAutoCreation } from './topic-auto-creation.ts'

/** The quorum of the metadata log, of which this node is the only voter. */
export interface QuorumState {
  /** The finalized level of kraft.version, which is no record of the metadata but one of the log. */
  readonly kraftVersion: number
  readonly leaderEpoch: number
  readonly highWatermark: number
  readonly logEndOffset: number
  /** The zero id where the voters are static. */
  readonly directoryId: string
  /** Of this node's controller. */
  readonly endpoints: readonly { readonly name: string; readonly host: string; readonly port: number }[]
}

export interface BrokerModules {
  readonly nodeId: number
  readonly clusterId: string
  /** As the broker was started. */
  readonly config: BrokerConfig
  /** Under what was set since, as far as it is committed. */
  readonly dynamicConfig: () => BrokerConfig
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  /** The newest committed metadata. */
  readonly image: () => MetadataImage
  readonly disk: Disk
  readonly logs: LogManager
  readonly partitions: PartitionTable
  readonly controller: Controller
  readonly quorum: () => QuorumState
  readonly groups: GroupCoordinator
  readonly fetchSessions: FetchSessions
  readonly topicAutoCreation: TopicAutoCreation
  readonly producerIds: ProducerIds
  /** Resolves when this broker has applied the metadata that was committed before the call. */
  readonly metadataApplied: () => Promise<void>
  /** The table this API is part of; ApiVersions tells it. */
  readonly apis: () => ReadonlyMap<number, AnyApi>
}
