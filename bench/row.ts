// What a row of the bench is: one workload, the figures it gives and what the project promises of them. A row is
// run against one broker at a time and knows nothing of repetition, of the other broker, or of tables.

import type { Broker } from '../conformance/brokers.ts'

/** What the project holds itself to: a value of its own, or one in proportion to Apache Kafka's. */
export type Budget =
  | { readonly atMost: number }
  | { readonly timesKafkaAtMost: number }
  | { readonly timesKafkaAtLeast: number }

export interface Figure {
  readonly name: string
  readonly unit: string
  readonly budget?: Budget
  /** A point of a line over the row's axis. */
  readonly series?: string
  readonly at?: number
}

/** By the names of the row's figures. */
export type Measured = Readonly<Record<string, number>>

export interface Row {
  /** For `--row`. */
  readonly name: string
  /** The load and what makes it, for a reader of the table. */
  readonly does: string
  readonly figures: readonly Figure[]
  /** Of each broker, taken in turns. */
  readonly runs: number
  /** Part of `--quick`, which makes loads smaller and runs once. */
  readonly isQuick: boolean
  /** For the reader of a budget that is not met: what the profile shows, and what was tried. */
  readonly whenMissed?: string
  /** What grows along the row's figures; a row with an axis is shown as a plot. */
  readonly axis?: string
  /** Broker configs, of both brokers alike. */
  readonly settings?: readonly string[]
  /** Each run gets a broker that was never started, in a folder of its own, instead of one that all runs share. */
  readonly startsItself?: boolean
  /** `scale` is 1 for the load that `does` tells of; less for a smaller one. */
  run(broker: Broker, scale: number): Promise<Measured>
}
