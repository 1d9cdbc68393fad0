// The hot paths, each as a workload of a fixed size.

import { zeroUuid } from '../../src/base/uuid.ts'
import { type ApiCall, calls } from '../../src/client/api-call.ts'
import { offsetCommitTopics } from '../../src/client/committed-offsets.ts'
import { encodeRequestFrame } from '../../src/protocol/frame.ts'
import { defaultsFetchPartition, defaultsFetchTopic } from '../../src/protocol/generated/fetch-request.ts'
import { Reader } from '../../src/protocol/reader.ts'
import type { Compression } from '../../src/protocol/records/compression.ts'
import { encodeBatch } from '../../src/protocol/records/record-batch.ts'
import { Writer } from '../../src/protocol/writer.ts'
import { makeTopic } from '../driver/connections.ts'
import { joinAlone, type Member, untilCoordinated } from '../driver/groups.ts'
import { type MemoryNode, startMemoryNode } from './memory-node.ts'

export interface Workload {
  readonly name: string
  /** Makes everything ready; the function it answers is what is measured, once. */
  prepare(node: MemoryNode): Promise<() => unknown>
}

const topic = 'orders'
const timestamp = 1_700_000_000_000
const partitions = 4

function frameOf<Q, R>(call: ApiCall<Q, R>, fields: Partial<Q>): Uint8Array {
  const version = Math.min(call.request.stableVersionMax, call.versionMax ?? Number.POSITIVE_INFINITY)
  const body = { ...call.request.defaults(), ...fields }
  return new Uint8Array(Buffer.concat(encodeRequestFrame(call.request, version, 1, 'ottla-bench', body)))
}

/** Text that compresses to about half. */
function batchOf(count: number, recordBytes: number, compression: Compression = 'none'): Uint8Array {
  let seed = 1
  const letter = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return 97 + (seed % 16)
  }
  const records = Array.from({ length: count }, () => ({
    ...{ timestamp, key: null },
    value: Uint8Array.from({ length: recordBytes }, letter),
  }))
  return encodeBatch({ baseOffset: 0, partitionLeaderEpoch: -1, compression, records })
}

function produceFrame(index: number, records: Uint8Array): Uint8Array {
  const topicData = [{ name: topic, topicId: zeroUuid, partitionData: [{ index, records }] }]
  return frameOf(calls.produce, { acks: 1, timeoutMs: 30_000, topicData })
}

function produce(name: string, count: number, records: () => Uint8Array): Workload {
  return {
    name,
    async prepare(node) {
      await makeTopic(node.client, topic, partitions)
      const batch = records()
      const byPartition = Array.from({ length: partitions }, (_, index) => produceFrame(index, batch))
      const frames = Array.from({ length: count }, (_, index) => byPartition[index % partitions]!)
      return () => node.exchange(frames, 5)
    },
  }
}

function fetchFrame(partition: number, fetchOffset: number, maxWaitMs: number): Uint8Array {
  const asked = { ...defaultsFetchPartition(), partition, fetchOffset, partitionMaxBytes: 1_048_576 }
  const topics = [{ ...defaultsFetchTopic(), topic, partitions: [asked] }]
  return frameOf(calls.fetch, { maxWaitMs, minBytes: 1, topics })
}

const batchesOnDisk = 32

const fetchFull: Workload = {
  name: 'fetch of 1 MB',
  async prepare(node) {
    await makeTopic(node.client, topic, 1)
    const frame = produceFrame(0, batchOf(1000, 1000))
    await node.exchange(
      Array.from({ length: batchesOnDisk }, () => frame),
      5,
    )
    const frames = Array.from({ length: batchesOnDisk }, (_, index) => fetchFrame(0, index * 1000, 500))
    return () => node.exchange([...frames, ...frames, ...frames], 1)
  },
}

const fetchEmpty: Workload = {
  name: 'fetch of nothing',
  async prepare(node) {
    await makeTopic(node.client, topic, 1)
    const frames = Array.from({ length: 3000 }, () => fetchFrame(0, 0, 0))
    return () => node.exchange(frames, 1)
  },
}

async function memberOf(node: MemoryNode): Promise<Member> {
  await makeTopic(node.client, topic, 1)
  await untilCoordinated(node.connection, 'billing')
  return joinAlone(node.connection, 'billing', topic)
}

const heartbeat: Workload = {
  name: 'heartbeat',
  async prepare(node) {
    const { groupId, memberId, generation: generationId } = await memberOf(node)
    const frame = frameOf(calls.heartbeat, { groupId, memberId, generationId })
    const frames = Array.from({ length: 3000 }, () => frame)
    return () => node.exchange(frames, 1)
  },
}

const commit: Workload = {
  name: 'offset commit',
  async prepare(node) {
    const { groupId, memberId, generation: generationIdOrMemberEpoch } = await memberOf(node)
    const topics = offsetCommitTopics([{ topic, partition: 0, offset: 1 }])
    const frame = frameOf(calls.offsetCommit, { groupId, memberId, generationIdOrMemberEpoch, topics })
    const frames = Array.from({ length: 2000 }, () => frame)
    return () => node.exchange(frames, 1)
  },
}

const codec: Workload = {
  name: 'encode and decode of Metadata',
  async prepare({ client }) {
    const name = 'many'
    await makeTopic(client, name, 1000)
    const { request, response } = calls.metadata
    const version = request.stableVersionMax
    const answer = await client.request('any', calls.metadata, {
      ...request.defaults(),
      topics: [{ name, topicId: zeroUuid }],
    })
    if (!answer.ok) throw new Error(answer.error.message)
    return () => {
      for (let count = 0; count < 100; count++) {
        const writer = new Writer()
        response.encode(writer, answer.value, version)
        response.decode(new Reader(writer.toBytes()), version)
      }
    }
  },
}

export const workloads: readonly Workload[] = [
  produce('produce of 1 MB', 64, () => batchOf(1000, 1000)),
  produce('produce of 16 KB', 1500, () => batchOf(16, 1000)),
  produce('produce of 100 B records', 300, () => batchOf(1000, 100)),
  produce('produce of lz4', 100, () => batchOf(250, 1000, 'lz4')),
  produce('produce of gzip', 50, () => batchOf(250, 1000, 'gzip')),
  fetchFull,
  fetchEmpty,
  heartbeat,
  commit,
  codec,
]

/** CPU of one run in seconds, of all threads of the process, on a node of its own. */
export async function cpuSecondsOnce({ prepare }: Workload): Promise<number> {
  const node = await startMemoryNode()
  const run = await prepare(node)
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  await node.stop()
  return (user + system) / 1e6
}
