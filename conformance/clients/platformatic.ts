// @platformatic/kafka, in this process.

import { Admin, Consumer, ProduceAcks, Producer } from '@platformatic/kafka'
import { type ConformanceClient, type ConformanceRecord, until } from '../client.ts'

export const platformatic: ConformanceClient = {
  name: '@platformatic/kafka',
  source: 'clients/platformatic.ts',
  missing: async () => undefined,
  operations: {
    async produce(server, { topic, records, codec, idempotent }) {
      const producer = new Producer({ clientId: 'conformance', bootstrapBrokers: [server] })
      const messages = records.map(({ key, value, headers }) => ({
        topic,
        // Undefined is this client's null.
        ...(key === null ? {} : { key: Buffer.from(key) }),
        ...(value === null ? {} : { value: Buffer.from(value) }),
        headers: new Map(headers.map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
      }))
      await producer.send({ acks: ProduceAcks.ALL, compression: codec, idempotent, messages })
      await producer.close()
    },
    consume: (server, topic, group, count) => read(server, topic, group, count),
    async consumeFrom(server, topic, timestampMs, count) {
      const consumer = newConsumer(server, `times-of-${topic}`)
      const found = await consumer.listOffsets({ topics: [topic], timestamp: BigInt(timestampMs) })
      await consumer.close()
      return read(server, topic, null, count, found.get(topic)![0]!)
    },
    async rebalance(server, topic, group) {
      const [first, second] = [newConsumer(server, group), newConsumer(server, group)]
      const streams = []
      for (const consumer of [first, second])
        streams.push(await consumer.consume({ topics: [topic], mode: 'latest', autocommit: false }))
      const partitionsOf = ({ assignments }: Consumer) =>
        assignments?.find((each) => each.topic === topic)?.partitions ?? []
      await until(() => partitionsOf(first).length === 2 && partitionsOf(second).length === 2)
      const both = [partitionsOf(first), partitionsOf(second)]
      await streams[0]!.close()
      await first.close(true)
      await until(() => partitionsOf(second).length === 4)
      const alone = partitionsOf(second)
      await streams[1]!.close()
      await second.close(true)
      return { both, alone }
    },
    createTopic: (server, topic, partitions) =>
      administer(server, async (admin) => {
        await admin.createTopics({ topics: [topic], partitions, replicas: 1 })
      }),
    describeTopic: (server, topic) =>
      administer(server, async (admin) => {
        if (!(await admin.listTopics()).includes(topic)) return undefined
        return (await admin.metadata({ topics: [topic] })).topics.get(topic)!.partitionsCount
      }),
    addPartitions: (server, topic, count) =>
      administer(server, (admin) => admin.createPartitions({ topics: [{ name: topic, count }] })),
    deleteTopic: (server, topic) => administer(server, (admin) => admin.deleteTopics({ topics: [topic] })),
  },
}

function newConsumer(server: string, groupId: string): Consumer {
  return new Consumer({
    clientId: 'conformance',
    groupId,
    bootstrapBrokers: [server],
    heartbeatInterval: 300,
  })
}

async function administer<T>(server: string, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin({ clientId: 'conformance', bootstrapBrokers: [server] })
  try {
    return await use(admin)
  } finally {
    await admin.close()
  }
}

/** Reads in a group: this client has no other way. */
async function read(
  server: string,
  topic: string,
  group: string | null,
  count: number,
  from?: bigint,
): Promise<ConformanceRecord[]> {
  const consumer = newConsumer(server, group ?? `all-of-${topic}`)
  const common = { topics: [topic], autocommit: false }
  const stream =
    from !== undefined
      ? await consumer.consume({
          ...common,
          mode: 'manual',
          offsets: [{ topic, partition: 0, offset: from }],
        })
      : await consumer.consume({
          ...common,
          mode: group === null ? 'earliest' : 'committed',
          fallbackMode: 'earliest',
        })
  const records: ConformanceRecord[] = []
  for await (const message of stream) {
    const headers = [...message.headers].map(([name, value]) => [String(name), String(value)] as const)
    records.push({ key: textOf(message.key), value: textOf(message.value), headers })
    if (records.length < count) continue
    if (group !== null) await message.commit()
    break
  }
  await stream.close()
  await consumer.close(true)
  return records
}

function textOf(bytes: Buffer | null | undefined): string | null {
  return bytes === null || bytes === undefined ? null : bytes.toString()
}
