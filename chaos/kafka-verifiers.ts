// Kafka's own VerifiableProducer and VerifiableConsumer beside ours, with retries and idempotence as a Java
// application has them by default.

import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { delay } from '../conformance/brokers.ts'
import { until } from '../conformance/client.ts'
import { endTool, startTool } from '../conformance/clients/java.ts'
import { onEvents } from '../conformance/clients/verifiable-tools.ts'
import type { Ledger } from './ledger.ts'
import type { OwnClients } from './own-clients.ts'

const topic = 'chaos-verifiable'
const recordsPerSecond = 200

export class KafkaVerifiers {
  readonly #ledger: Ledger
  readonly #acknowledged = new Set<string>()
  readonly #consumed = new Set<string>()
  /** The producer was told to stop, and gives up what is on its way. */
  #isSettling = false
  #producer: ChildProcess | undefined
  #consumer: ChildProcess | undefined

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  get acknowledgedCount(): number {
    return this.#acknowledged.size
  }

  async start(server: string, folder: string, clients: OwnClients): Promise<void> {
    await clients.createTopic(topic, 1)
    const config = join(folder, 'producer.properties')
    writeFileSync(config, 'enable.idempotence=true\nretries=2147483647\ndelivery.timeout.ms=600000\n')
    const common = ['--bootstrap-server', server, '--topic', topic]
    this.#producer = startTool('VerifiableProducer', [
      ...[...common, '--throughput', String(recordsPerSecond), '--command-config', config],
    ])
    this.#consumer = startTool('VerifiableConsumer', [
      ...[...common, '--group-id', 'verifiable', '--reset-policy', 'earliest', '--verbose'],
    ])
    onEvents(this.#producer, ({ name, value, message }) => {
      if (name === 'producer_send_success') this.#acknowledged.add(String(value))
      if (name === 'producer_send_error' && !this.#isSettling)
        this.#ledger.find(`VerifiableProducer: ${value} was given up: ${message}`)
    })
    onEvents(this.#consumer, ({ name, value }) => {
      if (name === 'record_data') this.#consumed.add(String(value))
    })
  }

  /** Resolves when both tools are at work: a JVM takes its time. */
  async untilWorking(): Promise<void> {
    await until(() => this.#acknowledged.size > 0 && this.#consumed.size > 0)
  }

  async settle(clients: OwnClients): Promise<void> {
    this.#isSettling = true
    await endTool(this.#producer)
    const values = (await clients.readAll(topic, [0])).get(0)!
    const stored = new Set(values)
    if (stored.size !== values.length)
      this.#ledger.find(`VerifiableProducer: ${values.length - stored.size} records are there twice`)
    this.#expectAll('is not there', stored)
    // The group catches up with what is there; a consumer that never does is a finding.
    const deadline = performance.now() + 60_000
    while (this.#consumed.size < stored.size && performance.now() < deadline) await delay(100)
    this.#expectAll('was not consumed by VerifiableConsumer', this.#consumed)
    await endTool(this.#consumer)
  }

  #expectAll(what: string, values: ReadonlySet<string>): void {
    const lost = [...this.#acknowledged].filter((value) => !values.has(value))
    if (lost.length > 0)
      this.#ledger.find(`VerifiableProducer: ${lost[0]} and ${lost.length - 1} more ${what}`)
  }

  /** In any case, when a run ends early. */
  kill(): void {
    for (const child of [this.#producer, this.#consumer]) child?.kill('SIGKILL')
  }
}
