// One of the two brokers of a comparison, asked by raw requests. What differs by nature (ids, times, ports) is
// written alike, so that answers can be compared as text.

import { createTopicsRequest } from '../../src/protocol/generated/create-topics-request.ts'
import { createTopicsResponse } from '../../src/protocol/generated/create-topics-response.ts'
import { batchHeaders, records } from '../../src/protocol/records/record-batch.ts'
import { listOffsetsCodecs } from '../../test/support/data-requests.ts'
import { type ApiCodecs, RawConnection } from '../../test/support/raw-connection.ts'

export interface PeerTopic {
  readonly name: string
  readonly id: string
}

const createTopics = { request: createTopicsRequest, response: createTopicsResponse }
/** Anything above is a time, not a number somebody chose. */
const timeMsMin = 1_600_000_000_000
/** Words differ, so any are alike; where the other has none they are no difference: they help. */
export const words = '<words>'
const answerMsMax = 3_000

export class Peer {
  readonly #host: string
  readonly #port: number
  /** Makes topics of this run new; the same on both peers. */
  readonly #suffix: string
  readonly #namesOfIds = new Map<string, string>()
  readonly #connections: RawConnection[] = []

  constructor(address: string, suffix: string) {
    const [host, port] = address.split(':')
    this.#host = host!
    this.#port = Number(port)
    this.#suffix = suffix
  }

  async connect(clientId?: string): Promise<RawConnection> {
    const connection = await RawConnection.open(this.#port, this.#host, clientId)
    this.#connections.push(connection)
    return connection
  }

  /** A request on a connection of its own; a closed connection and silence are answers too. */
  async call<Q, R>(
    codecs: ApiCodecs<Q, R>,
    version: number,
    fields: Partial<Q>,
    clientId?: string,
  ): Promise<R | string> {
    const connection = await this.connect(clientId)
    return answerOf(connection.call(codecs, version, fields)).finally(() => connection.close())
  }

  async topic(
    name: string,
    configs: Readonly<Record<string, string>> = {},
    partitions = 1,
  ): Promise<PeerTopic> {
    const fullName = `${name}-${this.#suffix}`
    const connection = await this.connect()
    const { topics } = await connection.call(createTopics, 7, {
      topics: [
        {
          name: fullName,
          numPartitions: partitions,
          replicationFactor: 1,
          assignments: [],
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        },
      ],
    })
    const { topicId, errorCode, errorMessage } = topics[0]!
    if (errorCode !== 0) throw new Error(`cannot create ${fullName}: ${errorCode} ${errorMessage}`)
    this.#namesOfIds.set(topicId, fullName)
    await this.#ready(connection, fullName, partitions)
    connection.close()
    return { name: fullName, id: topicId }
  }

  /** Apache Kafka answers the creation of a topic before every partition has its leader. */
  async #ready(connection: RawConnection, name: string, partitions: number): Promise<void> {
    const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({
      partitionIndex,
      currentLeaderEpoch: -1,
      timestamp: -1,
    }))
    for (;;) {
      const { topics } = await connection.call(listOffsetsCodecs, 5, {
        replicaId: -1,
        topics: [{ name, partitions: asked }],
      })
      if (topics[0]!.partitions.every(({ errorCode }) => errorCode === 0)) return
    }
  }

  close(): void {
    for (const connection of this.#connections.splice(0)) connection.close()
  }

  /** An answer as lines `path: value` that two brokers can agree on. */
  toLines(answer: unknown, path = '', key = ''): Map<string, string> {
    const value = this.#alike(key, answer)
    if (typeof value !== 'object' || value === null) return new Map([[path, this.#text(value)]])
    const lines = new Map<string, string>()
    for (const [name, inner] of Object.entries(value))
      for (const [at, text] of this.toLines(inner, `${path}.${name}`, name)) lines.set(at, text)
    return lines
  }

  #text(value: unknown): string {
    return String(value)
      .replaceAll(this.#suffix, 'RUN')
      .replace(/-?\b1[6-9]\d{11}\b/g, '<time>')
  }

  #alike(key: string, value: unknown): unknown {
    if (/message$/i.test(key) && value !== null) return words
    if (Array.isArray(value) && unordered.has(key)) return value.toSorted(byNameOrIndex)
    if (value instanceof Uint8Array) return batchesText(value)
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'number' && value >= timeMsMin && value < 2 * timeMsMin) return '<time>'
    if (typeof value === 'string')
      return this.#namesOfIds.has(value) ? `<id of ${this.#namesOfIds.get(value)}>` : value
    return value
  }
}

const unordered: ReadonlySet<string> = new Set(['responses', 'partitionResponses', 'topics', 'partitions'])

/** Kafka answers in the order of its hash maps. */
function byNameOrIndex(a: object, b: object): number {
  return orderOf(a) < orderOf(b) ? -1 : 1
}

function orderOf(entry: object): string {
  const { name, topic, topicId, index, partition, partitionIndex } = entry as Record<string, unknown>
  return `${name ?? topic ?? ''} ${topicId ?? ''} ${index ?? partition ?? partitionIndex ?? ''}`
}

/** Whole batches without their times and checksums; compressed bytes depend on the library. */
function batchesText(bytes: Uint8Array): string {
  const texts: string[] = []
  for (const { at, header } of batchHeaders(bytes)) {
    const { baseOffset, compression, timestampType } = header
    const producer = `${header.producerId}/${header.producerEpoch}/${header.baseSequence}`
    const values = [...records(bytes, at)].map(({ key, value }) => `${textOf(key)}=${textOf(value)}`)
    texts.push(`${baseOffset} ${compression} ${timestampType} ${producer} ${values.join(',')}`)
  }
  return texts.join('; ')
}

function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? 'null' : Buffer.from(bytes).toString()
}

/** What came of a request: its response, `closed`, or `nothing`. */
export async function answerOf<R>(response: Promise<R>): Promise<R | string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const timer = setTimeout(() => resolve('nothing'), answerMsMax)
  const answer = await Promise.race([response.catch((error: Error) => error.message), promise])
  clearTimeout(timer)
  return answer
}
