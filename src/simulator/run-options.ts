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
  /** `kill`: what was written stays. `power`: what was not synced is lost or torn. */
  readonly crash: 'kill' | 'power'
  /** Every append is synced before it is acknowledged, so that power losses lose nothing acknowledged. */
  readonly syncsAppends: boolean
  readonly crashes: number
  readonly segmentBytes: number
  readonly safetyMs: number
  /** How long a call of the disk takes at most, stalls aside. */
  readonly diskLatencyUsMax: number
  /** Probability that a call of the disk stalls, during faulty times. */
  readonly diskStall: number
  readonly diskWriteError: number
  /** Probability that a packet is held up, during faulty times. */
  readonly networkSpike: number
  readonly clockJumpMsMax: number
}

export function drawRunOptions(prng: Prng): RunOptions {
  const crash = prng.pick(['kill', 'power'] as const)
  return {
    partitions: prng.between(1, 4),
    producers: prng.between(1, 3),
    consumers: prng.between(1, 2),
    compression: prng.pick(['none', 'none', 'gzip', 'snappy', 'lz4', 'zstd'] as const),
    recordBytesMax: prng.pick([50, 500, 20_000]),
    sendIntervalMsMax: prng.pick([20, 200, 1000]),
    crash,
    syncsAppends: crash === 'power' && prng.chance(0.8),
    crashes: prng.between(0, 4),
    segmentBytes: prng.pick([60_000, 300_000, 1_073_741_824]),
    safetyMs: prng.between(10_000, 40_000),
    diskLatencyUsMax: prng.pick([200, 2000, 20_000]),
    diskStall: prng.pick([0, 0.001, 0.01]),
    diskWriteError: prng.pick([0, 0, 0.0005]),
    networkSpike: prng.pick([0, 0.01, 0.05]),
    clockJumpMsMax: prng.pick([0, 0, 5000]),
  }
}
