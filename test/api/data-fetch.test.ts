// Fetch over the wire: where it may read, how much it gives, how long it waits.

import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { errorName, errors } from '../../src/base/errors.ts'
import type { FetchPartition } from '../../src/protocol/generated/fetch-request.ts'
import {
  batch,
  createTopic,
  fetchCodecs,
  fetchFrom,
  fetchOne,
  produceCodecs,
  produceOne,
  produceTo,
  type TopicNameAndId,
  valuesOf,
  versionsFrom,
} from '../support/data-requests.ts'
import { NodeUnderTest } from './node-under-test.ts'

const allVersions = versionsFrom(4, 18)
const nobody = { name: 'nope', id: 'ABCDEFGHIJKLMNOPQRSTUA' }

/** Offsets 0 to 5 in three batches of two. */
async function filledTopic(node: NodeUnderTest, name = 'a', partitions = 1): Promise<TopicNameAndId> {
  const topic = await createTopic(node, name, {}, partitions)
  for (const value of ['a', 'b', 'c']) await produceOne(node, topic, batch(`${value}1`, `${value}2`))
  return topic
}

test('[FETCH6] every version reads what is there and tells where the log ends', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await filledTopic(node)
  for (const version of allVersions) {
    const data = await fetchOne(node, topic, 0, {}, version)
    deepEqual(
      [data.errorCode, data.highWatermark, data.lastStableOffset],
      [errors.NONE, 6, 6],
      `version ${version}`,
    )
    equal(data.abortedTransactions, null)
    equal(valuesOf(data).length, 6)
    const committed = await fetchOne(node, topic, 0, { isolationLevel: 1 }, version)
    deepEqual(committed.abortedTransactions, [])
  }
})

test('[FETCH7] an offset inside a batch gives the whole batch, one at the end nothing, one beyond an error', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await filledTopic(node)
  for (const version of allVersions) {
    const read = (offset: number) => fetchOne(node, topic, offset, {}, version)
    deepEqual(valuesOf(await read(3))[0], [2, 'b1'])
    const atEnd = await read(6)
    deepEqual([atEnd.errorCode, atEnd.records!.length], [errors.NONE, 0])
    for (const offset of [7, 2 ** 52, -1]) equal((await read(offset)).errorCode, errors.OFFSET_OUT_OF_RANGE)
  }
})

test('[FETCH8] the first batch comes whole whatever the limits, others only where they fit', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await filledTopic(node, 'a', 2)
  await node.call(produceCodecs, 12, produceTo(12, topic, batch('other'), { partition: 1 }))
  for (const version of allVersions) {
    for (const limit of [0, 1, 100, -1]) {
      const one = [
        [0, 'a1'],
        [1, 'a2'],
      ]
      deepEqual(valuesOf(await fetchOne(node, topic, 0, { maxBytes: limit }, version)), one)
      deepEqual(valuesOf(await fetchOne(node, topic, 0, { of: { partitionMaxBytes: limit } }, version)), one)
    }
    const fields = fetchFrom(version, topic, 0, { maxBytes: 100 })
    const [partition] = fields.topics![0]!.partitions
    fields.topics![0]!.partitions = [
      { ...partition!, partition: 1 },
      { ...partition!, partition: 0 },
    ]
    const { responses } = await node.call(fetchCodecs, version, fields)
    deepEqual(
      responses[0]!.partitions.map(({ records }) => records!.length > 0),
      [true, false],
      'partitions are served in the order of the request',
    )
  }
})

test('[FETCH9] a topic or partition that is not there is named so by name and by id', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await filledTopic(node)
  for (const version of allVersions) {
    const unknown = version >= 13 ? errors.UNKNOWN_TOPIC_ID : errors.UNKNOWN_TOPIC_OR_PARTITION
    equal((await fetchOne(node, nobody, 0, {}, version)).errorCode, unknown)
    for (const partition of [1, -1])
      equal(
        (await fetchOne(node, topic, 0, { of: { partition } }, version)).errorCode,
        errors.UNKNOWN_TOPIC_OR_PARTITION,
      )
  }
})

test("[FETCH10] a leader epoch below or above the leader's is fenced or unknown, and 16 tells the leader", async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await filledTopic(node)
  await node.restart()
  const leaderEpoch = node.running.image().topics.byName('a')!.partitions[0]!.leaderEpoch
  ok(leaderEpoch > 0)
  for (const version of versionsFrom(9, 18)) {
    const at = (currentLeaderEpoch: number) =>
      fetchOne(node, topic, 0, { of: { currentLeaderEpoch } }, version)
    equal((await at(leaderEpoch)).errorCode, errors.NONE)
    equal((await at(-2)).errorCode, errors.NONE)
    equal((await at(leaderEpoch + 1)).errorCode, errors.UNKNOWN_LEADER_EPOCH)
    const fenced = await at(leaderEpoch - 1)
    equal(fenced.errorCode, errors.FENCED_LEADER_EPOCH)
    deepEqual(
      fenced.currentLeader,
      version >= 16 ? { leaderId: 1, leaderEpoch } : { leaderId: -1, leaderEpoch: -1 },
    )
  }
  const fields = fetchFrom(16, topic, 0, { of: { currentLeaderEpoch: 0 } })
  const { nodeEndpoints } = await node.call(fetchCodecs, 16, fields)
  deepEqual(
    nodeEndpoints.map(({ nodeId, host, port }) => [nodeId, host, port]),
    [[1, 'localhost', node.port]],
  )
})

test('[FETCH11] a fetcher whose last epoch ended before its offset is told where to truncate', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await filledTopic(node)
  await node.restart()
  await produceOne(node, topic, batch('new'))
  const leaderEpoch = node.running.image().topics.byName('a')!.partitions[0]!.leaderEpoch
  for (const version of versionsFrom(12, 18)) {
    const at = (fetchOffset: number, lastFetchedEpoch: number) =>
      fetchOne(
        node,
        topic,
        fetchOffset,
        { of: { lastFetchedEpoch } satisfies Partial<FetchPartition> },
        version,
      )
    deepEqual((await at(6, 0)).divergingEpoch, { epoch: -1, endOffset: -1 })
    const diverging = await at(7, 0)
    deepEqual([diverging.divergingEpoch, diverging.records!.length], [{ epoch: 0, endOffset: 6 }, 0])
    equal((await at(6, leaderEpoch)).divergingEpoch.epoch, -1)
    equal((await at(7, leaderEpoch + 3)).errorCode, errors.OFFSET_OUT_OF_RANGE)
  }
})

test('[FETCH12] a fetch waits for min bytes, and is answered when they are committed', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await filledTopic(node)
  for (const version of allVersions) {
    const { highWatermark } = await fetchOne(node, topic, 0)
    const consumer = await node.connect()
    const wait = { maxWaitMs: 600_000, minBytes: 100 }
    const waiting = fetchOne(consumer, topic, highWatermark, wait, version)
    await produceOne(node, topic, batch('1'))
    await produceOne(node, topic, batch('2'))
    equal(valuesOf(await waiting).length, 2, `version ${version}`)
  }
})

test('[FETCH13] a fetch that waits in vain is answered with nothing; an error or enough bytes end the wait', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await filledTopic(node)
  equal((await fetchOne(node, topic, 6, { maxWaitMs: 20, minBytes: 1 })).records!.length, 0)
  const forEver = { maxWaitMs: 2 ** 31 - 1, minBytes: 2 ** 31 - 1 }
  equal((await fetchOne(node, topic, 99, forEver)).errorCode, errors.OFFSET_OUT_OF_RANGE)
  equal((await fetchOne(node, nobody, 0, forEver)).errorCode, errors.UNKNOWN_TOPIC_OR_PARTITION)
  // What one answer can hold is enough (fetch.max.bytes and the request's own limit).
  equal(valuesOf(await fetchOne(node, topic, 0, { ...forEver, maxBytes: 1 })).length, 2)
  const { responses } = await node.call(fetchCodecs, 12, { ...forEver, maxBytes: 10, sessionEpoch: -1 })
  deepEqual(responses, [])
})

test('[FETCH14] a broker that does not follow the partition gets no records', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await filledTopic(node)
  for (const version of allVersions)
    for (const replicaId of [1, 5]) {
      const as = version < 15 ? { replicaId } : { replicaState: { replicaId, replicaEpoch: -1 } }
      const { errorCode } = await fetchOne(node, topic, 0, as, version)
      equal(errorName(errorCode), 'NOT_LEADER_OR_FOLLOWER')
      if (version < 9) continue
      const known = await fetchOne(node, topic, 0, { ...as, of: { currentLeaderEpoch: 0 } }, version)
      equal(errorName(known.errorCode), 'UNKNOWN_LEADER_EPOCH')
    }
})
