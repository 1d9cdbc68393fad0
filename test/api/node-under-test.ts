// A whole node in this process for tests that speak the protocol: on a disk in memory that outlives a restart, on a
// port the system draws. `NodeUnderTest.start(t)` stops it when the test ends.

import type { TestContext } from 'node:test'
import { inspect } from 'node:util'
import type { LogSink } from '../../src/base/logger.ts'
import type { Env } from '../../src/env/env.ts'
import { type RunningNode, startNode } from '../../src/node/start-node.ts'
import { createNodeEnv } from '../../src/platform/node-env.ts'
import { type ApiCodecs, RawConnection } from '../support/raw-connection.ts'

type Overrides = Readonly<Record<string, string>>

/** Groups start without waiting, internal topics are small: tests ask for what they test. */
const testDefaults: Overrides = {
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.num.partitions': '2',
}

export class NodeUnderTest {
  /** What the node logged from warnings up: `warn: text`, with the error if there is one. */
  readonly logLines: string[]
  readonly #env: Env
  readonly #connections: RawConnection[] = []
  #node: RunningNode
  #connection: Promise<RawConnection> | undefined

  private constructor(env: Env, node: RunningNode, logLines: string[]) {
    this.#env = env
    this.#node = node
    this.logLines = logLines
  }

  static async start(t: Pick<TestContext, 'after'>, overrides: Overrides = {}): Promise<NodeUnderTest> {
    const logLines: string[] = []
    const logSink: LogSink = {
      write: (level, _, message, fields) => {
        if (level === 'debug' || level === 'info') return
        const { error } = { error: undefined, ...fields }
        logLines.push(`${level}: ${message}${error === undefined ? '' : ` ${inspect(error)}`}`)
      },
    }
    const env = { ...createNodeEnv({ memory: true, logLevel: 'fatal' }), logSink }
    const node = new NodeUnderTest(env, await startOn(env, overrides), logLines)
    t.after(() => node.stop())
    return node
  }

  get running(): RunningNode {
    return this.#node
  }

  get port(): number {
    return this.#node.port()!
  }

  /** A request over the node's shared connection, which is opened when first used. */
  async call<Q, R>(codecs: ApiCodecs<Q, R>, version: number, fields: Partial<Q> = {}): Promise<R> {
    this.#connection ??= this.connect()
    return (await this.#connection).call(codecs, version, fields)
  }

  /** A connection of its own: requests of one connection wait for each other. */
  async connect(clientId?: string): Promise<RawConnection> {
    const connection = await RawConnection.open(this.port, '127.0.0.1', clientId)
    this.#connections.push(connection)
    return connection
  }

  /** Stops in order and starts again on what is on the disk, with other overrides if any are given. */
  async restart(overrides: Overrides = {}): Promise<void> {
    await this.stop()
    this.#node = await startOn(this.#env, overrides)
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections.splice(0)) connection.close()
    this.#connection = undefined
    await this.#node.stop()
  }
}

async function startOn(env: Env, overrides: Overrides): Promise<RunningNode> {
  const settings = { ...testDefaults, ...overrides }
  const result = await startNode({ overrides: Object.entries(settings), dataDirectory: 'data', port: 0 }, env)
  if (!result.ok) throw new Error(result.message)
  return result.node
}
