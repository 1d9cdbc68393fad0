// The same with Vitest: `npx vitest run`. Each file has a worker and a broker of its own.

import { Kafka, logLevel } from 'kafkajs'
import { startOttla } from 'ottla'
import { afterAll, beforeEach, expect, test } from 'vitest'

const kafka = await startOttla({ topics: ['orders'] })
beforeEach(() => kafka.reset())
afterAll(() => kafka.stop())

test('an order arrives once, although the answer to it was lost', async () => {
  const client = new Kafka({ brokers: [kafka.bootstrap], logLevel: logLevel.NOTHING })
  const producer = client.producer({ idempotent: true })
  await producer.connect()
  kafka.fault({ api: 'Produce', close: 'after' })
  await producer.send({ topic: 'orders', messages: [{ key: 'o-1', value: 'a book' }] })
  expect(await kafka.consume('orders')).toMatchObject([{ key: 'o-1', value: 'a book' }])
  await producer.disconnect()
})
