// Log lines through pino: `text` in the form of Kafka's own log4j pattern, `[2026-11-25 12:00:00,123] INFO message
// (logger)`, which people and their tools know, or one JSON object a line. Fields follow the text line as `name=value`;
// an Error among them adds its stack. A line is written before the call returns, so that a crash loses none.

import pino, { type DestinationStream, type Logger as PinoLogger } from 'pino'
import type { LogLevel, LogSink } from '../base/logger.ts'

export type LogFormat = 'text' | 'json'

export interface LogOptions {
  readonly logLevel?: LogLevel
  readonly logFormat?: LogFormat
}

const levels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

export class PinoLogSink implements LogSink {
  readonly #options: LogOptions
  readonly #levelMin: number
  readonly #destination: DestinationStream | undefined
  /** Made with the first line, which a broker inside a test may never write. */
  #pino: PinoLogger | undefined

  /** `destination` gets whole lines; standard output unless told otherwise. */
  constructor(options: LogOptions = {}, destination?: DestinationStream) {
    this.#options = options
    this.#levelMin = levels.indexOf(options.logLevel ?? 'info')
    this.#destination = destination
  }

  write(level: LogLevel, logger: string, message: string, fields?: object): void {
    if (levels.indexOf(level) < this.#levelMin) return
    this.#pino ??= makePino(this.#options, this.#destination ?? pino.destination({ fd: 1, sync: true }))
    this.#pino[level]({ ...fields, logger }, message)
  }
}

function makePino(
  { logLevel = 'info', logFormat = 'text' }: LogOptions,
  destination: DestinationStream,
): PinoLogger {
  return pino(
    {
      base: null,
      level: logLevel,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    logFormat === 'json' ? destination : new TextStream(destination),
  )
}

/** Pino hands a stream with this property the parts of each line beside the JSON text. */
const wantsParts: unique symbol = Symbol.for('pino.metadata')

class TextStream implements DestinationStream {
  readonly [wantsParts] = true
  lastLevel = 0
  lastMsg = ''
  lastObj: { logger?: string } = {}
  readonly #destination: DestinationStream

  constructor(destination: DestinationStream) {
    this.#destination = destination
  }

  write(_json: string): void {
    const level = (pino.levels.labels[this.lastLevel] ?? 'info').toUpperCase()
    const { logger, ...fields } = this.lastObj
    const line = `[${timestamp(new Date())}] ${level} ${escaped(this.lastMsg)} (${logger})${suffix(fields)}\n`
    this.#destination.write(line)
  }
}

function suffix(fields: object): string {
  let pairs = ''
  let stacks = ''
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Error) stacks += `\n${value.stack ?? value.message}`
    else pairs += ` ${name}=${escaped(typeof value === 'string' ? value : JSON.stringify(value))}`
  }
  return pairs + stacks
}

/** Names chosen by clients must not be able to forge lines. */
function escaped(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Local time, as log4j writes it. */
function timestamp(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`
  return `${date} ${time},${String(now.getMilliseconds()).padStart(3, '0')}`
}
