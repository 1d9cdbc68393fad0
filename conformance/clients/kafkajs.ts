// kafkajs, in this process.

import { Kafka, logLevel } from 'kafkajs'
import type { ConformanceClient } from '../client.ts'

export const kafkajs: ConformanceClient = {
  name: 'kafkajs',
  missing: async () => undefined,
  async produce(server, topic, values) {
    const producer = connect(server).producer()
    await producer.connect()
    await producer.send({ topic, acks: -1, messages: values.map((value) => ({ value })) })
    await producer.disconnect()
  },
  async consume(server, topic, group, count) {
    const groupId = group ?? `all-of-${topic}`
    const consumer = connect(server).consumer({ groupId })
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    const values: string[] = []
    const { promise: read, resolve } = Promise.withResolvers<void>()
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => {
        if (values.length === count) return
        values.push(message.value!.toString())
        const offset = String(Number(message.offset) + 1)
        if (values.length < count) return
        if (group !== undefined) await consumer.commitOffsets([{ topic, partition, offset }])
        resolve()
      },
    })
    await read
    await consumer.disconnect()
    return values
  },
}

function connect(server: string): Kafka {
  return new Kafka({ clientId: 'conformance', brokers: [server], logLevel: logLevel.NOTHING })
}
