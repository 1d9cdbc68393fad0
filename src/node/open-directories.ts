// The directories of a node: formatted, locked, their logs loaded and the metadata read back.

import type { Logger } from '../base/logger.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import type { Env } from '../env/env.ts'
import { LogManager } from '../log/log-manager.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { formatDirectories, readBootstrapRecords } from '../raft/format.ts'
import { RaftLog } from '../raft/quorum-of-one.ts'
import { StartError } from './start-error.ts'

export interface OpenDirectories {
  readonly clusterId: string
  /** In the order of `log.dirs`. */
  readonly directoryIds: readonly string[]
  readonly logs: LogManager
  readonly metadataLog: RaftLog
  /** What a controller writes into an empty metadata log. */
  readonly bootstrap: readonly MetadataRecord[]
  /** Gives up what is locked beside the log directories. */
  release(): Promise<void>
}

/** Rejects with StartError or DiskError, with nothing left open. */
export async function openDirectories(
  config: BrokerConfig,
  env: Env,
  logger: Logger,
): Promise<OpenDirectories> {
  const { disk, clock, timers, random } = env
  const logDirectories = config.logDirectories()
  const metadataDirectory = config.metadataLogDirectory()
  const formatted = await formatDirectories(
    {
      directories: [...new Set([...logDirectories, metadataDirectory])],
      metadataDirectory,
      nodeId: config.int('node.id'),
      voterEndpoints: config.isSet('controller.quorum.voters')
        ? undefined
        : config.advertisedControllerListeners(),
    },
    { disk, random, clock },
  )
  if (!formatted.ok) throw new StartError(formatted.error)
  for (const directory of formatted.value.formatted)
    logger.info(`Formatted ${directory} for cluster ${formatted.value.clusterId}`)
  const lock = logDirectories.includes(metadataDirectory) ? undefined : await disk.lock(metadataDirectory)
  const logs = await LogManager.open(
    { directories: logDirectories, brokerConfig: config },
    { disk, clock, timers, random, logger: logger.named('kafka.log.LogManager') },
  )
  const bootstrap = orThrow(await readBootstrapRecords(disk, metadataDirectory))
  const metadataLog = orThrow(
    await RaftLog.open(
      { directory: metadataDirectory, nodeId: config.int('node.id'), brokerConfig: config },
      { disk, clock, timers, logger: logger.named('kafka.raft.KafkaMetadataLog') },
    ),
  )
  return {
    clusterId: formatted.value.clusterId,
    directoryIds: logDirectories.map((directory) => formatted.value.directoryIds.get(directory)!),
    logs,
    metadataLog,
    bootstrap,
    release: async () => lock?.release(),
  }
}

function orThrow<T>(outcome: { ok: true; value: T } | { ok: false; error: string }): T {
  if (!outcome.ok) throw new StartError(outcome.error)
  return outcome.value
}
