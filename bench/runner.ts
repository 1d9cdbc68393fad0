// Runs a row against both brokers in turns. Each row has brokers of its own, on empty directories, so that it gives
// the same alone as among all others.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Broker, isAlive, KafkaBroker, OttlaBroker } from '../conformance/brokers.ts'
import { createTopic } from './create-topic.ts'
import { consumerPerformance, producerPerformance } from './kafka-tool.ts'
import { settleDisk, touchMemory } from './page-cache.ts'
import type { Measured, Row } from './row.ts'

const program = join(import.meta.dirname, '../dist/ottla.js')
const ports = { ottla: 19_092, kafka: 19_192 }
/** Written and read before the first run, so that neither runtime compiles while it is measured. */
const warmUpLoad = { records: 200_000, recordBytes: 1000, props: ['acks=1'] }

export type Side = 'ottla' | 'kafka'
const sides: readonly Side[] = ['ottla', 'kafka']

/** What each run gave, in their order. */
export type Runs = Readonly<Record<Side, readonly Measured[]>>

export interface RunOptions {
  readonly scale: number
  /** Instead of the row's own number. */
  readonly runs?: number
  readonly onProgress: (line: string) => void
}

export async function runRow(row: Row, { scale, runs = row.runs, onProgress }: RunOptions): Promise<Runs> {
  const measured: Record<Side, Measured[]> = { ottla: [], kafka: [] }
  touchMemory(scale)
  const folder = mkdtempSync(join(tmpdir(), 'ottla-bench-'))
  const brokers = new Map<Side, Broker>()
  const onExit = () => killAll(brokers.values(), folder)
  process.once('exit', onExit)
  try {
    for (let run = 0; run < runs; run++) {
      for (const side of sides) {
        const broker = await brokerFor(
          row,
          side,
          join(folder, `${side}-${row.startsItself ? run : 0}`),
          brokers,
          scale,
        )
        const figures = await row.run(broker, scale)
        measured[side].push(figures)
        onProgress(`${row.name} ${run + 1}/${runs} ${side}: ${JSON.stringify(rounded(figures))}`)
        if (row.startsItself) await broker.stop()
        settleDisk()
      }
    }
    return measured
  } finally {
    await Promise.all([...brokers.values()].map((broker) => broker.kill()))
    rmSync(folder, { recursive: true, force: true })
    process.off('exit', onExit)
  }
}

async function brokerFor(
  row: Row,
  side: Side,
  folder: string,
  running: Map<Side, Broker>,
  scale: number,
): Promise<Broker> {
  const known = row.startsItself ? undefined : running.get(side)
  if (known !== undefined) return known
  const broker = newBroker(side, folder, row.settings)
  running.set(side, broker)
  if (row.startsItself) return broker
  await broker.start()
  const topic = await createTopic(broker.server, 1)
  const records = Math.round(warmUpLoad.records * scale)
  await producerPerformance(broker.server, topic, { ...warmUpLoad, records })
  await consumerPerformance(broker.server, topic, records)
  return broker
}

/** When the bench is interrupted: Apache Kafka would go on without it. */
function killAll(brokers: Iterable<Broker>, folder: string): void {
  for (const { pid } of brokers) if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}

function newBroker(side: Side, folder: string, settings: readonly string[] = []): Broker {
  return side === 'ottla'
    ? new OttlaBroker(program, folder, ports.ottla, settings)
    : new KafkaBroker(folder, ports.kafka, settings)
}

function rounded(figures: Measured): Measured {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(3))]),
  )
}
