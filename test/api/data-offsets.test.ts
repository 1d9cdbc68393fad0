// ListOffsets and OffsetForLeaderEpoch over the wire.

import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import type { ListOffsetsPartitionResponse } from '../../src/protocol/generated/list-offsets-response.ts'
import type { EpochEndOffset } from '../../src/protocol/generated/offset-for-leader-epoch-response.ts'
import {
  batch,
  batchOf,
  createTopic,
  epochEndOf,
  listOffsetsCodecs,
  listOffsetsOf,
  offsetForLeaderEpochCodecs,
  produceOne,
  record,
  versionsFrom,
} from '../support/data-requests.ts'
import { NodeUnderTest } from './node-under-test.ts'

const allVersions = versionsFrom(1, 11)
const nothing = [errors.NONE, -1, -1, -1]

/** Offsets 0 to 5 in three batches, with timestamps that do not grow. */
async function filledTopic(node: NodeUnderTest): Promise<void> {
  const topic = await createTopic(node, 'a')
  for (const timestamps of [
    [1000, 3000],
    [5000, 2000],
    [4000, 4000],
  ])
    await produceOne(node, topic, batchOf(timestamps.map((timestamp) => record('x', { timestamp }))))
}

async function list(
  node: NodeUnderTest,
  version: number,
  ...of: Parameters<typeof listOffsetsOf>
): Promise<number[]> {
  const { topics } = await node.call(listOffsetsCodecs, version, listOffsetsOf(...of))
  const { errorCode, timestamp, offset, leaderEpoch }: ListOffsetsPartitionResponse =
    topics[0]!.partitions[0]!
  return [errorCode, timestamp, offset, leaderEpoch]
}

test('[OFFSETS1] a timestamp finds the first record at or after it; too late a one finds nothing', async (t) => {
  const node = await NodeUnderTest.start(t)
  await filledTopic(node)
  const found: [asked: number, timestamp: number, offset: number][] = [
    [0, 1000, 0],
    [1000, 1000, 0],
    [1001, 3000, 1],
    [3001, 5000, 2],
    [5000, 5000, 2],
  ]
  for (const version of allVersions) {
    const epoch = version >= 4 ? 0 : -1
    for (const [asked, timestamp, offset] of found)
      deepEqual(
        await list(node, version, 'a', asked),
        [errors.NONE, timestamp, offset, epoch],
        `version ${version}`,
      )
    for (const asked of [5001, 2 ** 52]) deepEqual(await list(node, version, 'a', asked), nothing)
  }
})

test('[OFFSETS2] each special timestamp has its answer from its version on, before it UNSUPPORTED_VERSION', async (t) => {
  const node = await NodeUnderTest.start(t)
  await filledTopic(node)
  await createTopic(node, 'empty')
  const special: [asked: number, from: number, filled: number[], empty: number[]][] = [
    [-1, 1, [-1, 6], [-1, 0]],
    [-2, 1, [-1, 0], [-1, 0]],
    [-3, 7, [5000, 2], [-1, -1]],
    [-4, 8, [-1, 0], [-1, 0]],
    [-5, 9, [-1, -1], [-1, -1]],
    [-6, 11, [-1, -1], [-1, -1]],
    [-7, 99, [], []],
  ]
  for (const version of allVersions)
    for (const [asked, from, filled, empty] of special)
      for (const isolationLevel of version >= 2 ? [0, 1] : [0])
        for (const [topic, expected] of [
          ['a', filled],
          ['empty', empty],
        ] as const) {
          const epoch = version >= 4 && expected[1] !== -1 ? 0 : -1
          deepEqual(
            await list(node, version, topic, asked, { isolationLevel }),
            version >= from ? [errors.NONE, ...expected, epoch] : [errors.UNSUPPORTED_VERSION, -1, -1, -1],
            `${asked} of ${topic} in version ${version}`,
          )
        }
})

test('[OFFSETS3] unknown partitions, epochs of other leaders and partitions asked about twice are errors', async (t) => {
  const node = await NodeUnderTest.start(t)
  await filledTopic(node)
  await node.restart()
  const leaderEpoch = node.running.image().topics.byName('a')!.partitions[0]!.leaderEpoch
  for (const version of allVersions) {
    const error = async (...of: Parameters<typeof listOffsetsOf>) => (await list(node, version, ...of))[0]
    equal(await error('nope', -1), errors.UNKNOWN_TOPIC_OR_PARTITION)
    for (const partition of [1, -1])
      equal(await error('a', -1, { partition }), errors.UNKNOWN_TOPIC_OR_PARTITION)
    for (const replicaId of [-2, 1, 9]) equal(await error('a', -1, { replicaId }), errors.NONE)
    const twice = listOffsetsOf('a', -1)
    twice.topics!.push(listOffsetsOf('a', -2).topics![0]!)
    const { topics } = await node.call(listOffsetsCodecs, version, twice)
    deepEqual(
      topics.map(({ partitions }) => partitions.map(({ errorCode }) => errorCode)),
      [[errors.INVALID_REQUEST]],
    )
    if (version < 4) continue
    equal(await error('a', -1, { currentLeaderEpoch: leaderEpoch }), errors.NONE)
    equal(await error('a', -1, { currentLeaderEpoch: leaderEpoch - 1 }), errors.FENCED_LEADER_EPOCH)
    equal(await error('a', -1, { currentLeaderEpoch: leaderEpoch + 1 }), errors.UNKNOWN_LEADER_EPOCH)
  }
})

test('[OFFSETS4] an epoch ends where the next one began, the newest at the end of the log', async (t) => {
  const node = await NodeUnderTest.start(t)
  await filledTopic(node)
  await createTopic(node, 'empty')
  const end = async (version: number, ...of: Parameters<typeof epochEndOf>) => {
    const { topics } = await node.call(offsetForLeaderEpochCodecs, version, epochEndOf(...of))
    const { errorCode, leaderEpoch, endOffset }: EpochEndOffset = topics[0]!.partitions[0]!
    return [errorCode, leaderEpoch, endOffset]
  }
  for (const version of [2, 3, 4]) {
    deepEqual(await end(version, 'a', 0), [errors.NONE, 0, 6])
    deepEqual(await end(version, 'empty', 0), [errors.NONE, 0, 0], 'a leader has its epoch before it writes')
    for (const epoch of [-1, 1, 2 ** 31 - 1]) deepEqual(await end(version, 'a', epoch), [errors.NONE, -1, -1])
  }
  await node.restart()
  await node.restart()
  const leaderEpoch = node.running.image().topics.byName('a')!.partitions[0]!.leaderEpoch
  for (const version of [2, 3, 4]) {
    deepEqual(await end(version, 'a', leaderEpoch), [errors.NONE, leaderEpoch, 6])
    // Consumers validate with the epoch they were told last: no leader wrote in it.
    deepEqual(await end(version, 'a', leaderEpoch - 1), [errors.NONE, 0, 6])
  }
  await produceOne(node, { name: 'a', id: '' }, batch('new'))
  for (const version of [2, 3, 4]) {
    deepEqual(await end(version, 'a', 0), [errors.NONE, 0, 6])
    deepEqual(await end(version, 'a', leaderEpoch - 1), [errors.NONE, 0, 6])
    deepEqual(await end(version, 'a', leaderEpoch), [errors.NONE, leaderEpoch, 7])
  }
})

test('[OFFSETS5] OffsetForLeaderEpoch checks the partition and the epoch its client knows', async (t) => {
  const node = await NodeUnderTest.start(t)
  await filledTopic(node)
  for (const version of [2, 3, 4]) {
    const error = async (...of: Parameters<typeof epochEndOf>) =>
      (await node.call(offsetForLeaderEpochCodecs, version, epochEndOf(...of))).topics[0]!.partitions[0]!
        .errorCode
    equal(await error('nope', 0), errors.UNKNOWN_TOPIC_OR_PARTITION)
    equal(await error('a', 0, { partition: 3 }), errors.UNKNOWN_TOPIC_OR_PARTITION)
    equal(await error('a', 0, { currentLeaderEpoch: 0 }), errors.NONE)
    equal(await error('a', 0, { currentLeaderEpoch: 1 }), errors.UNKNOWN_LEADER_EPOCH)
    equal(await error('a', 0, { currentLeaderEpoch: -2 }), errors.FENCED_LEADER_EPOCH)
  }
})
