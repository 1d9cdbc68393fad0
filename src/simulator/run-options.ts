// What one simulated run is like, drawn from its seed and printed before it starts.

import type { Prng } from '../base/prng.ts'
import type { Compression } from '../protocol/records/compression.ts'

export interface RunOptions {
  readonly partitions: number
  readonly producers: number
  readonly consumers: number
  readonly compression: Compression
  readonly recordBytesMax: number
  /** Between two sends of one producer. */
  readonly sendIntervalMsMax: number
  /** After this long a producer ends and another one goes on in its place. */
  readonly producerLifeMsMax: number
  readonly sessionTimeoutMs: number
  /** `kill`: what was written stays. `power`: what was not synced is lost or torn. */
  readonly crash: 'kill' | 'power'
  /** Every append is synced before it is acknowledged, so that power losses lose nothing acknowledged. */
  readonly syncsAppends: boolean
  readonly crashes: number
  /** Probability that an ending is a clean stop instead of a crash. */
  readonly cleanStop: number
  readonly segmentBytes: number
  /** Of the topic whose records go after a while. */
  readonly retentionMs: number
  /** Compacted partitions, beside the one that fades. */
  readonly tables: number
  /** Of one compacted partition. */
  readonly keys: number
  readonly compaction: CompactionOptions
  readonly snapshotBytes: number
  readonly fetchSessionsMax: number
  readonly safetyMs: number
  readonly disk: DiskOptions
  readonly network: NetworkOptions
  /** How long the broker or the clients stand still at most; 0: never. */
  readonly pauseMsMax: number
  readonly clockJumpMsMax: number
}

export interface CompactionOptions {
  readonly segmentBytes: number
  /** How long tombstones stay. */
  readonly deleteRetentionMs: number
  /** Of the cleaner's map: a small one is full after some twenty keys, and a cleaning ends before it has seen all. */
  readonly loadFactor: number
}

/** Probabilities per call during faulty times. */
export interface DiskOptions {
  readonly latencyUsMax: number
  readonly stall: number
  readonly writeError: number
  readonly syncError: number
  readonly readError: number
  /** Probability per phase of faults that the disk is full for as long as it lasts. */
  readonly full: number
}

/** Probabilities: of packets that are held up, and per phase of faults. */
export interface NetworkOptions {
  readonly spike: number
  readonly cut: number
  readonly reset: number
}

/** Of the producers: a compacted segment has to have room for a batch, and small ones are cleaned often. */
export const batchBytesMax = 4096

/** Power is lost without syncing: nothing that the broker told has to hold afterwards. */
export function mayLose({ crash, syncsAppends }: RunOptions): boolean {
  return crash === 'power' && !syncsAppends
}

export function drawRunOptions(prng: Prng): RunOptions {
  const crash = prng.pick(['kill', 'power'] as const)
  return {
    partitions: prng.between(1, 4),
    producers: prng.between(1, 3),
    consumers: prng.between(1, 3),
    compression: prng.pick(['none', 'none', 'gzip', 'snappy', 'lz4', 'zstd'] as const),
    recordBytesMax: prng.pick([50, 500, 20_000]),
    sendIntervalMsMax: prng.pick([50, 200, 1000]),
    producerLifeMsMax: prng.pick([3000, 60_000]),
    sessionTimeoutMs: prng.pick([6000, 20_000]),
    crash,
    syncsAppends: crash === 'power' && prng.chance(0.8),
    crashes: prng.between(0, 4),
    cleanStop: prng.pick([0, 0.3]),
    segmentBytes: prng.pick([60_000, 300_000, 1_073_741_824]),
    retentionMs: prng.pick([2000, 8000]),
    tables: prng.between(1, 2),
    keys: prng.pick([4, 40]),
    compaction: {
      segmentBytes: prng.pick([2, 8]) * batchBytesMax,
      deleteRetentionMs: prng.pick([500, 20_000]),
      loadFactor: prng.pick([0.0005, 0.9]),
    },
    snapshotBytes: prng.pick([1500, 20_000_000]),
    fetchSessionsMax: prng.pick([1, 1000]),
    safetyMs: prng.between(8000, 25_000),
    disk: {
      latencyUsMax: prng.pick([200, 2000, 20_000]),
      stall: prng.pick([0, 0.001, 0.01]),
      writeError: prng.pick([0, 0, 0.0005]),
      syncError: prng.pick([0, 0, 0.001]),
      // Rare calls: what was written lately is read from memory.
      readError: prng.pick([0, 0, 0.03]),
      full: prng.pick([0, 0, 0.1]),
    },
    network: {
      spike: prng.pick([0, 0.01, 0.05]),
      cut: prng.pick([0, 0.3]),
      reset: prng.pick([0, 0.3]),
    },
    pauseMsMax: prng.pick([0, 0, 9000]),
    clockJumpMsMax: prng.pick([0, 0, 5000]),
  }
}
