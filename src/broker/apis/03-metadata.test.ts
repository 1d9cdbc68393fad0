import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../base/errors.ts'
import { MetadataDelta } from '../../metadata/metadata-delta.ts'
import { emptyImage, type MetadataImage } from '../../metadata/metadata-image.ts'
import { defaultsPartitionRecord } from '../../protocol/generated/partition-record.ts'
import { defaultsRegisterBrokerRecord } from '../../protocol/generated/register-broker-record.ts'
import type { MetadataRecord } from '../../protocol/metadata-records.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { metadataApi } from './03-metadata.ts'

const topicId = 'AAAAAAAAAAAAAAAAAAAAMg'

function broker(brokerId: number, listener: string, fenced = false): MetadataRecord {
  const endpoint = { name: listener, host: `host-${brokerId}`, port: 9092, securityProtocol: 0 }
  const value = { ...defaultsRegisterBrokerRecord(), brokerId, fenced, endPoints: [endpoint] }
  return { name: 'RegisterBrokerRecord', value }
}

/** Partition n of the topic: all in sync, led by `leader`. */
function partition(partitionId: number, leader: number, replicas: number[]): MetadataRecord {
  const value = { ...defaultsPartitionRecord(), partitionId, topicId, replicas, isr: replicas, leader }
  return { name: 'PartitionRecord', value: { ...value, directories: replicas.map(() => topicId) } }
}

/** Broker 1 is live, 2 fenced, 3 on another listener, 4 unknown. */
function clusterImage(): MetadataImage {
  const delta = new MetadataDelta(emptyImage)
  const records: MetadataRecord[] = [
    broker(1, 'PLAINTEXT'),
    broker(2, 'PLAINTEXT', true),
    broker(3, 'OTHER'),
    { name: 'TopicRecord', value: { name: 'a', topicId } },
    partition(0, 1, [1]),
    partition(1, 1, [1, 2]),
    partition(2, 2, [1, 2]),
    partition(3, 3, [3]),
    partition(4, 4, [4]),
    partition(5, -1, [2]),
  ]
  for (const record of records) delta.replay(record)
  return delta.apply(records.length - 1, 1)
}

test('[METADATA9] partitions whose brokers a client cannot reach, in each form', async () => {
  const image = clusterImage()
  // What the handler reads of the broker when no topic has to be created.
  const modules = {
    image: () => image,
    clusterId: 'c',
    random: { next: () => 0 },
  } as unknown as BrokerModules
  const { NONE, LISTENER_NOT_FOUND, LEADER_NOT_AVAILABLE, REPLICA_NOT_AVAILABLE } = errors
  for (const apiVersion of [0, 1, 5, 6, 13]) {
    const context = {
      apiVersion,
      clientId: '',
      clientHost: '',
      peer: '',
      listenerName: 'PLAINTEXT',
      nowMs: 0,
      isConnected: () => true,
    }
    const api = metadataApi(modules)
    const request = { ...api.request.defaults(), topics: apiVersion === 0 ? [] : null }
    const answer = await api.handle(context, request)
    if (answer === 'no-response' || !('topics' in answer)) throw new Error('Metadata is answered')
    const unreachable = apiVersion >= 6 ? LISTENER_NOT_FOUND : LEADER_NOT_AVAILABLE
    deepEqual(
      answer.topics[0]!.partitions.map(
        ({ errorCode, leaderId, replicaNodes, isrNodes, offlineReplicas }) => ({
          told: [errorCode, leaderId],
          replicas: [replicaNodes, isrNodes, offlineReplicas],
        }),
      ),
      [
        { told: [NONE, 1], replicas: [[1], [1], []] },
        apiVersion === 0
          ? { told: [REPLICA_NOT_AVAILABLE, 1], replicas: [[1], [1], [2]] }
          : { told: [NONE, 1], replicas: [[1, 2], [1, 2], [2]] },
        { told: [unreachable, -1], replicas: apiVersion === 0 ? [[1], [1], [2]] : [[1, 2], [1, 2], [2]] },
        { told: [unreachable, -1], replicas: apiVersion === 0 ? [[], [], [3]] : [[3], [3], [3]] },
        { told: [LEADER_NOT_AVAILABLE, -1], replicas: apiVersion === 0 ? [[], [], [4]] : [[4], [4], [4]] },
        { told: [LEADER_NOT_AVAILABLE, -1], replicas: apiVersion === 0 ? [[], [], [2]] : [[2], [2], [2]] },
      ],
    )
    deepEqual(
      answer.brokers.map(({ nodeId }) => nodeId),
      [1],
    )
  }
})
