// The two brokers that clients are held against, as processes that can be killed, stopped and started on their data.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { run } from './client.ts'

export const kafkaScript = join(import.meta.dirname, '../../shared/tools/apache-kafka/kafka')
/** Several runs share a machine: each has 40 ports of its own, below those that the system draws. */
export const firstPort = 20_000 + 40 * (process.pid % 300)
/** An Apache Kafka with thousands of partitions recovers for minutes. */
const startMsMax = 600_000

/** A broker in a folder of its own. */
export interface Broker {
  readonly name: string
  readonly server: string
  /** Holds its data and what it prints. */
  readonly folder: string
  /** Of the process that runs now; 0 before the first start. */
  readonly pid: number
  /** Resolves when connections are accepted. */
  start(): Promise<void>
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>
  /** An orderly stop. */
  stop(): Promise<void>
}

/** Ottla as `program` has it: the bundle or the source. */
export class OttlaBroker implements Broker {
  readonly name = 'Ottla'
  readonly server: string
  readonly #program: string
  readonly folder: string
  readonly #port: number
  readonly #overrides: readonly string[]
  #child: ChildProcess | undefined

  constructor(program: string, folder: string, port: number, overrides: readonly string[] = []) {
    this.#program = program
    this.folder = folder
    this.#port = port
    this.#overrides = overrides
    this.server = `127.0.0.1:${port}`
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  async start(): Promise<void> {
    mkdirSync(this.folder, { recursive: true })
    const log = openSync(join(this.folder, 'out.log'), 'a')
    const overrides = [...this.#overrides, `advertised.listeners=PLAINTEXT://${this.server}`]
    const child = spawn(
      process.execPath,
      [
        ...[
          '--no-incremental-marking',
          '--max-semi-space-size=8',
          this.#program,
          'start',
          '--port',
          String(this.#port),
        ],
        ...['--data', join(this.folder, 'data'), ...overrides.flatMap((each) => ['--override', each])],
      ],
      { stdio: ['ignore', log, log] },
    )
    closeSync(log)
    this.#child = child
    await untilListening(this.#port, () => child.exitCode !== null || child.signalCode !== null)
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
    const code = this.#child!.exitCode
    if (code !== 0) throw new Error(`the node stopped with code ${code}`)
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    child.kill(signal)
    await closed
  }
}

/** Apache Kafka from its jars: the script leaves it running by itself and prints its process id. */
export class KafkaBroker implements Broker {
  readonly name = 'Apache Kafka'
  readonly server: string
  readonly folder: string
  readonly #port: number
  readonly #properties: readonly string[]
  #pid = 0

  constructor(folder: string, port: number, properties: readonly string[] = []) {
    this.folder = folder
    this.#port = port
    this.#properties = properties
    this.server = `127.0.0.1:${port}`
  }

  get pid(): number {
    return this.#pid
  }

  async start(): Promise<void> {
    const args = ['start', this.folder, String(this.#port), ...this.#properties]
    this.#pid = Number(/\d+/.exec(await run(kafkaScript, args))?.[0])
    if (!(this.#pid > 0)) throw new Error('Apache Kafka did not start')
    await untilListening(this.#port, () => !isAlive(this.#pid))
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#pid === 0) return
    if (isAlive(this.#pid)) process.kill(this.#pid, signal)
    while (isAlive(this.#pid)) await delay(50)
    this.#pid = 0
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Resolves when connections are accepted; throws when `hasEnded` says that this will not come. */
export async function untilListening(port: number, hasEnded: () => boolean): Promise<void> {
  const deadline = performance.now() + startMsMax
  while (!(await accepts(port))) {
    if (hasEnded()) throw new Error(`the broker on port ${port} ended before it listened`)
    if (performance.now() > deadline) throw new Error(`nothing listens on port ${port}`)
    await delay(10)
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
