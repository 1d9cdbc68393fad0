// OffsetForLeaderEpoch (key 23), versions 2 to 4: for the largest epoch at or below the one asked for, that
// epoch and where it ended; -1 and -1 where there is none. Consumers find truncation with it (KIP-320).
// Left out: followers (a single node has none).

import { errors } from '../../base/errors.ts'
import {
  type OffsetForLeaderEpochRequest,
  type OffsetForLeaderPartition,
  offsetForLeaderEpochRequest,
} from '../../protocol/generated/offset-for-leader-epoch-request.ts'
import {
  type EpochEndOffset,
  type OffsetForLeaderEpochResponse,
  offsetForLeaderEpochResponse,
} from '../../protocol/generated/offset-for-leader-epoch-response.ts'
import type { Partition } from '../../replication/partition.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function offsetForLeaderEpochApi(
  modules: BrokerModules,
): Api<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse> {
  return {
    request: offsetForLeaderEpochRequest,
    response: offsetForLeaderEpochResponse,
    versions: [2, 4],
    handle: (_, request) => ({
      throttleTimeMs: 0,
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map((asked) =>
          endOfEpoch(modules.partitions.get(topic, asked.partition), asked),
        ),
      })),
    }),
  }
}

function endOfEpoch(partition: Partition | undefined, asked: OffsetForLeaderPartition): EpochEndOffset {
  const answer = {
    errorCode: errors.NONE as number,
    partition: asked.partition,
    leaderEpoch: -1,
    endOffset: -1,
  }
  if (partition === undefined) return { ...answer, errorCode: errors.UNKNOWN_TOPIC_OR_PARTITION }
  const errorCode = partition.leaderError(asked.currentLeaderEpoch)
  if (errorCode !== errors.NONE) return { ...answer, errorCode }
  const { epoch, endOffset } = partition.endOffsetForEpoch(asked.leaderEpoch)
  return { ...answer, leaderEpoch: epoch, endOffset }
}
