// AlterReplicaLogDirs (key 34), versions 1 and 2: puts replicas of this broker into one of `log.dirs`. Served by a
// broker with a single directory only, where every replica is in place already: there is no way to move a log yet.
// Source: ReplicaManager.alterReplicaLogDirs.

import { errors } from '../../base/errors.ts'
import { type TopicPartition, topicPartitionKey } from '../../base/topic-partition.ts'
import {
  type AlterReplicaLogDirsRequest,
  alterReplicaLogDirsRequest,
} from '../../protocol/generated/alter-replica-log-dirs-request.ts'
import {
  type AlterReplicaLogDirsResponse,
  alterReplicaLogDirsResponse,
} from '../../protocol/generated/alter-replica-log-dirs-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

const directoryNameBytesMax = 255
/** A dot, a random id in hex and the suffix of a log on its way: it has to have a name there, too. */
const futureSuffixBytes = 1 + 32 + '-future'.length

export function alterReplicaLogDirsApi(
  modules: BrokerModules,
): Api<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse> {
  return {
    request: alterReplicaLogDirsRequest,
    response: alterReplicaLogDirsResponse,
    versions: [1, 2],
    async handle(_, request) {
      const wanted = request.dirs.flatMap(({ path, topics }) =>
        topics.flatMap(({ name, partitions }) =>
          partitions.map((partition) => ({ path, topicPartition: { topic: name, partition } })),
        ),
      )
      // Of several directories for one partition the last is meant.
      const last = new Map(wanted.map((each) => [topicPartitionKey(each.topicPartition), each]))
      const byTopic = Map.groupBy(last.values(), ({ topicPartition }) => topicPartition.topic)
      const results = [...byTopic].map(([topicName, those]) => ({
        topicName,
        partitions: those.map(({ path, topicPartition }) => ({
          partitionIndex: topicPartition.partition,
          errorCode: errorOf(modules, path, topicPartition),
        })),
      }))
      return { ...alterReplicaLogDirsResponse.defaults(), results }
    },
  }
}

function errorOf(
  { disk, logs, partitions, image }: BrokerModules,
  path: string,
  topicPartition: TopicPartition,
): number {
  if (topicPartitionKey(topicPartition).length + futureSuffixBytes > directoryNameBytesMax)
    return errors.INVALID_TOPIC_EXCEPTION
  const directory = logs.directories.find((each) => disk.absolutePath(each.path) === path)
  if (directory === undefined) return errors.LOG_DIR_NOT_FOUND
  if (directory.failure !== undefined) return errors.KAFKA_STORAGE_ERROR
  const { topic, partition } = topicPartition
  if (partitions.get(topic, partition) !== undefined) return errors.NONE
  const isKnown = image().topics.byName(topic)?.partitions[partition] !== undefined
  return isKnown ? errors.REPLICA_NOT_AVAILABLE : errors.UNKNOWN_TOPIC_OR_PARTITION
}
