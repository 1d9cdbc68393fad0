// What all logs of a node share.

import type { Logger } from '../base/logger.ts'
import type { Disk, Timers } from '../env/env.ts'
import { FilePool } from './file-pool.ts'
import { IndexCache } from './index-cache.ts'
import { RecentWrites } from './recent-writes.ts'
import type { SegmentFilesModules } from './segment-files.ts'
import { WriteScheduler } from './write-scheduler.ts'

export interface LogModules extends SegmentFilesModules {
  readonly scheduler: WriteScheduler
  readonly logger: Logger
  /** Without it, bytes leave memory once they are written. */
  readonly recentWrites?: RecentWrites
  /** The disk refused a log: its whole log directory is to be given up. */
  readonly onDiskFailure?: (directory: string, message: string) => void
  /**
   * A log was cut, maybe below its checkpointed recovery point. The checkpoint is to be written before anything is
   * appended: the new records at the old offsets are not flushed.
   */
  readonly onTruncated?: (directory: string) => Promise<void>
}

export type LogHooks = Pick<LogModules, 'onDiskFailure' | 'onTruncated'>

/** Files open at once; well below the usual limit of 1024 descriptors, which connections need too. */
const openFilesMax = 512
/** Index files of sealed segments kept for readers that are behind. */
const indexCacheBytesMax = 16 * 1024 * 1024

/** Written bytes kept in memory for consumers that keep up; beyond that they read from the page cache. */
const recentWritesLimits = { bytesMax: 8 * 1024 * 1024, chunksMax: 4096 }

export function makeLogModules(
  modules: { disk: Disk; timers: Timers; logger: Logger },
  hooks: LogHooks = {},
): LogModules {
  const { disk, timers, logger } = modules
  return {
    disk,
    logger,
    pool: new FilePool({ openFilesMax }, { disk }),
    indexCache: new IndexCache({ bytesMax: indexCacheBytesMax }),
    scheduler: new WriteScheduler({ timers }),
    recentWrites: new RecentWrites(recentWritesLimits),
    ...hooks,
  }
}
