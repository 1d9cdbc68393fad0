// A whole node inside this process, on a disk and a network of memory: what it spends is our code's alone. Requests
// come as frames that were encoded beforehand, in chunks as large as sockets give them.

import { KafkaClient } from '../../src/client/kafka-client.ts'
import { KafkaConnection } from '../../src/client/kafka-connection.ts'
import { type FakeConnection, FakeNetwork } from '../../src/client/testing/fake-network.ts'
import { startNode } from '../../src/node/start-node.ts'
import { createNodeEnv } from '../../src/platform/node-env.ts'
import { FrameDecoder } from '../../src/protocol/frame-decoder.ts'
import { orThrow } from '../driver/connections.ts'

const [host, port] = ['127.0.0.1', 9092]
const chunkBytes = 65_536
const clientOptions = { clientId: 'ottla-bench', requestTimeoutMs: 60_000 }
const settings = {
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.num.partitions': '1',
  'advertised.listeners': `PLAINTEXT://${host}:${port}`,
}

export interface MemoryNode {
  /** For what comes before a workload. */
  readonly client: KafkaClient
  readonly connection: KafkaConnection
  /** Sends the frames, `inFlight` at a time; resolves with the last answer. */
  exchange(frames: readonly Uint8Array[], inFlight: number): Promise<Uint8Array>
  stop(): Promise<void>
}

export async function startMemoryNode(): Promise<MemoryNode> {
  const network = new FakeNetwork()
  const env = { ...createNodeEnv({ memory: true, logLevel: 'error' }), network }
  const started = await startNode({ overrides: Object.entries(settings), dataDirectory: 'data' }, env)
  if (!started.ok) throw new Error(started.message)
  const client = new KafkaClient({ ...clientOptions, bootstrapServers: [{ host, port }] }, env)
  return {
    client,
    connection: orThrow(await KafkaConnection.open({ ...clientOptions, host, port }, env)),
    exchange: async (frames, inFlight) =>
      exchange(orThrow(await network.connect(host, port)), frames, inFlight),
    async stop() {
      client.close()
      await started.node.stop()
    },
  }
}

function exchange(
  connection: FakeConnection,
  frames: readonly Uint8Array[],
  inFlight: number,
): Promise<Uint8Array> {
  return new Promise((resolve) => {
    let [sent, answered] = [0, 0]
    const sendNext = () => {
      if (sent < frames.length) deliver(connection.peer!, frames[sent++]!)
    }
    const onFrame = (frame: Uint8Array) => {
      if (++answered === frames.length) resolve(frame)
      else sendNext()
    }
    const decoder = new FrameDecoder({ frameBytesMax: 2 ** 30 }, { onFrame })
    connection.onData = (chunk) => void decoder.push(chunk)
    for (let count = 0; count < inFlight; count++) sendNext()
  })
}

/** In copies: the broker writes into what it receives. */
function deliver(broker: FakeConnection, frame: Uint8Array): void {
  for (let at = 0; at < frame.length; at += chunkBytes) broker.receive(frame.slice(at, at + chunkBytes))
}
