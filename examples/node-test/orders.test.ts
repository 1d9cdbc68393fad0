// An application under test with node:test: one broker for the file, a clean one for each test.
// Run it with `node --test`.

import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { Kafka, logLevel } from 'kafkajs'
import { startOttla } from 'ottla'

const kafka = await startOttla({ topics: ['orders', 'invoices'] })
beforeEach(() => kafka.reset())
after(() => kafka.stop())

/** The application: an invoice for every order. */
async function startBilling(bootstrap: string) {
  const client = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING })
  const producer = client.producer()
  // kafkajs ends when its last Fetch has: a short wait makes short tests.
  const consumer = client.consumer({ groupId: 'billing', maxWaitTimeInMs: 100 })
  await producer.connect()
  await consumer.connect()
  await consumer.subscribe({ topics: ['orders'], fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => {
      await producer.send({
        topic: 'invoices',
        messages: [{ key: message.key, value: `for ${message.value}` }],
      })
    },
  })
  return {
    async stop() {
      await consumer.disconnect()
      await producer.disconnect()
    },
  }
}

test('every order gets an invoice', async () => {
  await kafka.produce('orders', [
    { key: 'o-1', value: 'a book' },
    { key: 'o-2', value: 'a lamp' },
  ])
  const billing = await startBilling(kafka.bootstrap)
  await kafka.groups.caughtUp('billing', 'orders')
  const invoices = await kafka.consume('invoices')
  assert.deepEqual(
    invoices.map(({ key, value }) => [key, value]),
    [
      ['o-1', 'for a book'],
      ['o-2', 'for a lamp'],
    ],
  )
  await billing.stop()
})

test('an invoice is written when the broker refuses it at first', async () => {
  const refusal = kafka.fault({ api: 'Produce', topic: 'invoices', error: 'NOT_LEADER_OR_FOLLOWER' })
  await kafka.produce('orders', { key: 'o-1', value: 'a book' })
  const billing = await startBilling(kafka.bootstrap)
  await kafka.groups.caughtUp('billing', 'orders')
  assert.equal(refusal.hits, 1)
  assert.equal((await kafka.consume('invoices')).length, 1)
  await billing.stop()
})
