// The cases of docs/testing.md, with kafkajs as the client under test. The code blocks there are the bodies here;
// `docs.test.ts` holds them together.

import { deepEqual, equal, notEqual, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { type EachMessagePayload, Kafka, logLevel } from 'kafkajs'
import { type Ottla, startOttla } from '../../src/kit/kit.ts'

function client(kafka: Ottla): Kafka {
  return new Kafka({
    clientId: 'app',
    brokers: [kafka.bootstrap],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 10, maxRetryTime: 50, retries: 20 },
  })
}

async function consumer(
  kafka: Ottla,
  groupId: string,
  eachMessage: (record: EachMessagePayload) => Promise<void>,
) {
  const consumer = client(kafka).consumer({ groupId, heartbeatInterval: 50, maxWaitTimeInMs: 50 })
  await consumer.connect()
  await consumer.subscribe({ topics: ['orders'], fromBeginning: true })
  await consumer.run({ eachMessage })
  return consumer
}

async function producer(kafka: Ottla, options = {}) {
  const producer = client(kafka).producer(options)
  await producer.connect()
  return {
    send: (value: string) => producer.send({ topic: 'orders', messages: [{ value }] }),
    disconnect: () => producer.disconnect(),
  }
}

test('[KIT1] retry: a producer sends again what a broker could not take', async () => {
  await using kafka = await startOttla({ topics: ['orders'] })
  const orders = await producer(kafka)

  const fault = kafka.fault({ api: 'Produce', topic: 'orders', error: 'NOT_ENOUGH_REPLICAS', times: 2 })
  await orders.send('one')
  equal(fault.hits, 2)
  deepEqual(
    (await kafka.consume('orders')).map(({ value }) => value),
    ['one'],
  )

  await orders.disconnect()
})

test('[KIT2] rebalance: members share the partitions', async () => {
  await using kafka = await startOttla({ topics: [{ name: 'orders', partitions: 4 }] })

  const first = await consumer(kafka, 'billing', async () => {})
  const alone = await kafka.groups.settled('billing', 1)
  equal(alone.members[0]!.assignment.length, 4)
  const second = await consumer(kafka, 'billing', async () => {})
  const both = await kafka.groups.settled('billing', 2)
  deepEqual(
    both.members.map(({ assignment }) => assignment.length),
    [2, 2],
  )
  await first.disconnect()
  await kafka.groups.settled('billing', 1)

  await second.disconnect()
})

test('[KIT3] poison record: what cannot be read goes aside, the rest goes on', async () => {
  await using kafka = await startOttla({ topics: ['orders', 'orders.dead'] })
  await using cleanUp = new AsyncDisposableStack()
  const totals: number[] = []
  const dead = client(kafka).producer()
  await dead.connect()
  cleanUp.defer(() => dead.disconnect())

  await kafka.produce('orders', ['{"total":1}', 'not json', '{"total":2}'])
  const billing = await consumer(kafka, 'billing', async ({ message }) => {
    try {
      totals.push(JSON.parse(String(message.value)).total)
    } catch {
      await dead.send({ topic: 'orders.dead', messages: [{ value: message.value }] })
    }
  })
  await kafka.groups.caughtUp('billing', 'orders')
  deepEqual(totals, [1, 2])
  deepEqual(
    (await kafka.consume('orders.dead')).map(({ value }) => value),
    ['not json'],
  )

  await billing.disconnect()
})

test('[KIT4] duplicate: a record comes again to a member that lost its place before it could commit', async () => {
  await using kafka = await startOttla({ topics: ['orders'] })

  await kafka.produce('orders', 'one')
  const seen: string[] = []
  const billing = await consumer(kafka, 'billing', async ({ message }) => {
    seen.push(String(message.value))
    if (seen.length === 1) await kafka.groups.evict('billing')
  })
  await kafka.groups.caughtUp('billing', 'orders')
  deepEqual(seen, ['one', 'one'])

  await billing.disconnect()
})

test('[KIT5] slow broker: a request runs into its timeout', async () => {
  await using kafka = await startOttla({ topics: ['orders'] })
  const impatient = new Kafka({
    brokers: [kafka.bootstrap],
    logLevel: logLevel.NOTHING,
    requestTimeout: 100,
    retry: { retries: 0 },
  }).producer()
  await impatient.connect()

  kafka.fault({ api: 'Produce', delayMs: 60_000 })
  await rejects(impatient.send({ topic: 'orders', messages: [{ value: 'one' }] }), /timed out/)
  await kafka.clock.advance(60_000)
  equal((await kafka.consume('orders', { count: 1 })).length, 1)

  await impatient.disconnect()
})

test('[KIT6] broker gone: what is sent meanwhile arrives when it is back', async () => {
  await using kafka = await startOttla({ topics: ['orders'] })
  const orders = await producer(kafka)

  await kafka.down()
  const sent = orders.send('one')
  await kafka.up()
  await sent
  equal((await kafka.consume('orders')).length, 1)

  await orders.disconnect()
})

test('[KIT7] lost answer: an idempotent producer repeats itself without writing twice', async () => {
  await using kafka = await startOttla({ topics: ['orders'] })
  const orders = await producer(kafka, { idempotent: true })

  const fault = kafka.fault({ api: 'Produce', close: 'after' })
  await orders.send('one')
  equal(fault.hits, 1)
  equal(kafka.requests.all({ api: 'Produce' }).length, 2)
  equal((await kafka.consume('orders')).length, 1)

  await orders.disconnect()
})

test('[KIT8] session timeout: a member that was silent for too long joins anew', async () => {
  await using kafka = await startOttla({ topics: ['orders'] })

  const billing = await consumer(kafka, 'billing', async () => {})
  const before = await kafka.groups.settled('billing', 1)
  const joinsAgain = kafka.requests.next({ api: 'JoinGroup' })
  await kafka.clock.advance(60_000)
  await joinsAgain
  const after = await kafka.groups.settled('billing', 1)
  notEqual(after.members[0]!.memberId, before.members[0]!.memberId)

  await billing.disconnect()
})

test('[KIT9] retention: old records are gone', async () => {
  await using kafka = await startOttla()

  await kafka.createTopic({ name: 'orders', configs: { 'retention.ms': 60_000 } })
  await kafka.produce('orders', ['one', 'two'])
  await kafka.clock.advance(10 * 60_000)
  deepEqual(await kafka.consume('orders'), [])
  const [next] = await kafka.produce('orders', 'three')
  equal(next!.offset, 2)
})

test('[KIT10] offset reset: a group reads again from where it is put', async () => {
  await using kafka = await startOttla({ topics: ['orders'] })

  await kafka.produce('orders', ['one', 'two', 'three'])
  await kafka.groups.setOffsets('billing', [{ topic: 'orders', partition: 0, offset: 1 }])
  const seen: string[] = []
  const billing = await consumer(kafka, 'billing', async ({ message }) => {
    seen.push(String(message.value))
  })
  await kafka.groups.caughtUp('billing', 'orders')
  deepEqual(seen, ['two', 'three'])

  await billing.disconnect()
})
