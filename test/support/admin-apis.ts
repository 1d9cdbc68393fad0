// The APIs of topics, configs and the cluster as RawConnection takes them, and parts of their requests.

import { zeroUuid } from '../../src/base/uuid.ts'
import { createPartitionsRequest } from '../../src/protocol/generated/create-partitions-request.ts'
import { createPartitionsResponse } from '../../src/protocol/generated/create-partitions-response.ts'
import {
  type CreatableTopic,
  createTopicsRequest,
} from '../../src/protocol/generated/create-topics-request.ts'
import { createTopicsResponse } from '../../src/protocol/generated/create-topics-response.ts'
import { deleteTopicsRequest } from '../../src/protocol/generated/delete-topics-request.ts'
import { deleteTopicsResponse } from '../../src/protocol/generated/delete-topics-response.ts'
import { describeClusterRequest } from '../../src/protocol/generated/describe-cluster-request.ts'
import { describeClusterResponse } from '../../src/protocol/generated/describe-cluster-response.ts'
import { describeConfigsRequest } from '../../src/protocol/generated/describe-configs-request.ts'
import { describeConfigsResponse } from '../../src/protocol/generated/describe-configs-response.ts'
import { findCoordinatorRequest } from '../../src/protocol/generated/find-coordinator-request.ts'
import { findCoordinatorResponse } from '../../src/protocol/generated/find-coordinator-response.ts'
import { metadataRequest } from '../../src/protocol/generated/metadata-request.ts'
import { metadataResponse } from '../../src/protocol/generated/metadata-response.ts'

export const createPartitions = { request: createPartitionsRequest, response: createPartitionsResponse }
export const createTopics = { request: createTopicsRequest, response: createTopicsResponse }
export const deleteTopics = { request: deleteTopicsRequest, response: deleteTopicsResponse }
export const describeCluster = { request: describeClusterRequest, response: describeClusterResponse }
export const describeConfigs = { request: describeConfigsRequest, response: describeConfigsResponse }
export const findCoordinator = { request: findCoordinatorRequest, response: findCoordinatorResponse }
export const metadata = { request: metadataRequest, response: metadataResponse }

/** The id of no topic. */
export const unknownId = 'AAAAAAAAAAAAAAAAAAAAMg'

export function newTopic(name: string, fields: Partial<CreatableTopic> = {}): CreatableTopic {
  return { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [], ...fields }
}

/** In place of counts: the brokers of each partition. */
export function assigned(...partitions: readonly (readonly [number, number[]])[]): Partial<CreatableTopic> {
  return {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: partitions.map(([partitionIndex, brokerIds]) => ({ partitionIndex, brokerIds })),
  }
}

export function configured(configs: Readonly<Record<string, string | null>>): Partial<CreatableTopic> {
  return { configs: Object.entries(configs).map(([name, value]) => ({ name, value })) }
}

export function byName(...names: (string | null)[]): { name: string | null; topicId: string }[] {
  return names.map((name) => ({ name, topicId: zeroUuid }))
}

export function byId(...ids: string[]): { name: string | null; topicId: string }[] {
  return ids.map((topicId) => ({ name: null, topicId }))
}
