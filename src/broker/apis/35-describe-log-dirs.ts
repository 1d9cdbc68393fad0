// DescribeLogDirs (key 35), versions 1 to 5: each of `log.dirs` with the partitions in it and their sizes. No list
// of topics asks for all partitions. Versions: 4 tells the size of the disk, 5 whether a directory is cordoned.
// Left out: replicas on their way to another directory (there is no way yet), cordoned directories.

import { errors } from '../../base/errors.ts'
import { topicPartitionKey } from '../../base/topic-partition.ts'
import type { PartitionLog } from '../../log/partition-log.ts'
import {
  type DescribeLogDirsRequest,
  describeLogDirsRequest,
} from '../../protocol/generated/describe-log-dirs-request.ts'
import {
  type DescribeLogDirsResponse,
  type DescribeLogDirsResult,
  type DescribeLogDirsTopic,
  defaultsDescribeLogDirsResult,
  describeLogDirsResponse,
} from '../../protocol/generated/describe-log-dirs-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function describeLogDirsApi(
  modules: BrokerModules,
): Api<DescribeLogDirsRequest, DescribeLogDirsResponse> {
  return {
    request: describeLogDirsRequest,
    response: describeLogDirsResponse,
    versions: [1, 5],
    handle: async (_, request) => ({
      ...describeLogDirsResponse.defaults(),
      results: await describeDirectories(modules, wantedLogs(request)),
    }),
  }
}

function describeDirectories(
  { logs, disk }: BrokerModules,
  isWanted: (log: PartitionLog) => boolean,
): Promise<DescribeLogDirsResult[]> {
  const byDirectory = Map.groupBy([...logs.all()].filter(isWanted), ({ topicPartition }) =>
    logs.directoryOf(topicPartition),
  )
  return Promise.all(
    logs.directories.map(async ({ path, failure }) => {
      const result = { ...defaultsDescribeLogDirsResult(), logDir: disk.absolutePath(path) }
      const usage = failure === undefined ? await disk.usage(path).catch(() => undefined) : undefined
      if (usage === undefined) return { ...result, errorCode: errors.KAFKA_STORAGE_ERROR }
      return { ...result, ...usage, topics: describeLogs(byDirectory.get(path) ?? []) }
    }),
  )
}

function describeLogs(logs: readonly PartitionLog[]): DescribeLogDirsTopic[] {
  return [...Map.groupBy(logs, ({ topicPartition }) => topicPartition.topic)].map(([name, those]) => ({
    name,
    partitions: those.map((log) => ({
      partitionIndex: log.topicPartition.partition,
      partitionSize: log.sizeBytes,
      // A replica that leads lags behind nobody.
      offsetLag: 0,
      isFutureKey: false,
    })),
  }))
}

function wantedLogs({ topics }: DescribeLogDirsRequest): (log: PartitionLog) => boolean {
  if (topics === null) return () => true
  const wanted = new Set(
    topics.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => topicPartitionKey({ topic, partition })),
    ),
  )
  return ({ topicPartition }) => wanted.has(topicPartitionKey(topicPartition))
}
