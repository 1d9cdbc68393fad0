// Elections, reassignments, features and registrations of a whole node, in every version.

import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { createTopics, newTopic } from '../support/admin-apis.ts'
import {
  alterPartitionReassignments,
  electLeaders,
  listPartitionReassignments,
  unregisterBroker,
  updateFeatures,
} from '../support/cluster-apis.ts'
import { apiVersionsCodecs, versionsFrom } from '../support/data-requests.ts'
import { NodeUnderTest } from './node-under-test.ts'

async function started(t: Parameters<typeof NodeUnderTest.start>[0]): Promise<NodeUnderTest> {
  const node = await NodeUnderTest.start(t)
  await node.call(createTopics, 7, { topics: [newTopic('t', { numPartitions: 2 })], timeoutMs: 5000 })
  return node
}

test('[MOVE1] a single broker leads all it has: no election is needed', async (t) => {
  const node = await started(t)
  for (const version of versionsFrom(0, 2)) {
    const topicPartitions = [{ topic: 't', partitions: [0, 9] }]
    const asked = await node.call(electLeaders, version, { topicPartitions })
    equal(asked.errorCode, errors.NONE)
    deepEqual(
      asked.replicaElectionResults[0]!.partitionResult.map(({ errorCode }) => errorCode),
      [errors.ELECTION_NOT_NEEDED, errors.UNKNOWN_TOPIC_OR_PARTITION],
    )
    const all = await node.call(electLeaders, version, { topicPartitions: null })
    deepEqual(all.replicaElectionResults, [{ topic: 't', partitionResult: [] }])
    if (version === 0) continue
    const unclean = await node.call(electLeaders, version, { topicPartitions, electionType: 1 })
    equal(unclean.replicaElectionResults[0]!.partitionResult[0]!.errorCode, errors.ELECTION_NOT_NEEDED)
    const unknown = await node.call(electLeaders, version, { topicPartitions, electionType: 7 })
    equal(unknown.errorCode, errors.INVALID_REQUEST)
  }
})

test('[MOVE2] partitions can be put only on this broker, where they are', async (t) => {
  const node = await started(t)
  const moves: readonly (readonly [partitionIndex: number, replicas: number[] | null, error: number])[] = [
    [0, [1], errors.NONE],
    [9, [1], errors.UNKNOWN_TOPIC_OR_PARTITION],
    [0, [2], errors.INVALID_REPLICA_ASSIGNMENT],
    [0, [1, 1], errors.INVALID_REPLICA_ASSIGNMENT],
    [0, [], errors.INVALID_REPLICA_ASSIGNMENT],
    [1, null, errors.NO_REASSIGNMENT_IN_PROGRESS],
  ]
  for (const version of versionsFrom(0, 1)) {
    const partitions = moves.map(([partitionIndex, replicas]) => ({ partitionIndex, replicas }))
    const response = await node.call(alterPartitionReassignments, version, {
      topics: [{ name: 't', partitions }],
    })
    equal(response.errorCode, errors.NONE)
    deepEqual(
      response.responses[0]!.partitions.map(({ errorCode }) => errorCode),
      moves.map(([, , error]) => error),
    )
  }
})

test('[MOVE2] no reassignment is under way', async (t) => {
  const node = await started(t)
  for (const topics of [null, [{ name: 't', partitionIndexes: [0, 9] }]]) {
    const response = await node.call(listPartitionReassignments, 0, { topics })
    deepEqual(response, { throttleTimeMs: 0, errorCode: errors.NONE, errorMessage: null, topics: [] })
  }
})

const set = (feature: string, maxVersionLevel: number, upgradeType = 1) => ({
  featureUpdates: [{ feature, maxVersionLevel, allowDowngrade: false, upgradeType }],
})

test('[FEATURE3] the finalized levels of served features are told, kraft.version of the log too', async (t) => {
  const node = await started(t)
  const finalized = async () => {
    const { finalizedFeatures } = await node.call(apiVersionsCodecs, 4, {
      clientSoftwareName: 'test',
      clientSoftwareVersion: '1',
    })
    return finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel])
  }
  const levels = [
    ['kraft.version', 1],
    ['metadata.version', 30],
  ]
  for (const version of versionsFrom(0, 2)) {
    const raised = await node.call(updateFeatures, version, set('eligible.leader.replicas.version', 1))
    equal(raised.errorCode, errors.NONE)
    deepEqual(
      raised.results.map(({ feature, errorCode }) => [feature, errorCode]),
      version <= 1 ? [['eligible.leader.replicas.version', errors.NONE]] : [],
    )
    deepEqual(await finalized(), [['eligible.leader.replicas.version', 1], ...levels])
    if (version === 0) continue
    const lowered = await node.call(updateFeatures, version, set('eligible.leader.replicas.version', 0, 2))
    equal(lowered.errorCode, errors.NONE)
    deepEqual(await finalized(), levels)
  }
})

test('[FEATURE3] a level that this broker does not serve is refused, and so is the whole request', async (t) => {
  const node = await started(t)
  equal((await node.call(updateFeatures, 2, set('share.version', 0, 2))).errorCode, errors.NONE)
  for (const version of versionsFrom(0, 2))
    for (const update of [
      set('metadata.version', 99),
      set('unknown.version', 1),
      set('share.version', 1),
      set('metadata.version', 29),
    ]) {
      const response = await node.call(updateFeatures, version, update)
      equal(response.errorCode, errors.INVALID_UPDATE_VERSION)
      deepEqual(response.results, [])
    }
})

test('[UNREGISTER1] a broker that nobody knows cannot be unregistered, nor one that runs', async (t) => {
  const node = await started(t)
  const unknown = await node.call(unregisterBroker, 0, { brokerId: 77 })
  equal(unknown.errorCode, errors.BROKER_ID_NOT_REGISTERED)
  const running = await node.call(unregisterBroker, 0, { brokerId: 1 })
  equal(running.errorCode, errors.INVALID_REQUEST)
  await node.call(createTopics, 7, { topics: [newTopic('later')], timeoutMs: 5000 })
})
