// One of two brokers in one run of a random sequence: the connections of its simulated clients, what it has handed out,
// and its answers made alike.

import { encodeRequestFrame } from '../../src/protocol/frame.ts'
import { batchHeaders, records } from '../../src/protocol/records/record-batch.ts'
import { apiVersionsCodecs } from '../../test/support/data-requests.ts'
import { RawConnection } from '../../test/support/raw-connection.ts'
import { alike, type Naming } from './alike.ts'
import type { Step } from './random-sequence.ts'
import type { Fields } from './random-values.ts'
import { isMadeUp, Symbols } from './symbols.ts'

const uuidPattern = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
/** The prefixes of runs: see `prefixOf`. */
const prefixPattern = /z[0-9a-z]{9}-/
/** A number this near to the run is a time. */
const runMsMax = 10 * 24 * 3_600_000
/** A time this near to the run, and whole, was chosen by the sequence. */
const chosenMsMax = 10_000_000

export function prefixOf(number: number): string {
  return `z${number.toString(36).padStart(9, '0')}-`
}

export class Side implements Naming {
  readonly server: string
  readonly #symbols: Symbols
  readonly #connections = new Map<number, RawConnection>()

  constructor(server: string, prefix: string, nowMs: number) {
    this.server = server
    this.#symbols = new Symbols(prefix, nowMs)
  }

  /** The answer, made alike; a text says what came instead of one. */
  async ask(step: Step): Promise<unknown> {
    const { api, version, client } = step
    const fields = this.#symbols.resolve(step.fields) as Fields
    try {
      const connection = await this.#connection(client)
      if (api.name === 'Produce' && fields.acks === 0)
        return await this.#askSilently(connection, step, fields)
      const response = await connection.call(api, version, fields)
      this.#learn(step, fields, response as Fields)
      return alike(response, this)
    } catch (error) {
      this.hangUp(client)
      return (error as Error).message
    }
  }

  /** The client's next request comes on a new connection. */
  hangUp(client: number): void {
    this.#connections.get(client)?.close()
    this.#connections.delete(client)
  }

  /** Asks beside the sequence. */
  async look(step: Step): Promise<unknown> {
    const connection = await this.#connection(-1)
    const response = await connection.call(
      step.api,
      step.version,
      this.#symbols.resolve(step.fields) as Fields,
    )
    this.#learn(step, {}, response as Fields)
    return alike(response, this)
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close()
  }

  text(value: string, field: string): string {
    const { prefix } = this.#symbols
    const known = this.#symbols.nameOf(value)
    if (known !== undefined) return known
    if (field === 'topicId') return isMadeUp(value) ? value : '<id>'
    if (field === 'memberId') return value.replace(uuidPattern, '<uuid>')
    return value.replaceAll(prefix, '~').replace(uuidPattern, '<uuid>')
  }

  number(value: number, field: string): number | string {
    if (field === 'producerId' || (field === 'sessionId' && value !== 0))
      return this.#symbols.nameOf(value) ?? value
    const sinceMs = value - this.#symbols.nowMs
    if (Math.abs(sinceMs) > runMsMax) return value
    return Math.abs(sinceMs) < chosenMsMax && sinceMs % 1000 === 0 ? `<now + ${sinceMs}>` : '<time>'
  }

  /** Whole batches without their checksums; compressed bytes depend on the library. */
  bytes(value: Uint8Array): string {
    try {
      return [...batchHeaders(value)].map(({ at }) => this.#batchText(value, at)).join('; ') || hexText(value)
    } catch {
      return hexText(value)
    }
  }

  /** Of other sequences; and the sizes of internal topics, which are not alike after a difference. */
  isForeign(element: unknown): boolean {
    const text = JSON.stringify(element)
    return prefixPattern.test(text) || /^\{"name":"__.*"partitionSize":/.test(text)
  }

  #batchText(bytes: Uint8Array, at: number): string {
    const header = [...batchHeaders(bytes.subarray(at))][0]!.header
    const { baseOffset, compression, timestampType, producerEpoch, baseSequence } = header
    const producer = `${this.number(header.producerId, 'producerId')}/${producerEpoch}/${baseSequence}`
    const textOf = (part: Uint8Array | null) => (part === null ? 'null' : Buffer.from(part).toString())
    const values = [...records(bytes, at)].map(
      ({ key, value, timestamp }) => `${textOf(key)}=${textOf(value)} at ${this.number(timestamp, '')}`,
    )
    return `${baseOffset} ${compression} ${timestampType} ${producer} ${values.join(',')}`
  }

  /** A request without an answer; that the next one has its answer says that it was taken. */
  async #askSilently(connection: RawConnection, { api, version }: Step, fields: Fields): Promise<string> {
    connection.send(
      ...encodeRequestFrame(api.request, version, 0, 'test', {
        ...(api.request.defaults() as object),
        ...fields,
      }),
    )
    await connection.call(apiVersionsCodecs, 0)
    return 'taken'
  }

  async #connection(client: number): Promise<RawConnection> {
    const known = this.#connections.get(client)
    if (known !== undefined) return known
    const [host, port] = this.server.split(':')
    const connection = await RawConnection.open(Number(port), host)
    this.#connections.set(client, connection)
    return connection
  }

  #learn({ api, client }: Step, asked: Fields, response: Fields): void {
    const symbols = this.#symbols
    if (api.name === 'CreateTopics' || api.name === 'Metadata')
      for (const { name, topicId } of response.topics as { name: string | null; topicId: string }[])
        if (name?.startsWith(symbols.prefix) && !/^A{22}$/.test(topicId))
          symbols.learn('topicId', name.replace(symbols.prefix, '~'), topicId)
    if (api.name === 'JoinGroup' && response.memberId !== asked.memberId && response.memberId !== '')
      symbols.learn('memberId', client, response.memberId as string)
    if (api.name === 'JoinGroup' && response.errorCode === 0)
      symbols.learn('generation', client, response.generationId as number)
    if (api.name === 'InitProducerId' && response.errorCode === 0)
      symbols.learn('producerId', client, response.producerId as number)
    if (api.name === 'Fetch' && response.sessionId !== asked.sessionId && response.sessionId !== 0)
      symbols.learn('sessionId', client, response.sessionId as number)
  }
}

function hexText(value: Uint8Array): string {
  return Buffer.from(value).toString('hex')
}
