// kafkajs, in this process. Of the codecs it has gzip; the others are given to it, as applications do.

import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import kafkaJs, { CompressionTypes, type Consumer, Kafka, logLevel } from 'kafkajs'
import { compressFrame, decompressFrame } from 'lz4-napi'
import { compress, uncompress } from 'snappy'
import { type ConformanceClient, type ConformanceRecord, until } from '../client.ts'

const codecs = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const

export const kafkajs: ConformanceClient = {
  name: 'kafkajs',
  source: 'clients/kafkajs.ts',
  missing: async () => addCodecs(),
  operations: {
    async produce(server, { topic, records, codec, idempotent }) {
      const producer = connect(server).producer({ idempotent })
      await producer.connect()
      const messages = records.map(({ key, value, headers }) => ({ key, value, headers: headersOf(headers) }))
      await producer.send({ topic, acks: -1, compression: codecs[codec], messages })
      await producer.disconnect()
    },
    consume: (server, topic, group, count) => read(server, topic, group, count),
    async consumeFrom(server, topic, timestampMs, count) {
      const admin = connect(server).admin()
      await admin.connect()
      const [found] = await admin.fetchTopicOffsetsByTimestamp(topic, timestampMs)
      await admin.disconnect()
      return read(server, topic, null, count, found!.offset)
    },
    async rebalance(server, topic, group) {
      const [first, second] = [await join(server, topic, group), await join(server, topic, group)]
      await until(() => first.partitions.length === 2 && second.partitions.length === 2)
      const both = [first.partitions, second.partitions]
      await first.consumer.disconnect()
      await until(() => second.partitions.length === 4)
      await second.consumer.disconnect()
      return { both, alone: second.partitions }
    },
    createTopic: (server, topic, numPartitions) =>
      administer(server, async (admin) => {
        await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1 }] })
      }),
    describeTopic: (server, topic) =>
      administer(server, async (admin) => {
        if (!(await admin.listTopics()).includes(topic)) return undefined
        return (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]!.partitions.length
      }),
    addPartitions: (server, topic, count) =>
      administer(server, async (admin) => {
        await admin.createPartitions({ topicPartitions: [{ topic, count }] })
      }),
    deleteTopic: (server, topic) => administer(server, (admin) => admin.deleteTopics({ topics: [topic] })),
  },
}

function addCodecs(): undefined {
  const of =
    (compress: (bytes: Buffer) => Promise<Buffer>, decompress: (bytes: Buffer) => Promise<unknown>) =>
    () => ({
      compress: (encoder: { buffer: Buffer }) => compress(encoder.buffer),
      decompress,
    })
  kafkaJs.CompressionCodecs[CompressionTypes.Snappy] = of(compress, uncompress)
  kafkaJs.CompressionCodecs[CompressionTypes.LZ4] = of(compressFrame, decompressFrame)
  kafkaJs.CompressionCodecs[CompressionTypes.ZSTD] = of(promisify(zstdCompress), promisify(zstdDecompress))
}

function connect(server: string): Kafka {
  return new Kafka({ clientId: 'conformance', brokers: [server], logLevel: logLevel.NOTHING })
}

async function administer<T>(
  server: string,
  use: (admin: ReturnType<Kafka['admin']>) => Promise<T>,
): Promise<T> {
  const admin = connect(server).admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

/** kafkajs takes an array for a name that comes more than once. */
function headersOf(headers: ConformanceRecord['headers']): Record<string, string[]> {
  const grouped = Map.groupBy(headers, ([name]) => name)
  return Object.fromEntries([...grouped].map(([name, each]) => [name, each.map(([, value]) => value)]))
}

/** Reads in a group: kafkajs has no other way. */
async function read(
  server: string,
  topic: string,
  group: string | null,
  count: number,
  from?: string,
): Promise<ConformanceRecord[]> {
  const consumer = connect(server).consumer({ groupId: group ?? `all-of-${topic}` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const records: ConformanceRecord[] = []
  const { promise: done, resolve } = Promise.withResolvers<void>()
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, partition, message }) => {
      if (records.length === count) return
      const headers = Object.entries(message.headers ?? {}).flatMap(([name, values]) =>
        [values].flat().map((value) => [name, String(value)] as const),
      )
      records.push({ key: textOf(message.key), value: textOf(message.value), headers })
      if (records.length < count) return
      const offset = String(Number(message.offset) + 1)
      if (group !== null) await consumer.commitOffsets([{ topic, partition, offset }])
      resolve()
    },
  })
  if (from !== undefined) consumer.seek({ topic, partition: 0, offset: from })
  await done
  await consumer.disconnect()
  return records
}

function textOf(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString()
}

interface Member {
  readonly consumer: Consumer
  partitions: readonly number[]
}

async function join(server: string, topic: string, groupId: string): Promise<Member> {
  const consumer = connect(server).consumer({ groupId, heartbeatInterval: 300 })
  const member: Member = { consumer, partitions: [] }
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    member.partitions = payload.memberAssignment[topic] ?? []
  })
  await consumer.connect()
  await consumer.subscribe({ topic })
  await consumer.run({ eachMessage: async () => {} })
  return member
}
