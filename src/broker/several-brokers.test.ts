// Answers that a single broker cannot be brought to give over the wire: handlers on the metadata of a cluster of
// brokers, and on a disk that refuses.

import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { create, startWorld, topic, type World } from '../controller/testing/controller-world.ts'
import { alterReplicaLogDirsRequest } from '../protocol/generated/alter-replica-log-dirs-request.ts'
import { describeLogDirsRequest } from '../protocol/generated/describe-log-dirs-request.ts'
import { describeTopicPartitionsRequest } from '../protocol/generated/describe-topic-partitions-request.ts'
import { listPartitionReassignmentsRequest } from '../protocol/generated/list-partition-reassignments-request.ts'
import type { Api, RequestContext } from './api.ts'
import { alterReplicaLogDirsApi } from './apis/34-alter-replica-log-dirs.ts'
import { describeLogDirsApi } from './apis/35-describe-log-dirs.ts'
import { listPartitionReassignmentsApi } from './apis/46-list-partition-reassignments.ts'
import { unregisterBrokerApi } from './apis/64-unregister-broker.ts'
import { describeTopicPartitionsApi } from './apis/75-describe-topic-partitions.ts'
import { apiTable } from './apis/table.ts'
import type { BrokerModules } from './broker-modules.ts'

/** Only what the handler under test reads. */
function modulesOf(world: World, others: Partial<BrokerModules> = {}): BrokerModules {
  const { controller } = world
  const modules: Partial<BrokerModules> = {
    nodeId: 1,
    controller,
    image: () => controller.image,
    metadataApplied: async () => {},
    ...others,
  }
  return modules as BrokerModules
}

async function answer<Q, R>(api: Api<Q, R>, request: Q, listenerName = 'PLAINTEXT'): Promise<R> {
  const context: Partial<RequestContext> = { apiVersion: 0, listenerName }
  return (await api.handle(context as RequestContext, request)) as R
}

async function worldOfThree(): Promise<World> {
  const world = await startWorld({ brokers: 3 })
  await create(world, [topic('a', { assignments: [{ partitionIndex: 0, brokerIds: [1, 2] }] })])
  return world
}

test('[MOVE6] partitions under way are told with those that come and go, all or those asked for', async () => {
  const world = await worldOfThree()
  const partitions = [{ partitionIndex: 0, replicas: [3, 1] }]
  await world.controller.alterPartitionReassignments({
    timeoutMs: 1,
    allowReplicationFactorChange: true,
    topics: [{ name: 'a', partitions }],
  })
  const api = listPartitionReassignmentsApi(modulesOf(world))
  const moving = [{ partitionIndex: 0, replicas: [3, 1, 2], addingReplicas: [3], removingReplicas: [2] }]
  const asked = { ...listPartitionReassignmentsRequest.defaults(), topics: null }
  deepEqual((await answer(api, asked)).topics, [{ name: 'a', partitions: moving }])
  const topics = [
    { name: 'a', partitionIndexes: [7, 0] },
    { name: 'missing', partitionIndexes: [0] },
  ]
  deepEqual((await answer(api, { ...asked, topics })).topics, [{ name: 'a', partitions: moving }])
})

test('[PAGE4] replicas on fenced brokers are offline, and a leader without this listener is none', async () => {
  const world = await worldOfThree()
  await world.controller.fence(1)
  const config = { int: () => 2000 } as unknown as BrokerModules['config']
  const api = describeTopicPartitionsApi(modulesOf(world, { config }))
  const request = describeTopicPartitionsRequest.defaults()
  const told = async (listenerName: string) => {
    const { topics } = await answer(api, request, listenerName)
    const { leaderId, replicaNodes, isrNodes, offlineReplicas } = topics[0]!.partitions[0]!
    return { leaderId, replicaNodes, isrNodes, offlineReplicas }
  }
  deepEqual(await told('PLAINTEXT'), {
    leaderId: 2,
    replicaNodes: [1, 2],
    isrNodes: [2],
    offlineReplicas: [1],
  })
  deepEqual(await told('OTHER'), {
    leaderId: -1,
    replicaNodes: [1, 2],
    isrNodes: [2],
    offlineReplicas: [1, 2],
  })
})

test('[UNREGISTER2] another broker is unregistered', async () => {
  const world = await worldOfThree()
  const api = unregisterBrokerApi(modulesOf(world))
  equal((await answer(api, { brokerId: 2 })).errorCode, errors.NONE)
  deepEqual([...world.controller.image.brokers.keys()], [1, 3])
})

test('[DIR1] [DIR2] a directory is told by its absolute path; KAFKA_STORAGE_ERROR if it failed or its disk refuses', async () => {
  const world = await worldOfThree()
  const logs = {
    all: () => [],
    directories: [
      { path: 'good', failure: undefined },
      { path: 'failed', failure: 'input/output error' },
      { path: 'gone', failure: undefined },
    ],
  } as unknown as BrokerModules['logs']
  const usage = async (path: string) => {
    if (path === 'gone') throw new Error('no such directory')
    return { totalBytes: 20, usableBytes: 10 }
  }
  const absolutePath = (path: string) => `/started/here/${path}`
  const disk = { usage, absolutePath } as unknown as BrokerModules['disk']
  const api = describeLogDirsApi(modulesOf(world, { logs, disk }))
  const { results } = await answer(api, { ...describeLogDirsRequest.defaults(), topics: null })
  deepEqual(
    results.map(({ logDir, errorCode, totalBytes, usableBytes }) => [
      logDir,
      errorCode,
      totalBytes,
      usableBytes,
    ]),
    [
      ['/started/here/good', errors.NONE, 20, 10],
      ['/started/here/failed', errors.KAFKA_STORAGE_ERROR, -1, -1],
      ['/started/here/gone', errors.KAFKA_STORAGE_ERROR, -1, -1],
    ],
  )
})

test('[DIR3] replicas are in the only directory already, and several directories are not served', async () => {
  const world = await worldOfThree()
  await create(world, [topic('elsewhere', { assignments: [{ partitionIndex: 0, brokerIds: [2] }] })])
  const disk = { absolutePath: (path: string) => `/${path}` } as unknown as BrokerModules['disk']
  const partitions = {
    get: (name: string, index: number) => (name === 'a' && index === 0 ? {} : undefined),
  } as unknown as BrokerModules['partitions']
  const withDirectories = (...directories: { path: string; failure?: string }[]) =>
    modulesOf(world, { disk, partitions, logs: { directories } as unknown as BrokerModules['logs'] })
  const asked = async (path: string, name: string, modules = withDirectories({ path: 'data' })) => {
    const dirs = [{ path, topics: [{ name, partitions: [0] }] }]
    const { results } = await answer(alterReplicaLogDirsApi(modules), { dirs })
    deepEqual([results[0]!.topicName, results[0]!.partitions[0]!.partitionIndex], [name, 0])
    return results[0]!.partitions[0]!.errorCode
  }
  equal(await asked('/data', 'a'), errors.NONE)
  equal(await asked('data', 'a'), errors.LOG_DIR_NOT_FOUND)
  equal(await asked('/data', 'elsewhere'), errors.REPLICA_NOT_AVAILABLE)
  equal(await asked('/data', 'missing'), errors.UNKNOWN_TOPIC_OR_PARTITION)
  equal(await asked('/data', 'x'.repeat(249)), errors.INVALID_TOPIC_EXCEPTION)
  const failed = withDirectories({ path: 'data', failure: 'input/output error' })
  equal(await asked('/data', 'a', failed), errors.KAFKA_STORAGE_ERROR)
  const isServed = (...directories: { path: string }[]) => {
    const config = { int: () => 1 } as unknown as BrokerModules['config']
    return apiTable({ ...withDirectories(...directories), config }).has(alterReplicaLogDirsRequest.apiKey)
  }
  deepEqual([isServed({ path: 'one' }), isServed({ path: 'one' }, { path: 'two' })], [true, false])
})
