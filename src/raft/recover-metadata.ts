// What the start of a node finds in its metadata directory: the open log, and the state that snapshot and log make
// together, or why they cannot be gone on with.

import type { Logger } from '../base/logger.ts'
import { metadataTopicId } from '../base/uuid.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import { TopicConfig } from '../config/topic-config.ts'
import type { LoadedMetadata } from '../controller/metadata-log.ts'
import type { Clock, Disk, Outcome, Timers } from '../env/env.ts'
import { FilePool } from '../log/file-pool.ts'
import { IndexCache } from '../log/index-cache.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { createLog, loadLog } from '../log/recovery.ts'
import { WriteScheduler } from '../log/write-scheduler.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import { metadataVersionFeature, supportedFeatures } from '../metadata/metadata-version.ts'
import type { QuorumRecords } from './control-records.ts'
import { type LoadedSnapshot, loadSnapshot, replayLog } from './load-metadata.ts'

export interface RecoveryOptions {
  readonly nodeId: number
  readonly brokerConfig: BrokerConfig
}

export interface RecoveryModules {
  readonly disk: Disk
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
}

export interface RecoveredMetadata {
  readonly log: PartitionLog
  readonly loaded: LoadedMetadata
  readonly quorum: QuorumRecords
}

const topicPartition = { topic: '__cluster_metadata', partition: 0 }
const metadataFilesMax = 4
const metadataIndexBytesMax = 1024 * 1024

/** Refuses with what is wrong and where, the log closed again; rejects with DiskError. */
export async function recoverMetadata(
  directory: string,
  { nodeId, brokerConfig }: RecoveryOptions,
  modules: RecoveryModules,
): Promise<Outcome<RecoveredMetadata, string>> {
  const snapshot = await loadSnapshot(modules.disk, directory)
  if (!snapshot.ok) return snapshot
  const log = await openLog(directory, brokerConfig, modules)
  const recovered = await recoverBehind(snapshot.value, log, nodeId, modules.clock.wallMs())
  if (!recovered.ok) await log.close()
  return recovered
}

async function recoverBehind(
  snapshot: LoadedSnapshot,
  log: PartitionLog,
  nodeId: number,
  nowMs: number,
): Promise<Outcome<RecoveredMetadata, string>> {
  const { endOffset } = snapshot.id
  if (log.logStartOffset > endOffset) {
    const gap = `from offset ${endOffset} to ${log.logStartOffset}`
    return { ok: false, error: `${log.directory} lacks the records ${gap}.` }
  }
  if (log.logEndOffset < endOffset) await log.truncateFullyAndStartAt(endOffset, nowMs)
  log.highWatermark = log.logEndOffset
  const replayed = await replayLog(log, snapshot)
  if (!replayed.ok) return replayed
  const { quorum, ...loaded } = replayed.value
  const problem = soleVoterProblem(quorum, nodeId) ?? metadataVersionProblem(loaded.image)
  if (problem !== undefined) return { ok: false, error: `${log.directory}: ${problem}` }
  return { ok: true, value: { log, loaded, quorum } }
}

/** Leading alone what others vote on would split the cluster in two. */
function soleVoterProblem({ voters }: QuorumRecords, nodeId: number): string | undefined {
  const ids = voters?.voters.map(({ voterId }) => voterId) ?? [nodeId]
  if (ids.length === 1 && ids[0] === nodeId) return undefined
  return `its quorum has the voters ${ids.join(', ')}, so node ${nodeId} cannot lead it alone.`
}

function metadataVersionProblem({ features: { metadataVersion } }: MetadataImage): string | undefined {
  const range = supportedFeatures.find(({ name }) => name === metadataVersionFeature)!
  const { minSupportedVersion: min, maxSupportedVersion: max } = range
  if (metadataVersion === 0 || (metadataVersion >= min && metadataVersion <= max)) return undefined
  return `its metadata.version is ${metadataVersion}, supported are ${min} to ${max}.`
}

/** Opens the log as after a crash: it is short, for its older part is in the snapshot, and is checked whole. */
async function openLog(
  directory: string,
  brokerConfig: BrokerConfig,
  { disk, timers, clock, logger }: RecoveryModules,
): Promise<PartitionLog> {
  const nowMs = clock.wallMs()
  const logModules = {
    disk,
    pool: new FilePool({ openFilesMax: metadataFilesMax }, { disk }),
    indexCache: new IndexCache({ bytesMax: metadataIndexBytesMax }),
    scheduler: new WriteScheduler({ timers }),
    logger,
  }
  const overrides = {
    'segment.bytes': String(brokerConfig.int('metadata.log.segment.bytes')),
    'segment.ms': String(brokerConfig.long('metadata.log.segment.ms')),
    'cleanup.policy': 'delete',
    // Only the start reads what a snapshot replaced.
    'file.delete.delay.ms': '0',
    // Only a snapshot makes records dispensable.
    'retention.ms': '-1',
    'retention.bytes': '-1',
  }
  const config = TopicConfig.of(brokerConfig, new Map(Object.entries(overrides)))
  const isNew = !(await disk.list(directory)).some(({ name }) => name.endsWith('.log'))
  if (isNew)
    return createLog({ directory, topicPartition, topicId: metadataTopicId, config, nowMs }, logModules)
  const fromScratch = {
    isClean: false,
    recoveryPoint: 0,
    logStartOffset: 0,
    highWatermark: 0,
    mayHaveGaps: false,
  }
  // There are no producers in this log.
  const producerIdExpirationMs = Number.MAX_SAFE_INTEGER
  return loadLog(
    { directory, topicPartition, config, nowMs, ...fromScratch, producerIdExpirationMs },
    logModules,
  )
}
