// Fetch sessions over the wire (KIP-227): one session from its first request to its last, in every version.

import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import type { FetchRequest } from '../../src/protocol/generated/fetch-request.ts'
import {
  batch,
  createTopic,
  fetchCodecs,
  fetchFrom,
  produceOne,
  versionsFrom,
} from '../support/data-requests.ts'
import { NodeUnderTest } from './node-under-test.ts'

test('[FETCH15] an incremental answer names only partitions with news: records, watermark, error', async (t) => {
  const node = await NodeUnderTest.start(t)
  for (const version of versionsFrom(7, 18)) {
    const topic = await createTopic(node, `v${version}`, {}, 2)
    const nothing: Partial<FetchRequest> = { ...fetchFrom(version, topic, 0), topics: [] }
    let session = 0
    /** Asks with an epoch and returns what each partition told: its index and error. */
    const ask = async (sessionEpoch: number, fields: Partial<FetchRequest>) => {
      const answer = await node.call(fetchCodecs, version, { ...fields, sessionId: session, sessionEpoch })
      if (answer.sessionId !== 0) session = answer.sessionId
      const told = answer.responses.flatMap(({ partitions }) =>
        partitions.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode]),
      )
      return answer.errorCode === errors.NONE ? told : answer.errorCode
    }
    const forgotten = (partitions: number[]) => [
      { topic: version < 13 ? topic.name : '', topicId: topicIdOf(version, topic.id), partitions },
    ]
    deepEqual(await ask(0, fetchFrom(version, topic, 0)), [[0, errors.NONE]])
    deepEqual(await ask(1, nothing), [])
    await produceOne(node, topic, batch('x'))
    deepEqual(await ask(2, nothing), [[0, errors.NONE]], 'records are news')
    deepEqual(await ask(3, fetchFrom(version, topic, 1)), [], 'the watermark was told with them')
    deepEqual(await ask(4, fetchFrom(version, topic, 9)), [[0, errors.OFFSET_OUT_OF_RANGE]])
    deepEqual(await ask(5, nothing), [[0, errors.OFFSET_OUT_OF_RANGE]], 'an error is told again')
    deepEqual(await ask(6, fetchFrom(version, topic, 1)), [[0, errors.NONE]], 'so is its end')
    deepEqual(await ask(8, nothing), errors.INVALID_FETCH_SESSION_EPOCH)
    deepEqual(await ask(7, fetchFrom(version, topic, 0, { of: { partition: 1 } })), [[1, errors.NONE]])
    deepEqual(await ask(8, { ...nothing, forgottenTopicsData: forgotten([0]) }), [])
    await produceOne(node, topic, batch('y'))
    deepEqual(await ask(9, nothing), [], 'a forgotten partition is not told')
    deepEqual(await ask(-1, fetchFrom(version, topic, 2)), [[0, errors.NONE]], 'epoch -1 ends the session')
    deepEqual(await ask(10, nothing), errors.FETCH_SESSION_ID_NOT_FOUND)
  }
})

test('[FETCH16] with no room for sessions a fetcher is served without one', async (t) => {
  const node = await NodeUnderTest.start(t, { 'max.incremental.fetch.session.cache.slots': '1' })
  const topic = await createTopic(node, 'a')
  const open = async () =>
    (await node.call(fetchCodecs, 12, { ...fetchFrom(12, topic, 0), sessionEpoch: 0 })).sessionId
  equal((await open()) > 0, true)
  equal(await open(), 0)
})

function topicIdOf(version: number, id: string): string {
  return version < 13 ? 'AAAAAAAAAAAAAAAAAAAAAA' : id
}
