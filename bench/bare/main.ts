// The least that a producer can be served by in Node: `main.ts PORT FOLDER PARTITIONS` reads frames, checks CRCs,
// appends batches to files as they come and acknowledges them. Every topic exists and all share the files. Nothing
// is indexed, replicated, synced or looked at: what a broker costs above this is what a broker does.

import { openSync, writeSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { errors } from '../../src/base/errors.ts'
import { zeroUuid } from '../../src/base/uuid.ts'
import { decodeRequestHeader, encodeResponseFrame } from '../../src/protocol/frame.ts'
import { FrameDecoder } from '../../src/protocol/frame-decoder.ts'
import { apiVersionsResponse } from '../../src/protocol/generated/api-versions-response.ts'
import { metadataRequest } from '../../src/protocol/generated/metadata-request.ts'
import { metadataResponse } from '../../src/protocol/generated/metadata-response.ts'
import { produceRequest, type TopicProduceData } from '../../src/protocol/generated/produce-request.ts'
import {
  type PartitionProduceResponse,
  produceResponse,
} from '../../src/protocol/generated/produce-response.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { crcIsValid } from '../../src/protocol/records/record-batch.ts'

const [port, folder, partitions] = [Number(process.argv[2]), process.argv[3]!, Number(process.argv[4])]
const host = '127.0.0.1'

/** The last versions that name topics instead of giving their ids. */
const served = [
  { apiKey: produceRequest.apiKey, minVersion: 3, maxVersion: 12 },
  { apiKey: metadataRequest.apiKey, minVersion: 0, maxVersion: 12 },
  { apiKey: apiVersionsResponse.apiKey, minVersion: 0, maxVersion: 4 },
]

const files = Array.from({ length: partitions }, (_, index) => openSync(join(folder, `${index}.log`), 'w'))
const endOffsets = new Array<number>(partitions).fill(0)

createServer({ noDelay: true }, (socket) => {
  const decoder = new FrameDecoder(
    { frameBytesMax: 100 * 2 ** 20 },
    { onFrame: (frame) => answer(socket, frame) },
  )
  socket.on('data', (chunk: Buffer) => void decoder.push(chunk)).on('error', () => socket.destroy())
}).listen(port, host)

function answer(socket: Socket, frame: Uint8Array): void {
  for (const chunk of responseTo(new Reader(frame))) socket.write(chunk)
}

function responseTo(reader: Reader): Uint8Array[] {
  const { requestApiKey, requestApiVersion: version, correlationId } = decodeRequestHeader(reader)
  if (requestApiKey === produceRequest.apiKey) {
    const { topicData } = produceRequest.decode(reader, version)
    const body = { ...produceResponse.defaults(), responses: topicData.map(append) }
    return encodeResponseFrame(produceResponse, version, correlationId, body)
  }
  if (requestApiKey === metadataRequest.apiKey) {
    const names = metadataRequest.decode(reader, version).topics?.map(({ name }) => name!) ?? []
    return encodeResponseFrame(metadataResponse, version, correlationId, metadataOf(names))
  }
  const isKnown = version <= served.at(-1)!.maxVersion
  const errorCode = isKnown ? errors.NONE : errors.UNSUPPORTED_VERSION
  const body = { ...apiVersionsResponse.defaults(), apiKeys: served, errorCode }
  return encodeResponseFrame(apiVersionsResponse, isKnown ? version : 0, correlationId, body)
}

function append({ name, partitionData }: TopicProduceData) {
  const partitionResponses = partitionData.map(({ index, records }): PartitionProduceResponse => {
    const isSound = crcIsValid(records!, 0)
    if (isSound) writeSync(files[index]!, records!)
    const errorCode = isSound ? errors.NONE : errors.CORRUPT_MESSAGE
    return {
      ...{ index, errorCode, baseOffset: endOffsets[index]!++ },
      ...{ logAppendTimeMs: -1, logStartOffset: 0, recordErrors: [], errorMessage: null },
      currentLeader: { leaderId: -1, leaderEpoch: -1 },
    }
  })
  return { name, topicId: zeroUuid, partitionResponses }
}

function metadataOf(names: readonly string[]) {
  const brokers = [{ nodeId: 0, host, port, rack: null }]
  const all = Array.from({ length: partitions }, (_, partitionIndex) => ({
    ...{ errorCode: 0, partitionIndex, leaderId: 0, leaderEpoch: 0 },
    ...{ replicaNodes: [0], isrNodes: [0], offlineReplicas: [] },
  }))
  const topics = names.map((name) => ({
    ...{ errorCode: 0, name, topicId: zeroUuid, isInternal: false, partitions: all },
    topicAuthorizedOperations: -(2 ** 31),
  }))
  return { ...metadataResponse.defaults(), brokers, controllerId: 0, topics }
}
