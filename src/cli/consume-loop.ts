// Polls and prints until enough came, nothing came for too long, the end is reached, or somebody interrupts. At the
// end the offsets of records that were polled but not printed are given back, so that the group does not skip them.

import { errors } from '../base/errors.ts'
import { sleep } from '../client/backoff.ts'
import type { Consumer } from '../client/consumer.ts'
import type { ConsumedRecord } from '../client/fetched-records.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import type { FoundOffset } from '../client/offset-lookup.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { Interrupt } from './interrupt.ts'
import { reportError } from './report.ts'

export interface ConsumeLimits {
  readonly maxMessages?: number
  readonly timeoutMs?: number
}

export interface ConsumeLoopModules extends CliModules {
  readonly consumer: Consumer
  /** Whether the record is printed and counted. */
  isWanted(record: ConsumedRecord): boolean
  print(record: ConsumedRecord): Uint8Array
}

/** How soon an interrupt or the end of the time is noticed. */
const pollMsMax = 200
const missingTopicPauseMs = 500

export class ConsumeLoop {
  readonly #limits: ConsumeLimits
  readonly #modules: ConsumeLoopModules
  readonly #interrupt: Interrupt
  /** Where to stop; empty: nowhere. */
  #ends: readonly FoundOffset[] = []
  #lastRecordMs: number
  #printedCount = 0

  constructor(limits: ConsumeLimits, modules: ConsumeLoopModules) {
    this.#limits = limits
    this.#modules = modules
    this.#lastRecordMs = modules.env.clock.monotonicMs()
    this.#interrupt = new Interrupt(modules)
  }

  /** The number of partitions, once there are any; a broker that allows it creates the topic. */
  async whenTopicExists(client: KafkaClient, topic: string): Promise<number | undefined> {
    let isTold = false
    while (!this.#isOver()) {
      const metadata = await client.metadata([topic], { autoCreate: true })
      const found = metadata.ok ? metadata.value.topics.get(topic) : undefined
      if (found?.errorCode === errors.NONE) return found.partitions.length
      if (!isTold) this.#modules.output.writeError(`Waiting for topic ${topic}, which does not exist yet.\n`)
      isTold = true
      await sleep(this.#modules.env.timers, missingTopicPauseMs)
    }
    return undefined
  }

  /** `ends`: where each partition is read to; empty: on and on. */
  async run(ends: readonly FoundOffset[]): Promise<ExitCode> {
    this.#ends = ends
    const { consumer } = this.#modules
    while (!this.#isOver()) {
      const polled = await consumer.poll(Math.min(pollMsMax, this.#restMs()))
      if (!polled.ok) {
        reportError(this.#modules, polled.error)
        return this.end(1)
      }
      await this.#print(polled.value)
    }
    return this.end(0)
  }

  /** Closes the consumer and says how many records were printed. */
  async end(code: ExitCode): Promise<ExitCode> {
    const closed = await this.#modules.consumer.close()
    if (!closed.ok) reportError(this.#modules, closed.error)
    this.#modules.output.writeError(`Processed a total of ${this.#printedCount} messages\n`)
    return closed.ok ? code : 1
  }

  #isOver(): boolean {
    return this.#interrupt.isRequested || this.#restMs() <= 0 || this.#roomLeft() <= 0 || this.#isAtEnd()
  }

  /** By positions, not by records: the last offsets of a log may hold none. */
  #isAtEnd(): boolean {
    if (this.#ends.length === 0) return false
    return this.#ends.every((end) => (this.#modules.consumer.position(end) ?? -1) >= end.offset)
  }

  #restMs(): number {
    const { timeoutMs } = this.#limits
    if (timeoutMs === undefined) return Number.POSITIVE_INFINITY
    return this.#lastRecordMs + timeoutMs - this.#modules.env.clock.monotonicMs()
  }

  #roomLeft(): number {
    const { maxMessages = -1 } = this.#limits
    return maxMessages < 0 ? Number.POSITIVE_INFINITY : maxMessages - this.#printedCount
  }

  async #print(records: readonly ConsumedRecord[]): Promise<void> {
    if (records.length === 0) return
    const { taken, printed } = this.#chosen(records)
    const bytes = Buffer.concat(printed.map((record) => this.#modules.print(record)))
    // A reader that went away never takes it.
    const written = this.#modules.output.write(bytes)
    if (written !== undefined) await this.#interrupt.before(written)
    this.#printedCount += printed.length
    this.#lastRecordMs = this.#modules.env.clock.monotonicMs()
    for (const record of records.slice(taken).reverse()) this.#modules.consumer.seek(record, record.offset)
  }

  /** How many of the records are dealt with when there is no more room, and those of them to print. */
  #chosen(records: readonly ConsumedRecord[]): { taken: number; printed: ConsumedRecord[] } {
    const room = this.#roomLeft()
    const printed: ConsumedRecord[] = []
    let taken = 0
    while (taken < records.length && printed.length < room) {
      const record = records[taken++]!
      if (this.#isBehindEnd(record)) continue
      if (this.#modules.isWanted(record)) printed.push(record)
    }
    return { taken, printed }
  }

  /** Written since the command began. */
  #isBehindEnd({ topic, partition, offset }: ConsumedRecord): boolean {
    const end = this.#ends.find((each) => each.topic === topic && each.partition === partition)
    return end !== undefined && offset >= end.offset
  }
}
