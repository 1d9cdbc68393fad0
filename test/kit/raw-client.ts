// What tests of the kit say to a broker, request by request: nothing is sent that the test does not send.

import type { TestContext } from 'node:test'
import { zeroUuid } from '../../src/base/uuid.ts'
import { calls } from '../../src/client/api-call.ts'
import { encodeSubscription } from '../../src/client/consumer-protocol.ts'
import type { Ottla, OttlaOptions } from '../../src/kit/kit.ts'
import { startOttla } from '../../src/kit/kit.ts'
import { defaultsFetchPartition } from '../../src/protocol/generated/fetch-request.ts'
import { encodeBatch } from '../../src/protocol/records/record-batch.ts'
import { RawConnection } from '../support/raw-connection.ts'

const fetchVersion = 12
const joinVersion = 9
const produceVersion = 12

export async function start(t: TestContext, options: OttlaOptions = {}): Promise<Ottla> {
  const kafka = await startOttla(options)
  t.after(() => kafka.stop())
  return kafka
}

export async function connectTo(t: TestContext, kafka: Ottla, clientId = 'test'): Promise<RawConnection> {
  const connection = await RawConnection.open(kafka.port, '127.0.0.1', clientId)
  t.after(() => connection.close())
  return connection
}

/** The error code of one partition's append. */
export async function produce(connection: RawConnection, topics: readonly string[]): Promise<number[]> {
  const { responses } = await connection.call(calls.produce, produceVersion, {
    acks: -1,
    timeoutMs: 1000,
    topicData: topics.map((name) => ({
      name,
      topicId: zeroUuid,
      partitionData: [{ index: 0, records: batch() }],
    })),
  })
  return topics.map(
    (name) => responses.find((topic) => topic.name === name)!.partitionResponses[0]!.errorCode,
  )
}

/** Waits for records that are not there for up to `maxWaitMs` of the broker's clock. */
export function fetch(connection: RawConnection, topic: string, maxWaitMs: number) {
  return connection.call(calls.fetch, fetchVersion, {
    maxWaitMs,
    minBytes: 1,
    maxBytes: 1024,
    topics: [
      {
        topic,
        topicId: zeroUuid,
        partitions: [{ ...defaultsFetchPartition(), partitionMaxBytes: 1024 }],
      },
    ],
  })
}

/** JoinGroup with a member id, '' for a new member, which is sent back to come again with one. */
export function joinOnce(
  connection: RawConnection,
  groupId: string,
  memberId: string,
  groupInstanceId: string | null = null,
) {
  return connection.call(calls.joinGroup, joinVersion, {
    groupId,
    memberId,
    groupInstanceId,
    protocolType: 'consumer',
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 300_000,
    protocols: [{ name: 'range', metadata: encodeSubscription(['orders']) }],
  })
}

/** Becomes a member and returns its id; of a group that the member is alone in, it is the whole rebalance. */
export async function join(
  connection: RawConnection,
  groupId: string,
  groupInstanceId: string | null = null,
): Promise<string> {
  const first = await joinOnce(connection, groupId, '', groupInstanceId)
  const joined = groupInstanceId === null ? await joinOnce(connection, groupId, first.memberId) : first
  await connection.call(calls.syncGroup, 5, {
    groupId,
    generationId: joined.generationId,
    memberId: joined.memberId,
    groupInstanceId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [{ memberId: joined.memberId, assignment: new Uint8Array(0) }],
  })
  return joined.memberId
}

function batch(): Uint8Array {
  return encodeBatch({
    baseOffset: 0,
    partitionLeaderEpoch: -1,
    records: [{ timestamp: Date.now(), key: null, value: new Uint8Array(1) }],
  })
}
