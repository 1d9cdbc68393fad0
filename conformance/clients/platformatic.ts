// @platformatic/kafka, in this process.

import { Consumer, ProduceAcks, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka'
import type { ConformanceClient } from '../client.ts'

export const platformatic: ConformanceClient = {
  name: '@platformatic/kafka',
  missing: async () => undefined,
  async produce(server, topic, values) {
    const producer = new Producer({
      clientId: 'conformance',
      bootstrapBrokers: [server],
      serializers: stringSerializers,
    })
    await producer.send({ acks: ProduceAcks.ALL, messages: values.map((value) => ({ topic, value })) })
    await producer.close()
  },
  async consume(server, topic, group, count) {
    const consumer = new Consumer({
      clientId: 'conformance',
      groupId: group ?? `all-of-${topic}`,
      bootstrapBrokers: [server],
      deserializers: stringDeserializers,
    })
    const stream = await consumer.consume({
      topics: [topic],
      mode: group === undefined ? 'earliest' : 'committed',
      fallbackMode: 'earliest',
      autocommit: false,
    })
    const values: string[] = []
    for await (const message of stream) {
      values.push(message.value)
      if (values.length < count) continue
      if (group !== undefined) await message.commit()
      break
    }
    await stream.close()
    await consumer.close(true)
    return values
  },
}
