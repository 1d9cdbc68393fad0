// @confluentinc/kafka-javascript, one operation of ../client.ts: the request is JSON on standard input, the answer JSON
// on standard output. The argument is the folder of the client.

import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'

const { KafkaJS, RdKafka, features } = createRequire(import.meta.url)(process.argv[2])

const operations = {
  async produce({ server, topic, records, codec, idempotent }) {
    if (codec !== 'none' && !features.includes(codec))
      return { cannot: `built without ${codec}, as the machine lacks it` }
    const producer = connect(server).producer({
      kafkaJS: { acks: -1, compression: codec, idempotent },
      'message.max.bytes': 2_000_000,
    })
    await producer.connect()
    const messages = records.map(({ key, value, headers }) => ({ key, value, headers: headersOf(headers) }))
    await producer.send({ topic, messages })
    await producer.disconnect()
  },
  async consume({ server, topic, group, count }) {
    return { records: await read(server, topic, group, count, 0) }
  },
  async consumeFrom({ server, topic, timestampMs, count }) {
    const [found] = await administer(server, (admin) =>
      admin.fetchTopicOffsetsByTimestamp(topic, timestampMs),
    )
    return { records: await read(server, topic, null, count, Number(found.offset)) }
  },
  async rebalance({ server, topic, group }) {
    const [first, second] = [await join(server, topic, group), await join(server, topic, group)]
    while (partitionsOf(first).length !== 2 || partitionsOf(second).length !== 2) await delay(50)
    const both = [partitionsOf(first), partitionsOf(second)]
    await first.disconnect()
    while (partitionsOf(second).length !== 4) await delay(50)
    const alone = partitionsOf(second)
    await second.disconnect()
    return { both, alone }
  },
  createTopic: ({ server, topic, partitions }) =>
    administer(server, (admin) =>
      admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] }),
    ),
  describeTopic: ({ server, topic }) =>
    administer(server, async (admin) => {
      if (!(await admin.listTopics()).includes(topic)) return {}
      const [described] = await admin.fetchTopicMetadata({ topics: [topic] })
      return { partitions: described.partitions.length }
    }),
  addPartitions: ({ server, topic, total }) =>
    new Promise((resolve, reject) => {
      const admin = RdKafka.AdminClient.create({ 'bootstrap.servers': server })
      admin.createPartitions(topic, total, 30_000, (error) => {
        admin.disconnect()
        if (error) reject(error)
        else resolve({})
      })
    }),
  deleteTopic: ({ server, topic }) => administer(server, (admin) => admin.deleteTopics({ topics: [topic] })),
}

function connect(server) {
  return new KafkaJS.Kafka({ kafkaJS: { brokers: [server], logLevel: KafkaJS.logLevel.NOTHING } })
}

async function administer(server, use) {
  const admin = connect(server).admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

function newConsumer(server, groupId) {
  return connect(server).consumer({
    kafkaJS: { groupId, fromBeginning: true, autoCommit: false, heartbeatInterval: 300 },
  })
}

/** Reads in a group: its promises have no other way. */
async function read(server, topic, group, count, from) {
  const consumer = newConsumer(server, group ?? `all-of-${topic}`)
  await consumer.connect()
  await consumer.subscribe({ topics: [topic] })
  const records = []
  const { promise: done, resolve, reject } = withResolvers()
  await consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      if (records.length === count || Number(message.offset) < from) return
      const headers = Object.entries(message.headers ?? {}).flatMap(([name, values]) =>
        [values].flat().map((value) => [name, String(value)]),
      )
      records.push({ key: textOf(message.key), value: textOf(message.value), headers })
      if (records.length < count) return
      const offset = String(Number(message.offset) + 1)
      const committed =
        group === null ? Promise.resolve() : consumer.commitOffsets([{ topic, partition, offset }])
      committed.then(resolve, reject)
    },
  })
  await done
  await consumer.disconnect()
  return records
}

async function join(server, topic, group) {
  const consumer = newConsumer(server, group)
  await consumer.connect()
  await consumer.subscribe({ topics: [topic] })
  await consumer.run({ eachMessage: async () => {} })
  return consumer
}

function partitionsOf(consumer) {
  return consumer.assignment().map(({ partition }) => partition)
}

function headersOf(headers) {
  const grouped = {}
  for (const [name, value] of headers) grouped[name] = [...(grouped[name] ?? []), value]
  return grouped
}

function textOf(bytes) {
  return bytes === null || bytes === undefined ? null : bytes.toString()
}

/** Promise.withResolvers came with Node 22. */
function withResolvers() {
  let settle
  const promise = new Promise((resolve, reject) => (settle = { resolve, reject }))
  return { promise, ...settle }
}

function delay(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

const request = JSON.parse(await text(process.stdin))
const answer = await operations[request.op](request)
process.stdout.write(`${JSON.stringify(answer ?? {})}\n`, () => process.exit())
