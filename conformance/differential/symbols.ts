// Requests as templates: what only one broker can know, or only this run, is a symbol in them, and each side puts its
// own value there. In every text `~` is the prefix of the run, so that one pair of brokers serves many sequences.

import { inspect } from 'node:util'
import { metadataTopicId, zeroUuid } from '../../src/base/uuid.ts'
import { encodeAssignment, encodeSubscription } from '../../src/client/consumer-protocol.ts'
import type { Compression } from '../../src/protocol/records/compression.ts'
import { batchOf, withField, withMagic } from '../../test/support/data-requests.ts'

/** What brokers hand out. A generation is counted by each of them and may go wrong, so it is handed out too. */
export type HandedKind = 'topicId' | 'memberId' | 'generation' | 'producerId' | 'sessionId'

/** Ids that no broker has handed out. */
export const madeUpIds: ReadonlySet<string> = new Set([zeroUuid, metadataTopicId, unknownTopicId('u')])

/** Before the broker has handed anything out. */
const unknown: Readonly<Record<Exclude<HandedKind, 'topicId'>, string | number>> = {
  memberId: 'nobody',
  generation: 1,
  producerId: 4_000_000_000,
  sessionId: 77,
}

function unknownValue({ kind, of }: Handed): string | number {
  return kind === 'topicId' ? unknownTopicId(String(of)) : unknown[kind]
}

/** Another one for each topic: an id that comes twice is a case of its own. */
function unknownTopicId(name: string): string {
  return `ABCDEFGHIJKLMNOPQRST${name.at(-1)}A`
}

export function isMadeUp(topicId: string): boolean {
  return madeUpIds.has(topicId) || topicId.startsWith(unknownTopicId('u').slice(0, 20))
}

abstract class Symbolic {
  abstract toString(): string

  [inspect.custom](): string {
    return this.toString()
  }
}

/** What the broker handed out last, of a topic or to a client. */
export class Handed extends Symbolic {
  readonly kind: HandedKind
  readonly of: string | number

  constructor(kind: HandedKind, of: string | number) {
    super()
    this.kind = kind
    this.of = of
  }

  get isText(): boolean {
    return this.kind === 'topicId' || this.kind === 'memberId'
  }

  get key(): string {
    return `${this.kind} of ${this.of}`
  }

  toString(): string {
    return `<${this.key}>`
  }
}

/** A time, in milliseconds from the start of the run. */
export class FromNow extends Symbolic {
  readonly ms: number

  constructor(ms: number) {
    super()
    this.ms = ms
  }

  toString(): string {
    return `<now ${this.ms < 0 ? '-' : '+'} ${Math.abs(this.ms)}>`
  }
}

export interface BatchFields {
  readonly records: readonly { key: string | null; value: string | null; timestamp: FromNow | number }[]
  readonly compression: Compression
  readonly producerId: Handed | number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly isAppendTime: boolean
  readonly damage: Damage | undefined
}

/** A field of the header with another value, the end cut off, or bytes more. */
export type Damage =
  | { readonly field: Parameters<typeof withField>[1]; readonly value: number }
  | { readonly magic: number }
  | { readonly cut: number }
  | { readonly more: number }
  | { readonly crc: 'wrong' }

export class Batch extends Symbolic {
  readonly fields: BatchFields

  constructor(fields: BatchFields) {
    super()
    this.fields = fields
  }

  toString(): string {
    const { records, compression, producerId, producerEpoch, baseSequence, isAppendTime, damage } =
      this.fields
    const contents = records.map(({ key, value, timestamp }) => `${key}=${value} at ${timestamp}`).join(', ')
    const notes = [
      compression === 'none' ? '' : `, ${compression}`,
      producerId === -1 ? '' : `, producer ${producerId}/${producerEpoch}/${baseSequence}`,
      isAppendTime ? ', append time' : '',
      damage === undefined ? '' : `, but ${JSON.stringify(damage)}`,
    ]
    return `<batch of ${contents}${notes.join('')}>`
  }
}

/** What a member of a consumer group says: the topics it wants, or those it has. */
export class MemberBytes extends Symbolic {
  readonly kind: 'subscription' | 'assignment'
  readonly topics: readonly string[]

  constructor(kind: 'subscription' | 'assignment', topics: readonly string[]) {
    super()
    this.kind = kind
    this.topics = topics
  }

  toString(): string {
    return `<${this.kind} of ${this.topics.join(', ')}>`
  }
}

/** What one side knows in one run. */
export class Symbols {
  readonly prefix: string
  readonly nowMs: number
  readonly #values = new Map<string, string | number>()
  readonly #names = new Map<string | number, string>()

  constructor(prefix: string, nowMs: number) {
    this.prefix = prefix
    this.nowMs = nowMs
  }

  learn(kind: HandedKind, of: string | number, value: string | number): void {
    const key = `${kind} of ${of}`
    this.#values.set(key, value)
    if (kind !== 'generation') this.#names.set(value, `<${key}>`)
  }

  /** The symbol of what this broker handed out. */
  nameOf(value: string | number): string | undefined {
    return this.#names.get(value)
  }

  /** The template with this side's values. */
  resolve(template: unknown): unknown {
    if (typeof template === 'string') return template.replaceAll('~', this.prefix)
    if (template instanceof Handed) return this.#values.get(template.key) ?? unknownValue(template)
    if (template instanceof FromNow) return this.nowMs + template.ms
    if (template instanceof Batch) return this.#batch(template.fields)
    if (template instanceof MemberBytes) {
      const topics = template.topics.map((topic) => this.resolve(topic) as string)
      if (template.kind === 'subscription') return encodeSubscription(topics)
      return encodeAssignment(new Map(topics.map((topic) => [topic, [0]])))
    }
    if (Array.isArray(template)) return template.map((element) => this.resolve(element))
    if (typeof template !== 'object' || template === null || template instanceof Uint8Array) return template
    return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, this.resolve(value)]))
  }

  #batch(fields: BatchFields): Uint8Array {
    const bytesOf = (text: string | null) => (text === null ? null : Buffer.from(text))
    const records = fields.records.map(({ key, value, timestamp }) => ({
      key: bytesOf(key),
      value: bytesOf(value),
      timestamp: this.resolve(timestamp) as number,
    }))
    const { compression, producerEpoch, baseSequence, isAppendTime } = fields
    const bytes = batchOf(records, {
      ...{ compression, producerEpoch, baseSequence },
      producerId: this.resolve(fields.producerId) as number,
      timestampType: isAppendTime ? 'append' : 'create',
      ...(records.length === 0 ? { lastOffset: 0 } : {}),
    })
    return damaged(bytes, fields.damage)
  }
}

function damaged(bytes: Uint8Array, damage: Damage | undefined): Uint8Array {
  if (damage === undefined) return bytes
  if ('field' in damage) return withField(bytes, damage.field, damage.value)
  if ('magic' in damage) return withMagic(bytes, damage.magic)
  if ('cut' in damage) return bytes.slice(0, -damage.cut)
  if ('more' in damage) return Buffer.concat([bytes, Buffer.alloc(damage.more)])
  const changed = bytes.slice()
  changed[bytes.length - 1]! ^= 1
  return changed
}
