// What API handlers may use. Built once by `node/`; handlers take the whole and name what they read.

import type { BrokerConfig } from '../config/broker-config.ts'
import type { Controller } from '../controller/controller.ts'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator.ts'
import type { Clock, Random, Timers } from '../env/env.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { PartitionTable } from '../replication/partition-table.ts'
import type { AnyApi } from './api.ts'
import type { FetchSessions } from './fetch-sessions.ts'
import type { ProducerIds } from './producer-ids.ts'
import type { TopicAutoCreation } from './topic-auto-creation.ts'

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
  readonly partitions: PartitionTable
  readonly controller: Controller
  readonly groups: GroupCoordinator
  readonly fetchSessions: FetchSessions
  readonly topicAutoCreation: TopicAutoCreation
  readonly producerIds: ProducerIds
  /** Resolves when this broker has applied the metadata that was committed before the call. */
  readonly metadataApplied: () => Promise<void>
  /** The table this API is part of; ApiVersions tells it. */
  readonly apis: () => ReadonlyMap<number, AnyApi>
}
