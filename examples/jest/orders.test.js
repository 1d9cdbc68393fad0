// The same with Jest: `node --experimental-vm-modules node_modules/.bin/jest`, because `ottla` is an ES module. In
// TypeScript it needs a transform, such as @swc/jest.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { Kafka, logLevel } from 'kafkajs'
import { startOttla } from 'ottla'

/** @type {import('ottla').Ottla} */
let kafka
beforeAll(async () => {
  kafka = await startOttla({ topics: ['orders'] })
})
beforeEach(() => kafka.reset())
afterAll(() => kafka.stop())

test('an order arrives when the broker is back', async () => {
  const client = new Kafka({ brokers: [kafka.bootstrap], logLevel: logLevel.NOTHING })
  const producer = client.producer()
  await producer.connect()
  await kafka.down()
  const sent = producer.send({ topic: 'orders', messages: [{ value: 'a book' }] })
  await kafka.up()
  await sent
  expect(await kafka.consume('orders')).toHaveLength(1)
  await producer.disconnect()
})
