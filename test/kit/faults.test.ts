// What clients see of faults, connection by connection.

import { deepEqual, equal, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { calls } from '../../src/client/api-call.ts'
import { connectTo, fetch, join, produce, start } from './raw-client.ts'

test('[KIT18] an error for one topic leaves the other topics of the request alone', async (t) => {
  const kafka = await start(t, { topics: ['orders', 'other'] })
  const connection = await connectTo(t, kafka)
  kafka.fault({ api: 'Produce', topic: 'orders', error: 'KAFKA_STORAGE_ERROR' })
  deepEqual(await produce(connection, ['orders', 'other']), [errors.KAFKA_STORAGE_ERROR, errors.NONE])
  equal((await kafka.consume('orders')).length, 0)
  equal((await kafka.consume('other')).length, 1)
})

test('[KIT18] a Fetch that is refused for one topic is answered at once', async (t) => {
  const kafka = await start(t, { topics: ['orders'] })
  const connection = await connectTo(t, kafka)
  kafka.fault({ api: 'Fetch', topic: 'orders', error: 'OFFSET_OUT_OF_RANGE' })
  const { responses } = await fetch(connection, 'orders', 1_000_000)
  equal(responses[0]!.partitions[0]!.errorCode, errors.OFFSET_OUT_OF_RANGE)
})

test('[KIT20] a request whose connection is closed before it is served has no effect', async (t) => {
  const kafka = await start(t, { topics: ['orders'] })
  kafka.fault({ api: 'Produce', close: 'before' })
  await rejects(produce(await connectTo(t, kafka), ['orders']), /closed the connection/)
  equal((await kafka.consume('orders')).length, 0)
})

test('[KIT21] a dropped answer silences its connection, and no other', async (t) => {
  const kafka = await start(t, { topics: ['orders'] })
  const silenced = await connectTo(t, kafka)
  const other = await connectTo(t, kafka)
  const fault = kafka.fault({ api: 'Produce', drop: true })
  const answers: string[] = []
  produce(silenced, ['orders']).then(
    () => answers.push('produce'),
    () => {},
  )
  await fault.whenHit()
  silenced.call(calls.listGroups, 5, {}).then(
    () => answers.push('list'),
    () => {},
  )
  deepEqual(await produce(other, ['orders']), [errors.NONE])
  await kafka.consume('orders', { count: 2 })
  deepEqual(answers, [])
})

test('[KIT22] requests of one connection keep their order behind a delay', async (t) => {
  const kafka = await start(t, { topics: ['orders', 'other'] })
  const connection = await connectTo(t, kafka)
  kafka.fault({ api: 'Produce', topic: 'orders', delayMs: 1_000_000 })
  const first = produce(connection, ['orders'])
  const secondIsSeen = kafka.requests.next({ api: 'Produce', topic: 'other' })
  const second = produce(connection, ['other'])
  await secondIsSeen
  deepEqual(await kafka.consume('other'), [])
  await kafka.clock.advance(1_000_000)
  deepEqual(await Promise.all([first, second]), [[errors.NONE], [errors.NONE]])
})

test('[KIT23] a member keeps its place when a fault closes its connection', async (t) => {
  const kafka = await start(t, { topics: ['orders'] })
  const connection = await connectTo(t, kafka)
  const memberId = await join(connection, 'billing')
  kafka.fault({ api: 'ListGroups', close: 'before' })
  await rejects(connection.call(calls.listGroups, 5, {}))
  await connection.closed()
  const group = await kafka.groups.settled('billing', 1)
  equal(group.members[0]!.memberId, memberId)
})
