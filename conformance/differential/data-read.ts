// Fetch, ListOffsets, OffsetForLeaderEpoch and ApiVersions.

import { defaultsFetchPartition } from '../../src/protocol/generated/fetch-request.ts'
import {
  apiVersionsCodecs,
  batch,
  batchOf,
  epochEndOf,
  fetchCodecs,
  fetchFrom,
  listOffsetsCodecs,
  listOffsetsOf,
  offsetForLeaderEpochCodecs,
  produceCodecs,
  produceTo,
  record,
  versionsFrom,
} from '../../test/support/data-requests.ts'
import type { Case } from './data-produce.ts'
import type { Peer, PeerTopic } from './peer.ts'

const zero = 'AAAAAAAAAAAAAAAAAAAAAA'

/** Offsets 0 to 5 in three batches, with timestamps that do not grow. */
async function filledTopic(peer: Peer, name: string, partitions = 1): Promise<PeerTopic> {
  const topic = await peer.topic(name, {}, partitions)
  const stamps = [
    [1000, 3000],
    [5000, 2000],
    [4000, 4000],
  ]
  for (const timestamps of stamps) {
    const records = timestamps.map((timestamp) => record(`at ${timestamp}`, { timestamp }))
    await peer.call(produceCodecs, 12, produceTo(12, topic, batchOf(records)))
  }
  return topic
}

const fetches: Record<string, { offset: number; from?: number; more?: Parameters<typeof fetchFrom>[3] }> = {
  'from 0': { offset: 0 },
  'inside a batch': { offset: 3 },
  'at the end': { offset: 6 },
  'behind the end': { offset: 7 },
  'far behind the end': { offset: 2 ** 52 },
  negative: { offset: -1 },
  'partition of few bytes': { offset: 1, more: { of: { partitionMaxBytes: 1 } } },
  'partition of no bytes': { offset: 1, more: { of: { partitionMaxBytes: 0 } } },
  'partition of negative bytes': { offset: 1, more: { of: { partitionMaxBytes: -5 } } },
  'few bytes in all': { offset: 1, more: { maxBytes: 1 } },
  'no bytes in all': { offset: 1, more: { maxBytes: 0 } },
  'negative bytes in all': { offset: 1, more: { maxBytes: -1 } },
  'bytes for one and a half': { offset: 0, more: { of: { partitionMaxBytes: 130 } } },
  'read committed': { offset: 0, more: { isolationLevel: 1 } },
  'unknown isolation': { offset: 0, more: { isolationLevel: 7 } },
  'negative wait': { offset: 6, more: { maxWaitMs: -1 } },
  'negative min bytes': { offset: 6, more: { maxWaitMs: 100, minBytes: -1 } },
  'more min bytes than there are': { offset: 0, more: { maxWaitMs: 100, minBytes: 100_000 } },
  'unknown partition': { offset: 0, more: { of: { partition: 5 } } },
  'negative partition': { offset: 0, more: { of: { partition: -1 } } },
  'epoch 0': { offset: 0, from: 9, more: { of: { currentLeaderEpoch: 0 } } },
  'epoch 3': { offset: 0, from: 9, more: { of: { currentLeaderEpoch: 3 } } },
  'epoch -2': { offset: 0, from: 9, more: { of: { currentLeaderEpoch: -2 } } },
  'last fetched epoch 0': {
    offset: 2,
    from: 12,
    more: { of: { lastFetchedEpoch: 0, currentLeaderEpoch: 0 } },
  },
  'last fetched epoch 0 behind the end': { offset: 9, from: 12, more: { of: { lastFetchedEpoch: 0 } } },
  'last fetched epoch 4': { offset: 2, from: 12, more: { of: { lastFetchedEpoch: 4 } } },
  'last fetched epoch -2': { offset: 2, from: 12, more: { of: { lastFetchedEpoch: -2 } } },
  'log start offset': { offset: 2, from: 5, more: { of: { logStartOffset: 77 } } },
  'a session that is not there': { offset: 0, from: 7, more: { sessionId: 5, sessionEpoch: 1 } },
  'the end of a session that is not there': { offset: 0, from: 7, more: { sessionId: 5, sessionEpoch: -1 } },
  'session epoch without session': { offset: 0, from: 7, more: { sessionId: 0, sessionEpoch: 1 } },
  'negative session epoch': { offset: 0, from: 7, more: { sessionId: 0, sessionEpoch: -7 } },
  'a rack': { offset: 0, from: 11, more: { rackId: 'r1' } },
}

export function readCases(): Record<string, Case> {
  const cases: Record<string, Case> = {}
  for (const version of versionsFrom(4, 18)) {
    const replica = (replicaId: number) =>
      version < 15 ? { replicaId } : { replicaState: { replicaId, replicaEpoch: -1 } }
    for (const [name, { offset, from = 0, more = {} }] of Object.entries(fetches))
      if (version >= from)
        cases[`fetch v${version} ${name}`] = async (peer) => {
          const topic = await filledTopic(peer, `f-${version}-${name.replace(/[^a-z0-9]/g, '-')}`)
          return peer.call(fetchCodecs, version, fetchFrom(version, topic, offset, more))
        }
    for (const replicaId of [1, 5, -2, -3])
      cases[`fetch v${version} as replica ${replicaId}`] = async (peer) => {
        const topic = await filledTopic(peer, `f-${version}-replica${replicaId}`)
        return [
          await peer.call(fetchCodecs, version, fetchFrom(version, topic, 0, replica(replicaId))),
          await peer.call(
            fetchCodecs,
            version,
            fetchFrom(version, topic, 0, {
              ...replica(replicaId),
              of: version >= 9 ? { currentLeaderEpoch: 0 } : {},
            }),
          ),
        ]
      }
    cases[`fetch v${version} unknown topic`] = (peer) =>
      peer.call(fetchCodecs, version, fetchFrom(version, { name: 'nope', id: zero }, 0))
    cases[`fetch v${version} other topic`] = (peer) =>
      peer.call(fetchCodecs, version, fetchFrom(version, { name: '', id: 'ABCDEFGHIJKLMNOPQRSTUA' }, 0))
    cases[`fetch v${version} nothing`] = (peer) =>
      peer.call(fetchCodecs, version, { maxBytes: 100, sessionEpoch: version >= 7 ? -1 : 0 })
    cases[`fetch v${version} two partitions in few bytes`] = async (peer) => {
      const topic = await filledTopic(peer, `f-${version}-two`, 2)
      await peer.call(produceCodecs, 12, produceTo(12, topic, batch('p1'), { partition: 1 }))
      const fields = fetchFrom(version, topic, 0, { maxBytes: 100 })
      const partition = { ...defaultsFetchPartition(), partitionMaxBytes: 1000 }
      fields.topics![0]!.partitions = [1, 0, 4].map((index) => ({ ...partition, partition: index }))
      return peer.call(fetchCodecs, version, fields)
    }
    if (version >= 7) cases[`fetch v${version} session`] = (peer) => session(peer, version)
  }
  return { ...cases, ...listOffsetsCases(), ...epochCases(), ...apiVersionsCases() }
}

/** Every step of a session, its id written as `S`. */
async function session(peer: Peer, version: number): Promise<unknown> {
  const topic = await filledTopic(peer, `session-${version}`, 2)
  const steps: unknown[] = []
  const connection = await peer.connect()
  let sessionId = 0
  const ask = async (sessionEpoch: number, fields: ReturnType<typeof fetchFrom>) => {
    const answer = await connection.call(fetchCodecs, version, { ...fields, sessionId, sessionEpoch })
    steps.push({
      ...answer,
      sessionId: answer.sessionId === 0 ? 0 : answer.sessionId === sessionId ? 'same' : 'new',
    })
    if (answer.sessionId !== 0) sessionId = answer.sessionId
  }
  const none = { ...fetchFrom(version, topic, 0), topics: [] }
  const forget = (partitions: number[]) => [
    { topic: version < 13 ? topic.name : '', topicId: version < 13 ? zero : topic.id, partitions },
  ]
  await ask(0, fetchFrom(version, topic, 0))
  await ask(1, none)
  await ask(2, fetchFrom(version, topic, 6))
  await ask(3, none)
  await peer.call(produceCodecs, 12, produceTo(12, topic, batch('more')))
  await ask(4, none)
  await ask(5, fetchFrom(version, topic, 99))
  await ask(6, fetchFrom(version, topic, 7))
  await ask(7, none)
  await ask(9, none)
  await ask(8, fetchFrom(version, topic, 0, { of: { partition: 1 } }))
  await ask(9, fetchFrom(version, topic, 0, { of: { partition: 8 } }))
  await ask(10, { ...none, forgottenTopicsData: forget([8]) })
  await ask(11, { ...none, forgottenTopicsData: forget([0, 1]) })
  await ask(12, none)
  await ask(0, fetchFrom(version, topic, 0))
  await ask(-1, fetchFrom(version, topic, 6))
  await ask(1, none)
  return steps
}

function listOffsetsCases(): Record<string, Case> {
  const cases: Record<string, Case> = {}
  for (const version of versionsFrom(1, 11)) {
    for (const timestamp of [-1, -2, -3, -4, -5, -6, -7, 0, 1000, 1001, 3001, 5000, 5001, 2 ** 52])
      for (const isolationLevel of version >= 2 ? [0, 1] : [0])
        cases[`list offsets v${version} ${timestamp} isolation ${isolationLevel}`] = async (peer) => {
          const topic = await filledTopic(
            peer,
            `l-${version}-${timestamp}-${isolationLevel}`.replace('--', '-m'),
          )
          const empty = await peer.topic(`le-${version}-${timestamp}-${isolationLevel}`.replace('--', '-m'))
          return [
            await peer.call(
              listOffsetsCodecs,
              version,
              listOffsetsOf(topic.name, timestamp, { isolationLevel }),
            ),
            await peer.call(
              listOffsetsCodecs,
              version,
              listOffsetsOf(empty.name, timestamp, { isolationLevel }),
            ),
          ]
        }
    cases[`list offsets v${version} odd`] = async (peer) => {
      const topic = await filledTopic(peer, `lo-${version}`)
      const call = (timestamp: number, more: Parameters<typeof listOffsetsOf>[2] = {}) =>
        peer.call(listOffsetsCodecs, version, listOffsetsOf(topic.name, timestamp, more))
      const twice = listOffsetsOf(topic.name, -1)
      twice.topics![0]!.partitions.push({ partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -2 })
      return [
        await peer.call(listOffsetsCodecs, version, listOffsetsOf('nope', -1)),
        await call(-1, { partition: 7 }),
        await call(-1, { partition: -1 }),
        await call(-1, { replicaId: -2 }),
        await call(-1, { replicaId: 1 }),
        await call(-1, { replicaId: 9 }),
        await call(3000, { replicaId: 9 }),
        ...(version >= 4
          ? [
              await call(-1, { currentLeaderEpoch: 0 }),
              await call(-1, { currentLeaderEpoch: 4 }),
              await call(-9, { currentLeaderEpoch: 4 }),
            ]
          : []),
        await peer.call(listOffsetsCodecs, version, twice),
        await peer.call(listOffsetsCodecs, version, { replicaId: -1 }),
      ]
    }
  }
  return cases
}

function epochCases(): Record<string, Case> {
  const cases: Record<string, Case> = {}
  for (const version of [2, 3, 4])
    cases[`offset for leader epoch v${version}`] = async (peer) => {
      const topic = await filledTopic(peer, `e-${version}`)
      const empty = await peer.topic(`ee-${version}`)
      const answers: unknown[] = []
      const ask = async (...of: Parameters<typeof epochEndOf>) =>
        answers.push(await peer.call(offsetForLeaderEpochCodecs, version, epochEndOf(...of)))
      for (const epoch of [-1, -2, 0, 1, 7, 2 ** 31 - 1]) {
        await ask(topic.name, epoch)
        await ask(empty.name, epoch)
      }
      for (const currentLeaderEpoch of [0, 1, -2]) await ask(topic.name, 0, { currentLeaderEpoch })
      await ask(topic.name, 0, { partition: 3 })
      await ask('nope', 0)
      if (version >= 3) for (const replicaId of [-1, -2, 1, 7]) await ask(topic.name, 0, { replicaId })
      return answers
    }
  return cases
}

function apiVersionsCases(): Record<string, Case> {
  const cases: Record<string, Case> = {}
  for (const version of versionsFrom(0, 4)) {
    const names =
      version < 3
        ? [['', '']]
        : [
            ['kit', '1.0'],
            ['', ''],
            ['kit', ''],
            ['-kit', '1'],
            ['k it', '1'],
            ['k', '1.0-x.y'],
            ['k.', '1'],
          ]
    for (const [clientSoftwareName, clientSoftwareVersion] of names)
      cases[`api versions v${version} ${clientSoftwareName} ${clientSoftwareVersion}`] = async (peer) => {
        const fields = {
          clientSoftwareName: clientSoftwareName!,
          clientSoftwareVersion: clientSoftwareVersion!,
        }
        const answer = await peer.call(apiVersionsCodecs, version, fields)
        if (typeof answer === 'string') return answer
        const served = new Set([0, 1, 2, 18, 22, 23])
        return {
          ...answer,
          apiKeys: answer.apiKeys.filter(({ apiKey }) => served.has(apiKey)),
          finalizedFeaturesEpoch: answer.finalizedFeaturesEpoch >= 0,
        }
      }
  }
  return cases
}
