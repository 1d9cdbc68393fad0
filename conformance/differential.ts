// The same requests to two brokers, their answers side by side. A scenario asks through a Recorder; what differs by
// nature (ids, ports, texts, the order of a map) is made alike before the answers are compared.

import { parseArgs } from 'node:util'
import { zeroUuid } from '../src/base/uuid.ts'
import { EncodeError } from '../src/protocol/writer.ts'
import { type ApiCodecs, RawConnection } from '../test/support/raw-connection.ts'
import { delay } from './brokers.ts'
import { alike, differences, hex, type Naming, printDifferences } from './differential/alike.ts'
import { explain } from './differential/explained.ts'

export type Versions = number | readonly [min: number, max: number]
type FieldsOf<Q> = Partial<Q> | ((version: number) => Partial<Q>)
export type Scenario = (recorder: Recorder) => Promise<void>

interface Answer {
  readonly label: string
  answer: unknown
}

const answerMsMax = 20_000
const uuidPattern = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

const naming: Naming = {
  text: (value, field) =>
    field === 'topicId' && value !== zeroUuid ? 'an id' : value.replace(uuidPattern, '<uuid>'),
  number: (value, field) => (field === 'sessionId' && value !== 0 ? 'an id' : value),
  bytes: hex,
}

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
      await delay(50)
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
      place.answer = alike(response, naming)
      return response
    } catch (error) {
      place.answer = (error as Error).message
      // A request that the version cannot say is no request.
      if (!(error instanceof EncodeError)) this.#connection = undefined
      return undefined
    }
  }
}

function withinLimit<T>(label: string, call: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer to ${label}`)), answerMsMax)
    call.then(resolve, reject).finally(() => clearTimeout(timer))
  })
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
    const lines =
      other?.label === label
        ? explain(label, differences(answer, other.answer)).lines
        : [`the other broker was asked ${other?.label}`]
    if (lines.length === 0) continue
    count++
    process.stdout.write(`${label}\n`)
    printDifferences(lines)
  }
  process.stdout.write(`${left!.length} answers, ${count} different\n`)
  process.exitCode = count === 0 ? 0 : 1
}
