// Starting, resetting and stopping, also where it is not the moment for it.

import { deepEqual, equal, match, rejects, throws } from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { calls } from '../../src/client/api-call.ts'
import { OttlaError, startOttla } from '../../src/kit/kit.ts'
import { connectTo, fetch, join, joinOnce, produce, start } from './raw-client.ts'

test('[KIT24] options that make no sense are refused in a sentence that names them', async () => {
  const refused: readonly [options: object, message: RegExp][] = [
    [{ topic: ['orders'] }, /startOttla has no option topic; did you mean topics\?/],
    [
      { properties: { 'num.partition': 3 } },
      /num\.partition is not a broker config.*did you mean num\.partitions/,
    ],
    [{ properties: { 'num.partitions': 'many' } }, /does not start: .*many.*num\.partitions/],
    [{ topics: ['no/slash'] }, /cannot create topic no\/slash: INVALID_TOPIC_EXCEPTION/],
    [{ topics: [{ name: 'orders', configs: { 'retention.ms': 'x' } }] }, /INVALID_CONFIG.*retention\.ms/],
  ]
  for (const [options, message] of refused)
    await rejects(startOttla(options), (error: Error) => {
      match(error.message, message)
      return error instanceof OttlaError
    })
})

test('[KIT25] a port that is taken is named, and whoever has it goes on', async (t) => {
  const kafka = await start(t, { topics: ['orders'] })
  await rejects(
    startOttla({ port: kafka.port }),
    new RegExp(`does not start: Port 127.0.0.1:${kafka.port}.* in use`),
  )
  equal((await kafka.produce('orders', 'one')).length, 1)
})

test('[KIT26] several brokers in one process know nothing of each other', async (t) => {
  const [one, two] = await Promise.all([start(t, { topics: ['orders'] }), start(t, { topics: ['orders'] })])
  await one.produce('orders', 'one')
  one.fault({ api: 'Produce', error: 'KAFKA_STORAGE_ERROR' })
  deepEqual(await produce(await connectTo(t, two), ['orders']), [0])
  equal((await one.consume('orders')).length, 1)
})

test('[KIT27] a reset leaves what was there at the start', async (t) => {
  const kafka = await start(t, { topics: [{ name: 'orders', partitions: 2 }] })
  await kafka.produce('orders', [{ key: 'k', value: 'v' }])
  await kafka.createTopic('other')
  await kafka.groups.setOffsets('billing', [{ topic: 'orders', partition: 0, offset: 0 }])
  const fault = kafka.fault({ api: 'Produce', error: 'KAFKA_STORAGE_ERROR' })
  const connection = await connectTo(t, kafka)
  await connection.call(calls.listGroups, 5, {})
  await kafka.clock.advance(1_000_000)
  await kafka.reset()
  deepEqual(await kafka.snapshot(), {
    topics: [{ name: 'orders', partitions: 2, configs: {}, records: [] }],
    groups: [],
  })
  deepEqual(kafka.requests.all(), [])
  deepEqual(await produce(connection, ['orders']), [0])
  equal(fault.hits, 0)
  const [record] = await kafka.consume('orders')
  equal(Math.abs(kafka.clock.nowMs() - record!.timestamp) < 1_000_000, true)
})

test('[KIT28] a reset to a snapshot brings back topics, records and offsets', async (t) => {
  const kafka = await start(t)
  await kafka.createTopic({ name: 'orders', partitions: 2, configs: { 'retention.ms': 1000 } })
  const written = [
    { value: 'a', partition: 1, timestamp: 5, headers: { h: new Uint8Array([0xff]) } },
    { key: 'k', value: null, partition: 0 },
  ]
  await kafka.produce('orders', written)
  await kafka.groups.setOffsets('billing', [{ topic: 'orders', partition: 1, offset: 1 }])
  const before = await kafka.snapshot()
  await kafka.produce('orders', 'more')
  await kafka.produce('other', 'more')
  await kafka.reset({ to: before })
  deepEqual(await kafka.snapshot(), before)
})

test('[KIT29] a reset fails while a client waits for an answer, and names the client', async (t) => {
  const kafka = await start(t, { topics: ['orders'] })
  const connection = await connectTo(t, kafka, 'worker')
  const seen = kafka.requests.next({ api: 'Fetch' })
  const fetched = fetch(connection, 'orders', 1_000_000)
  fetched.catch(() => {})
  await seen
  await rejects(kafka.reset(), /clients are at work: worker waits for Fetch.*disconnect/)
  await kafka.reset({ disconnect: true })
  await rejects(fetched, /closed the connection/)
  deepEqual(await kafka.groups.list(), [])
})

test('[KIT29] a reset fails while a connected client is in a group, and names both', async (t) => {
  const kafka = await start(t, { topics: ['orders'] })
  const connection = await connectTo(t, kafka, 'worker')
  await join(connection, 'billing')
  await rejects(kafka.reset(), /worker is in group billing/)
  connection.close()
  await kafka.reset()
})

test('[KIT30] a stop ends what waits: joins of clients, calls of the test', async (t) => {
  const kafka = await start(t, { topics: ['orders'] })
  const first = await connectTo(t, kafka)
  await join(first, 'billing')
  const second = await connectTo(t, kafka)
  const { memberId } = await joinOnce(second, 'billing', '')
  const seen = kafka.requests.next({ api: 'JoinGroup' })
  const joining = joinOnce(second, 'billing', memberId)
  joining.catch(() => {})
  await seen
  const consuming = kafka.consume('orders', { count: 1, waitMsMax: 1_000_000 })
  consuming.catch(() => {})
  await kafka.stop()
  await rejects(joining, /closed the connection/)
  await rejects(consuming, /stop\(\) ended this broker/)
  await rejects(kafka.produce('orders', 'one'), /produce\(\) is not possible: stop\(\) has ended this broker/)
  await kafka.stop()
})

test('[KIT30] a stop while the broker comes up or goes down leaves nothing behind', async (t) => {
  const kafka = await start(t)
  await Promise.all([rejects(kafka.down(), /stop\(\) ended/), kafka.stop()])
  const other = await start(t, { port: kafka.port })
  await other.down()
  await Promise.all([rejects(other.up(), /stop\(\) ended/), other.stop()])
  await rejects(other.requests.next(), /stop\(\) ended/)
  await startsAt(t, kafka.port)
})

/** The port is freed when the start that was under way has been taken back. */
async function startsAt(t: TestContext, port: number): Promise<void> {
  for (;;) {
    try {
      await start(t, { port })
      return
    } catch (error) {
      match((error as Error).message, /in use/)
    }
  }
}

test('[KIT42] listeners that are given are where the broker listens, and what clients are told', async (t) => {
  const kafka = await start(t, {
    properties: {
      listeners: 'INSIDE://127.0.0.1:0,CONTROLLER://127.0.0.1:0',
      'listener.security.protocol.map': 'INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'INSIDE',
      'advertised.listeners': 'INSIDE://broker.test:0',
    },
  })
  equal(kafka.bootstrap, `broker.test:${kafka.port}`)
  await kafka.down()
  await kafka.up()
  equal(kafka.bootstrap, `broker.test:${kafka.port}`)
})

test('[KIT43] a broker that goes down forgets the requests that a fault delays', async (t) => {
  const kafka = await start(t, { topics: ['orders'] })
  const fault = kafka.fault({ api: 'Produce', delayMs: 1_000_000 })
  const refused = rejects(produce(await connectTo(t, kafka), ['orders']), /closed the connection/)
  const consuming = rejects(kafka.consume('orders', { count: 1 }), /down\(\) took the broker away/)
  await fault.whenHit()
  await kafka.down()
  await Promise.all([refused, consuming])
  await kafka.up()
  await kafka.clock.advance(1_000_000)
  deepEqual(await kafka.consume('orders'), [])
})

test('[KIT31] a broker that is down says so, and only one change is under way at a time', async (t) => {
  const kafka = await start(t, { topics: ['orders'] })
  const resetting = kafka.reset()
  await rejects(kafka.reset(), /reset\(\) is not possible: .*under way; await it first/)
  await rejects(kafka.down(), /under way/)
  await resetting
  await rejects(kafka.up(), /up\(\) is not possible: the broker is up/)
  await kafka.down()
  await rejects(
    kafka.consume('orders'),
    /consume\(\) is not possible: the broker is down; up\(\) starts it again/,
  )
  await kafka.up()
  deepEqual(await kafka.consume('orders'), [])
})

test('[KIT32] calls that ask for what is not there say what is', async (t) => {
  const kafka = await start(t, { topics: [{ name: 'orders', partitions: 2 }] })
  await rejects(kafka.consume('oders'), /topic oders does not exist; there are: .*orders/)
  await rejects(kafka.consume('orders', { partition: 2 }), /no partition 2, it has 2/)
  await rejects(kafka.consume('orders', { count: 1, waitMsMax: 0 }), /0 of 1 records came to topic orders/)
  await rejects(kafka.createTopic('orders'), /cannot create topic orders: TOPIC_ALREADY_EXISTS/)
  await rejects(
    kafka.groups.settled('billing', 1, { waitMsMax: 0 }),
    /group billing is not Stable .*does not exist/,
  )
  await rejects(kafka.groups.caughtUp('billing', 'oders'), /topic oders does not exist/)
  await rejects(kafka.clock.advance(-1), /a clock does not go back/)
  throws(() => kafka.requests.all({ api: 'Produse' as 'Produce' }), /Produse is not an API/)
  throws(() => kafka.fault({ api: 'Produce' }), /needs one of error, close, drop and delayMs/)
})
