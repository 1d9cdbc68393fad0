// What the client knows of the cluster: brokers, controller, and for the topics it asked about their partitions
// and leaders. A view that may be stale; an error from a broker is what makes it be asked for again.

import type { MetadataResponse, MetadataResponsePartition } from '../protocol/generated/metadata-response.ts'
import type { BrokerAddress } from './broker-address.ts'

export interface BrokerNode extends BrokerAddress {
  readonly id: number
  readonly rack: string | null
}

export interface TopicMetadata {
  readonly name: string
  /** The zero uuid before Kafka 2.8. */
  readonly topicId: string
  readonly errorCode: number
  readonly isInternal: boolean
  /** In the order of their indexes. */
  readonly partitions: readonly MetadataResponsePartition[]
}

export interface ClusterMetadata {
  readonly clusterId: string | null
  /** -1: unknown. */
  readonly controllerId: number
  readonly brokers: ReadonlyMap<number, BrokerNode>
  /** Only the topics asked for, unless all were. */
  readonly topics: ReadonlyMap<string, TopicMetadata>
}

export const noMetadata: ClusterMetadata = {
  clusterId: null,
  controllerId: -1,
  brokers: new Map(),
  topics: new Map(),
}

export function metadataOf(response: MetadataResponse): ClusterMetadata {
  const topics = response.topics.flatMap(({ name, topicId, errorCode, isInternal, partitions }) => {
    if (name === null) return []
    const ordered = partitions.toSorted((left, right) => left.partitionIndex - right.partitionIndex)
    return [{ name, topicId, errorCode, isInternal, partitions: ordered }]
  })
  return {
    clusterId: response.clusterId,
    controllerId: response.controllerId,
    brokers: new Map(
      response.brokers.map(({ nodeId, host, port, rack }) => [nodeId, { id: nodeId, host, port, rack }]),
    ),
    topics: new Map(topics.map((topic) => [topic.name, topic])),
  }
}

/** `newer` and those topics of `older` that it does not speak of. */
export function mergeMetadata(older: ClusterMetadata, newer: ClusterMetadata): ClusterMetadata {
  return { ...newer, topics: new Map([...older.topics, ...newer.topics]) }
}
