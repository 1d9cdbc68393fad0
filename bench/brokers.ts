// The brokers that rows are run against, in a folder that goes with them: those that rows share are started and
// warmed up when they are first asked for.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Broker, isAlive, KafkaBroker, OttlaBroker } from '../conformance/brokers.ts'
import { createTopic } from './create-topic.ts'
import { consumerPerformance, producerPerformance, warmUpLoad } from './kafka-tool.ts'

const program = join(import.meta.dirname, '../dist/ottla.js')
const ports = { ottla: 19_092, kafka: 19_192 }

export type Side = 'ottla' | 'kafka'

export class Brokers {
  readonly #scale: number
  readonly #folder = mkdtempSync(join(tmpdir(), 'ottla-bench-'))
  readonly #settings: readonly string[]
  readonly #shared = new Map<Side, Broker>()
  readonly #all: Broker[] = []
  readonly #onExit = () => this.#killAtOnce()

  /** `settings`: configs of all alike. */
  constructor(scale: number, settings: readonly string[] = []) {
    this.#scale = scale
    this.#settings = settings
    process.once('exit', this.#onExit)
  }

  /** One that runs, and has written and read, so that neither runtime compiles while it is measured. */
  async shared(side: Side): Promise<Broker> {
    const known = this.#shared.get(side)
    if (known !== undefined) return known
    const broker = this.unstarted(side)
    this.#shared.set(side, broker)
    await broker.start()
    const topic = await createTopic(broker.server, 1)
    const records = Math.round(warmUpLoad.records * this.#scale)
    await producerPerformance(broker.server, topic, { ...warmUpLoad, records })
    await consumerPerformance(broker.server, topic, records)
    return broker
  }

  /** One with an empty folder of its own; it has the port of the shared one. */
  unstarted(side: Side): Broker {
    const folder = join(this.#folder, String(this.#all.length))
    const broker =
      side === 'ottla'
        ? new OttlaBroker(program, folder, ports.ottla, this.#settings)
        : new KafkaBroker(folder, ports.kafka, this.#settings)
    this.#all.push(broker)
    return broker
  }

  async end(): Promise<void> {
    await Promise.all(this.#all.map((broker) => broker.kill()))
    rmSync(this.#folder, { recursive: true, force: true })
    process.off('exit', this.#onExit)
  }

  /** When the bench is interrupted: Apache Kafka would go on without it. */
  #killAtOnce(): void {
    for (const { pid } of this.#all) if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
