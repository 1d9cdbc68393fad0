// The same requests to two brokers, their answers side by side. A scenario asks through a Recorder; what differs by
// nature (ids, ports, texts, the order of a map) is made alike before the answers are compared.

import { isDeepStrictEqual, parseArgs } from 'node:util'
import { zeroUuid } from '../src/base/uuid.ts'
import { EncodeError } from '../src/protocol/writer.ts'
import { type ApiCodecs, RawConnection } from '../test/support/raw-connection.ts'

export type Versions = number | readonly [min: number, max: number]
type FieldsOf<Q> = Partial<Q> | ((version: number) => Partial<Q>)
export type Scenario = (recorder: Recorder) => Promise<void>

interface Answer {
  readonly label: string
  answer: unknown
}

/** Words are each broker's own. */
const textFields: ReadonlySet<string> = new Set(['errorMessage', 'documentation'])
const ignoredFields: ReadonlySet<string> = new Set([
  'throttleTimeMs',
  'host',
  'port',
  'clusterId',
  'controllerId',
  'logDir',
  'totalBytes',
  'usableBytes',
])
/** Elements of an array are put in the order of the first of these that they have. */
const sortFields = [
  'name',
  'groupId',
  'topicId',
  'memberId',
  'partitionIndex',
  'key',
  'brokerId',
  'topic',
  'user',
  'entityType',
  'resourceName',
]
const answerMsMax = 20_000
const linesMax = 5
const textLengthMax = 150
const uuidPattern = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

export class Recorder {
  readonly answers: Answer[] = []
  readonly #host: string
  readonly #port: number
  #connection: Promise<RawConnection> | undefined

  constructor(server: string) {
    const [host, port] = server.split(':')
    this.#host = host!
    this.#port = Number(port)
  }

  connect(clientId?: string): Promise<RawConnection> {
    return RawConnection.open(this.#port, this.#host, clientId)
  }

  /** Asks in every one of `versions`, records each answer and returns the last. */
  async ask<Q, R>(
    label: string,
    codecs: ApiCodecs<Q, R>,
    versions: Versions,
    fields: FieldsOf<Q> = {},
    connection?: RawConnection,
  ): Promise<R | undefined> {
    const [min, max] = typeof versions === 'number' ? [versions, versions] : versions
    let last: R | undefined
    for (let version = min; version <= max; version++) {
      const given = typeof fields === 'function' ? fields(version) : fields
      last = await this.#answer(`${codecs.request.name} ${version}: ${label}`, async () =>
        (await (connection ?? this.#shared())).call(codecs, version, given),
      )
    }
    return last
  }

  /** Asks until `isDone`, without a record: for what takes a moment on either broker. */
  async until<Q, R>(
    codecs: ApiCodecs<Q, R>,
    version: number,
    fields: Partial<Q>,
    isDone: (response: R) => boolean,
  ): Promise<R> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const response = await (await this.#shared()).call(codecs, version, fields)
      if (isDone(response)) return response
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`${codecs.request.name} is not answered as it should be`)
  }

  async close(): Promise<void> {
    if (this.#connection !== undefined) (await this.#connection).close()
  }

  #shared(): Promise<RawConnection> {
    this.#connection ??= this.connect()
    return this.#connection
  }

  async #answer<R>(label: string, call: () => Promise<R>): Promise<R | undefined> {
    // In the order of the requests: answers that wait for each other may come in any.
    const place: Answer = { label, answer: undefined }
    this.answers.push(place)
    try {
      const response = await withinLimit(label, call())
      place.answer = this.#alike(response, '')
      return response
    } catch (error) {
      place.answer = (error as Error).message
      // A request that the version cannot say is no request.
      if (!(error instanceof EncodeError)) this.#connection = undefined
      return undefined
    }
  }

  #alike(value: unknown, field: string): unknown {
    if (value === null || value === undefined) return value
    if (textFields.has(field)) return value === '' ? '' : 'a text'
    if (typeof value === 'bigint') return `${value}n`
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
    if (typeof value === 'string') return this.#alikeText(value, field)
    if (Array.isArray(value)) return sorted(value).map((element) => this.#alike(element, field))
    if (typeof value !== 'object') return value
    // A message beside an error may be there or not.
    const isFailed = 'errorCode' in value && value.errorCode !== 0
    const isIgnored = (name: string) => ignoredFields.has(name) || (isFailed && name === 'errorMessage')
    const entries = Object.entries(value).filter(([name]) => !isIgnored(name))
    return Object.fromEntries(entries.map(([name, inner]) => [name, this.#alike(inner, name)]))
  }

  #alikeText(value: string, field: string): string {
    if (field === 'topicId' && value !== zeroUuid) return 'an id'
    return value.replace(uuidPattern, '<uuid>')
  }
}

function withinLimit<T>(label: string, call: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer to ${label}`)), answerMsMax)
    call.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function sorted(values: readonly unknown[]): unknown[] {
  const first = values[0]
  if (typeof first !== 'object' || first === null) return [...values]
  const field = sortFields.find((name) => name in first)
  if (field === undefined) return [...values]
  const keyOf = (value: unknown) => String((value as Record<string, unknown>)[field])
  return [...values].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
}

/** Runs the scenario on both servers named on the command line and prints where the answers differ. */
export async function compare(scenario: Scenario): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true })
  if (positionals.length !== 2) throw new Error('name two bootstrap servers, HOST:PORT each')
  const recorders = positionals.map((server) => new Recorder(server))
  for (const recorder of recorders) {
    await scenario(recorder)
    await recorder.close()
  }
  const [left, right] = recorders.map(({ answers }) => answers)
  let count = 0
  for (const [index, { label, answer }] of left!.entries()) {
    const other = right![index]
    if (other?.label === label && isDeepStrictEqual(answer, other.answer)) continue
    count++
    process.stdout.write(`${label}\n`)
    if (other?.label === label) printDifferences(answer, other.answer)
    else process.stdout.write(`  the other broker was asked ${other?.label}\n`)
  }
  process.stdout.write(`${left!.length} answers, ${count} different\n`)
  process.exitCode = count === 0 ? 0 : 1
}

/** The first few differences of one answer, each as `path: left | right`. */
function printDifferences(left: unknown, right: unknown): void {
  const lines = differences('', left, right)
  for (const line of lines.slice(0, linesMax)) process.stdout.write(`  ${line}\n`)
  if (lines.length > linesMax) process.stdout.write(`  … ${lines.length - linesMax} more\n`)
}

function differences(path: string, left: unknown, right: unknown): string[] {
  if (isDeepStrictEqual(left, right)) return []
  if (isBranch(left) && isBranch(right))
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
      differences(`${path}.${key}`, left[key], right[key]),
    )
  return [`${path}: ${shown(left)} | ${shown(right)}`]
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function shown(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, textLengthMax)
}
