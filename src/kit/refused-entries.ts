// For APIs whose answers carry an error per entry (topic, group, resource): where the entries are in the request and
// in the response, and the entry of the response that refuses one of the request.

import { alterConfigsRequest } from '../protocol/generated/alter-configs-request.ts'
import {
  alterConfigsResponse,
  defaultsAlterConfigsResourceResponse,
} from '../protocol/generated/alter-configs-response.ts'
import { consumerGroupDescribeRequest } from '../protocol/generated/consumer-group-describe-request.ts'
import {
  consumerGroupDescribeResponse,
  defaultsDescribedGroup as defaultsDescribedConsumerGroup,
} from '../protocol/generated/consumer-group-describe-response.ts'
import { createPartitionsRequest } from '../protocol/generated/create-partitions-request.ts'
import {
  createPartitionsResponse,
  defaultsCreatePartitionsTopicResult,
} from '../protocol/generated/create-partitions-response.ts'
import { createTopicsRequest } from '../protocol/generated/create-topics-request.ts'
import {
  createTopicsResponse,
  defaultsCreatableTopicResult,
} from '../protocol/generated/create-topics-response.ts'
import { deleteGroupsRequest } from '../protocol/generated/delete-groups-request.ts'
import {
  defaultsDeletableGroupResult,
  deleteGroupsResponse,
} from '../protocol/generated/delete-groups-response.ts'
import { deleteRecordsRequest } from '../protocol/generated/delete-records-request.ts'
import {
  defaultsDeleteRecordsPartitionResult,
  deleteRecordsResponse,
} from '../protocol/generated/delete-records-response.ts'
import { describeConfigsRequest } from '../protocol/generated/describe-configs-request.ts'
import {
  defaultsDescribeConfigsResult,
  describeConfigsResponse,
} from '../protocol/generated/describe-configs-response.ts'
import { describeGroupsRequest } from '../protocol/generated/describe-groups-request.ts'
import {
  defaultsDescribedGroup,
  describeGroupsResponse,
} from '../protocol/generated/describe-groups-response.ts'
import { fetchRequest } from '../protocol/generated/fetch-request.ts'
import { defaultsPartitionData, fetchResponse } from '../protocol/generated/fetch-response.ts'
import { incrementalAlterConfigsRequest } from '../protocol/generated/incremental-alter-configs-request.ts'
import { incrementalAlterConfigsResponse } from '../protocol/generated/incremental-alter-configs-response.ts'
import { listOffsetsRequest } from '../protocol/generated/list-offsets-request.ts'
import {
  defaultsListOffsetsPartitionResponse,
  listOffsetsResponse,
} from '../protocol/generated/list-offsets-response.ts'
import { offsetCommitRequest } from '../protocol/generated/offset-commit-request.ts'
import { offsetCommitResponse } from '../protocol/generated/offset-commit-response.ts'
import { offsetForLeaderEpochRequest } from '../protocol/generated/offset-for-leader-epoch-request.ts'
import {
  defaultsEpochEndOffset,
  offsetForLeaderEpochResponse,
} from '../protocol/generated/offset-for-leader-epoch-response.ts'
import { produceRequest } from '../protocol/generated/produce-request.ts'
import { defaultsPartitionProduceResponse, produceResponse } from '../protocol/generated/produce-response.ts'
import { txnOffsetCommitRequest } from '../protocol/generated/txn-offset-commit-request.ts'
import { txnOffsetCommitResponse } from '../protocol/generated/txn-offset-commit-response.ts'
import type { MessageCodec } from '../protocol/message.ts'

export interface RefusedEntries {
  readonly apiKey: number
  /** The field of the request that lists what is asked for. */
  readonly asked: string
  /** The field of the response that lists the answers. */
  readonly answered: string
  refuse(entry: unknown, errorCode: number): unknown
}

type Element<T> = NonNullable<T> extends readonly (infer E)[] ? E : never

function entries<Q, K extends keyof Q & string, R, L extends keyof R & string>(
  request: MessageCodec<Q>,
  asked: K,
  _response: MessageCodec<R>,
  answered: L,
  refuse: (entry: Element<Q[K]>, errorCode: number) => Element<R[L]>,
): RefusedEntries {
  return {
    apiKey: request.apiKey,
    asked,
    answered,
    refuse: (entry, errorCode) => refuse(entry as Element<Q[K]>, errorCode),
  }
}

const errorMessage = 'a fault of the test'

export const refusedEntries: readonly RefusedEntries[] = [
  entries(produceRequest, 'topicData', produceResponse, 'responses', (topic, errorCode) => ({
    name: topic.name,
    topicId: topic.topicId,
    partitionResponses: topic.partitionData.map(({ index }) => ({
      ...defaultsPartitionProduceResponse(),
      index,
      errorCode,
      errorMessage,
      baseOffset: -1,
    })),
  })),
  entries(
    fetchRequest,
    'topics',
    fetchResponse,
    'responses',
    ({ topic, topicId, partitions }, errorCode) => ({
      topic,
      topicId,
      partitions: partitions.map(({ partition }) => ({
        ...defaultsPartitionData(),
        partitionIndex: partition,
        errorCode,
        highWatermark: -1,
        records: new Uint8Array(0),
      })),
    }),
  ),
  entries(listOffsetsRequest, 'topics', listOffsetsResponse, 'topics', ({ name, partitions }, errorCode) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({
      ...defaultsListOffsetsPartitionResponse(),
      partitionIndex,
      errorCode,
    })),
  })),
  entries(offsetCommitRequest, 'topics', offsetCommitResponse, 'topics', (topic, errorCode) => ({
    name: topic.name,
    topicId: topic.topicId,
    partitions: topic.partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
  })),
  entries(describeGroupsRequest, 'groups', describeGroupsResponse, 'groups', (groupId, errorCode) => ({
    ...defaultsDescribedGroup(),
    groupId,
    errorCode,
  })),
  entries(createTopicsRequest, 'topics', createTopicsResponse, 'topics', ({ name }, errorCode) => ({
    ...defaultsCreatableTopicResult(),
    name,
    errorCode,
    errorMessage,
  })),
  entries(
    deleteRecordsRequest,
    'topics',
    deleteRecordsResponse,
    'topics',
    ({ name, partitions }, errorCode) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        ...defaultsDeleteRecordsPartitionResult(),
        partitionIndex,
        errorCode,
      })),
    }),
  ),
  entries(
    offsetForLeaderEpochRequest,
    'topics',
    offsetForLeaderEpochResponse,
    'topics',
    (entry, errorCode) => ({
      topic: entry.topic,
      partitions: entry.partitions.map(({ partition }) => ({
        ...defaultsEpochEndOffset(),
        partition,
        errorCode,
      })),
    }),
  ),
  entries(
    txnOffsetCommitRequest,
    'topics',
    txnOffsetCommitResponse,
    'topics',
    ({ name, partitions }, errorCode) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    }),
  ),
  entries(describeConfigsRequest, 'resources', describeConfigsResponse, 'results', (resource, errorCode) => ({
    ...defaultsDescribeConfigsResult(),
    resourceType: resource.resourceType,
    resourceName: resource.resourceName,
    errorCode,
    errorMessage,
  })),
  entries(alterConfigsRequest, 'resources', alterConfigsResponse, 'responses', (resource, errorCode) => ({
    ...defaultsAlterConfigsResourceResponse(),
    resourceType: resource.resourceType,
    resourceName: resource.resourceName,
    errorCode,
    errorMessage,
  })),
  entries(
    incrementalAlterConfigsRequest,
    'resources',
    incrementalAlterConfigsResponse,
    'responses',
    ({ resourceType, resourceName }, errorCode) => ({ resourceType, resourceName, errorCode, errorMessage }),
  ),
  entries(createPartitionsRequest, 'topics', createPartitionsResponse, 'results', ({ name }, errorCode) => ({
    ...defaultsCreatePartitionsTopicResult(),
    name,
    errorCode,
    errorMessage,
  })),
  entries(deleteGroupsRequest, 'groupsNames', deleteGroupsResponse, 'results', (groupId, errorCode) => ({
    ...defaultsDeletableGroupResult(),
    groupId,
    errorCode,
  })),
  entries(
    consumerGroupDescribeRequest,
    'groupIds',
    consumerGroupDescribeResponse,
    'groups',
    (groupId, errorCode) => ({ ...defaultsDescribedConsumerGroup(), groupId, errorCode, errorMessage }),
  ),
]
