// The run's own look at a broker, without the client that is tested: topics are made and batches read by raw requests.

import type { BatchHeader } from '../src/protocol/records/record-batch.ts'
import { batchHeaders } from '../src/protocol/records/record-batch.ts'
import {
  createTopicsCodecs,
  fetchCodecs,
  fetchFrom,
  initProducerIdCodecs,
  listOffsetsCodecs,
} from '../test/support/data-requests.ts'
import { RawConnection } from '../test/support/raw-connection.ts'
import { delay } from './brokers.ts'

export async function createTopic(server: string, topic: string, partitions: number): Promise<void> {
  await connected(server, async (connection) => {
    const { topics } = await connection.call(createTopicsCodecs, 5, {
      topics: [
        { name: topic, numPartitions: partitions, replicationFactor: 1, assignments: [], configs: [] },
      ],
      timeoutMs: 30_000,
    })
    const { errorCode, errorMessage } = topics[0]!
    if (errorCode !== 0) throw new Error(`cannot create ${topic}: ${errorCode} ${errorMessage}`)
    while (!(await isReady(connection, topic, partitions))) await delay(50)
  })
}

/** Apache Kafka answers the creation of a topic before every partition has its leader. */
async function isReady(connection: RawConnection, name: string, partitions: number): Promise<boolean> {
  const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({
    partitionIndex,
    currentLeaderEpoch: -1,
    timestamp: -1,
  }))
  const { topics } = await connection.call(listOffsetsCodecs, 5, {
    replicaId: -1,
    topics: [{ name, partitions: asked }],
  })
  return topics[0]!.partitions.every(({ errorCode }) => errorCode === 0)
}

/** Apache Kafka answers COORDINATOR_LOAD_IN_PROGRESS until it has its first block of producer ids. */
export async function untilWarm(server: string): Promise<void> {
  await connected(server, async (connection) => {
    const asked = { transactionalId: null, transactionTimeoutMs: 60_000 }
    while ((await connection.call(initProducerIdCodecs, 4, asked)).errorCode !== 0) await delay(50)
  })
}

/** The headers of the batches at the start of partition 0, as many as one Fetch brings. */
export async function storedBatches(server: string, topic: string): Promise<BatchHeader[]> {
  return connected(server, async (connection) => {
    const { responses } = await connection.call(fetchCodecs, 12, fetchFrom(12, { name: topic, id: '' }, 0))
    const records = responses[0]?.partitions[0]?.records ?? new Uint8Array()
    return [...batchHeaders(records)].map(({ header }) => header)
  })
}

async function connected<T>(server: string, use: (connection: RawConnection) => Promise<T>): Promise<T> {
  const [host, port] = server.split(':')
  const connection = await RawConnection.open(Number(port), host, 'conformance')
  try {
    return await use(connection)
  } finally {
    connection.close()
  }
}
