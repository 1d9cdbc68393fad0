import { deepEqual, equal, notEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import { type FetchRequest, fetchRequest } from '../protocol/generated/fetch-request.ts'
import { type FetchContext, FetchSessions } from './fetch-sessions.ts'

const version = 12

function sessionsOf(sessionsMax: number): FetchSessions {
  let drawn = 0
  const random = { next: () => ++drawn / 1000, bytes: (count: number) => new Uint8Array(count) }
  return new FetchSessions({ sessionsMax }, { random })
}

function request(
  sessionId: number,
  sessionEpoch: number,
  partitions: Record<string, number[]> = {},
): FetchRequest {
  const topics = Object.entries(partitions).map(([topic, indexes]) => ({
    topic,
    topicId: zeroUuid,
    partitions: indexes.map((partition) => ({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: 0,
      lastFetchedEpoch: -1,
      logStartOffset: -1,
      partitionMaxBytes: 1000,
      replicaDirectoryId: zeroUuid,
      highWatermark: Number.MAX_SAFE_INTEGER,
    })),
  }))
  return { ...fetchRequest.defaults(), sessionId, sessionEpoch, topics }
}

function sessionOf(context: FetchContext) {
  ok(context.kind === 'full' || context.kind === 'incremental', context.kind)
  return context.session
}

function names(context: FetchContext): string[] {
  ok(context.kind !== 'error')
  return context.partitions.map(({ topic, request: { partition } }) => `${topic}-${partition}`)
}

test('[FETCH1] epoch 0 makes a session, whose next requests carry epochs 1, 2 and on, and name only changes', () => {
  const sessions = sessionsOf(10)
  const opened = sessions.open(request(0, 0, { a: [0, 1] }), version, 0)
  const { id } = sessionOf(opened)
  deepEqual(names(opened), ['a-0', 'a-1'])
  const next = sessions.open(request(id, 1, { b: [0] }), version, 1)
  equal(next.kind, 'incremental')
  deepEqual(names(next), ['a-0', 'a-1', 'b-0'])
  const forgetting = {
    ...request(id, 2),
    forgottenTopicsData: [{ topic: 'a', topicId: zeroUuid, partitions: [0] }],
  }
  deepEqual(names(sessions.open(forgetting, version, 2)), ['a-1', 'b-0'])
})

test('[FETCH2] a wrong epoch, an unknown session and a switch between names and ids are refused', () => {
  const sessions = sessionsOf(10)
  const { id } = sessionOf(sessions.open(request(0, 0, { a: [0] }), version, 0))
  deepEqual(sessions.open(request(id, 2), version, 0), {
    kind: 'error',
    error: errors.INVALID_FETCH_SESSION_EPOCH,
  })
  deepEqual(sessions.open(request(id + 1, 1), version, 0), {
    kind: 'error',
    error: errors.FETCH_SESSION_ID_NOT_FOUND,
  })
  deepEqual(sessions.open(request(id, 1), 13, 0), {
    kind: 'error',
    error: errors.FETCH_SESSION_TOPIC_ID_ERROR,
  })
  equal(sessions.open(request(id, 1), version, 0).kind, 'incremental')
})

test('[FETCH3] epoch -1 and epoch 0 end the session they name', () => {
  const sessions = sessionsOf(10)
  const first = sessionOf(sessions.open(request(0, 0, { a: [0] }), version, 0))
  equal(sessions.open(request(first.id, -1, { a: [0] }), version, 0).kind, 'sessionless')
  equal(sessions.size, 0)
  const second = sessionOf(sessions.open(request(0, 0, { a: [0] }), version, 0))
  const third = sessionOf(sessions.open(request(second.id, 0, { a: [0] }), version, 0))
  notEqual(third.id, second.id)
  equal(sessions.size, 1)
})

test('[FETCH4] a full cache pushes out the session unused for two minutes, else the fetcher goes without', () => {
  const sessions = sessionsOf(2)
  const old = sessionOf(sessions.open(request(0, 0, { a: [0] }), version, 0))
  const young = sessionOf(sessions.open(request(0, 0, { a: [0] }), version, 100_000))
  equal(sessions.open(request(0, 0, { a: [0] }), version, 110_000).kind, 'sessionless')
  equal(sessions.open(request(0, 0, { a: [0] }), version, 121_000).kind, 'full')
  equal(sessions.open(request(old.id, 1), version, 121_000).kind, 'error')
  equal(sessions.open(request(young.id, 1), version, 121_000).kind, 'incremental')
})

test('[FETCH5] epochs wrap from the largest number to 1', () => {
  const sessions = sessionsOf(2)
  const session = sessionOf(sessions.open(request(0, 0, { a: [0] }), version, 0))
  session.epoch = 0x7fffffff
  equal(sessions.open(request(session.id, 0x7fffffff), version, 0).kind, 'incremental')
  equal(session.epoch, 1)
})
