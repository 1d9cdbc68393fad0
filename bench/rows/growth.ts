// How cost grows: the same steady load while one number grows over decades. One row per number, a figure per point;
// the plots are made of them. The bench's own client is the load, the same for both brokers.

import { type Broker, delay } from '../../conformance/brokers.ts'
import { createTopic } from '../create-topic.ts'
import { drive } from '../driver/drive.ts'
import type { LoadFigures } from '../driver/load.ts'
import type { Figure, Measured, Row } from '../row.ts'

/** Modest, so that latency is that of a broker with room. */
const requestsPerSecond = 500
const secondsPerPoint = 6
/** After topics, connections and groups were made. */
const settleMs = 1000
const sixteenKilobytes = { recordBytes: 1000, recordsPerBatch: 16 }

interface Growth {
  readonly name: string
  /** What grows. */
  readonly axis: string
  readonly does: string
  readonly points: readonly number[]
  readonly settings?: readonly string[]
  readonly costUnit: 's/GB' | 'ms/request'
  load(broker: Broker, at: number, seconds: number): Promise<LoadFigures & { readonly bytes?: number }>
}

const cost = 'broker CPU'
const p50 = 'p50'
const p99 = 'p99'

function growthRow({ points, costUnit, load, does, ...growth }: Growth): Row {
  const figures = [cost, p50, p99].flatMap((series): Figure[] =>
    points.map((at) => ({ name: nameAt(series, at), unit: series === cost ? costUnit : 'ms', series, at })),
  )
  return {
    ...growth,
    does: `${does}; own client in a process of its own`,
    ...{ figures, runs: 1, isQuick: false },
    async run(broker, scale) {
      const seconds = secondsPerPoint * scale
      // Neither runtime has compiled the way of this load yet.
      await load(broker, points[0]!, seconds)
      let measured: Measured = {}
      for (const at of points) {
        const { bytes, requests, cpuSeconds, p50Ms, p99Ms } = await load(broker, at, seconds)
        const perUnit = bytes === undefined ? (cpuSeconds * 1000) / requests : cpuSeconds / (bytes / 1e9)
        measured = {
          ...measured,
          ...{ [nameAt(cost, at)]: perUnit, [nameAt(p50, at)]: p50Ms, [nameAt(p99, at)]: p99Ms },
        }
      }
      return measured
    },
  }
}

function nameAt(series: string, at: number): string {
  return `${series} at ${at.toLocaleString('en')}`
}

interface Shape {
  readonly partitions: number
  readonly connections: number
}

async function produceSteadily(broker: Broker, shape: Shape, seconds: number) {
  const topic = await createTopic(broker.server, shape.partitions)
  await delay(settleMs)
  const options = { topic, ...shape, ...sixteenKilobytes, inFlight: 1, acks: 1, seconds, requestsPerSecond }
  const figures = await drive(broker, 'produceBatches', options)
  return { ...figures, bytes: figures.requests * 16_000 }
}

export const growthRows: readonly Row[] = [
  growthRow({
    name: 'growth-partitions',
    axis: 'partitions',
    does: '500 batches of 16 KB a second, each to the next partition, from 16 connections, acks=1',
    points: [1, 10, 100, 1000, 10_000],
    costUnit: 's/GB',
    load: (broker, partitions, seconds) => produceSteadily(broker, { partitions, connections: 16 }, seconds),
  }),
  growthRow({
    name: 'growth-connections',
    axis: 'connections',
    does: '500 batches of 16 KB a second, each from the next connection, to 4 partitions, acks=1',
    points: [1, 10, 100, 1000, 10_000],
    costUnit: 's/GB',
    load: (broker, connections, seconds) => produceSteadily(broker, { partitions: 4, connections }, seconds),
  }),
  growthRow({
    name: 'growth-batch-size',
    axis: 'bytes of a batch',
    does: 'batches of records of 90 B as fast as a connection with four on their way gets answers, acks=1',
    points: [100, 1000, 10_000, 100_000, 1_000_000],
    costUnit: 's/GB',
    async load(broker, batchBytes, seconds) {
      const topic = await createTopic(broker.server, 1)
      // What a record needs beside its value makes a hundred bytes of ninety.
      const batch = { recordBytes: 90, recordsPerBatch: batchBytes / 100 }
      const shape = { topic, partitions: 1, connections: 1, inFlight: 4, acks: 1, seconds }
      const figures = await drive(broker, 'produceBatches', { ...shape, ...batch })
      return { ...figures, bytes: figures.requests * batch.recordBytes * batch.recordsPerBatch }
    },
  }),
  growthRow({
    name: 'growth-groups',
    axis: 'groups',
    does: 'groups of one member; 500 commits and heartbeats a second, of one group after the other',
    points: [1, 10, 100, 1000, 5000],
    // Joining is not what is measured.
    settings: ['group.initial.rebalance.delay.ms=0'],
    costUnit: 'ms/request',
    async load(broker, groups, seconds) {
      const topic = await createTopic(broker.server, 1)
      return drive(broker, 'commitInGroups', { topic, groups, connections: 16, seconds, requestsPerSecond })
    },
  }),
]
