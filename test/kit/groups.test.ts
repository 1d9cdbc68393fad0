// Group members whose connections end, and what of that can be switched off.

import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { calls } from '../../src/client/api-call.ts'
import { connectTo, join, joinOnce, start } from './raw-client.ts'

test('[KIT2] a member whose connection ends leaves its group at once', async (t) => {
  const kafka = await start(t, { topics: ['orders'] })
  const connection = await connectTo(t, kafka)
  await join(connection, 'billing')
  await kafka.groups.settled('billing', 1)
  connection.close()
  await kafka.groups.settled('billing', 0)
})

test('[KIT33] a member that goes away during a join leaves too', async (t) => {
  const kafka = await start(t, {
    topics: ['orders'],
    properties: { 'group.initial.rebalance.delay.ms': 60_000 },
  })
  const connection = await connectTo(t, kafka)
  const { memberId } = await joinOnce(connection, 'billing', '')
  const seen = kafka.requests.next({ api: 'JoinGroup' })
  joinOnce(connection, 'billing', memberId).catch(() => {})
  await seen
  connection.close()
  const leaves = async () => (await kafka.groups.describe('billing'))?.members.length ?? 0
  while ((await leaves()) > 0) await new Promise((resolve) => setImmediate(resolve))
})

test('[KIT34] without leaveOnDisconnect, and as a static member, it stays until its session ends', async (t) => {
  const kafka = await start(t, { topics: ['orders'], leaveOnDisconnect: false })
  const statics = await start(t, { topics: ['orders'] })
  for (const [broker, instanceId] of [[kafka, null] as const, [statics, 'one'] as const]) {
    const connection = await connectTo(t, broker)
    const memberId = await join(connection, 'billing', instanceId)
    connection.close()
    // A request that came after the end of the connection is served after it.
    await (await connectTo(t, broker)).call(calls.listGroups, 5, {})
    const group = await broker.groups.settled('billing', 1)
    equal(group.members[0]!.memberId, memberId)
    await broker.clock.advance(30_000)
    await broker.groups.settled('billing', 0)
  }
})

test('[KIT35] the delay of the first rebalance is what is configured, by the clock of the broker', async (t) => {
  const kafka = await start(t, {
    topics: ['orders'],
    properties: { 'group.initial.rebalance.delay.ms': 20_000 },
  })
  const connection = await connectTo(t, kafka)
  const { memberId } = await joinOnce(connection, 'billing', '')
  const seen = kafka.requests.next({ api: 'JoinGroup' })
  const joining = joinOnce(connection, 'billing', memberId)
  await seen
  equal((await kafka.groups.describe('billing'))!.state, 'PreparingRebalance')
  await kafka.clock.advance(20_000)
  equal((await joining).errorCode, 0)
})

test('[KIT36] requests of clients are recorded with their topics and bodies, those of the kit are not', async (t) => {
  const kafka = await start(t, { topics: ['orders'] })
  await kafka.produce('orders', 'one')
  const connection = await connectTo(t, kafka, 'worker')
  await joinOnce(connection, 'billing', '')
  deepEqual(
    kafka.requests
      .all()
      .map(({ api, clientId, topics, apiVersion }) => ({ api, clientId, topics, apiVersion })),
    [{ api: 'JoinGroup', clientId: 'worker', topics: [], apiVersion: 9 }],
  )
  equal((kafka.requests.all({ clientId: 'worker' })[0]!.body as { groupId: string }).groupId, 'billing')
  deepEqual(kafka.requests.all({ topic: 'orders' }), [])
})
