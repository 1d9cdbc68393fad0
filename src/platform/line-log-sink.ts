// Log lines: `text` in the form of Kafka's own log4j pattern, `[2026-11-25 12:00:00,123] INFO message (logger)`, which
// people and their tools know, or one JSON object a line. Fields follow the text line as `name=value`; an Error among
// them adds its stack. A line is written before the call returns, so that a crash loses none.

import sonicBoom from 'sonic-boom'
import type { LogLevel, LogSink } from '../base/logger.ts'

export type LogFormat = 'text' | 'json'

export interface LogOptions {
  readonly logLevel?: LogLevel
  readonly logFormat?: LogFormat
}

/** Takes whole lines. */
export interface LineDestination {
  write(line: string): unknown
}

const levels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

export class LineLogSink implements LogSink {
  readonly #levelMin: number
  readonly #line: typeof textLine
  /** Standard output is opened with the first line, which a broker inside a test may never write. */
  #destination: LineDestination | undefined

  /** `destination` is standard output unless told otherwise. */
  constructor({ logLevel = 'info', logFormat = 'text' }: LogOptions = {}, destination?: LineDestination) {
    this.#levelMin = levels.indexOf(logLevel)
    this.#line = logFormat === 'json' ? jsonLine : textLine
    this.#destination = destination
  }

  write(level: LogLevel, logger: string, message: string, fields: object = {}): void {
    if (levels.indexOf(level) < this.#levelMin) return
    this.#destination ??= new sonicBoom.SonicBoom({ fd: 1, sync: true })
    this.#destination.write(this.#line(level, logger, message, fields))
  }
}

function jsonLine(level: LogLevel, logger: string, message: string, fields: object): string {
  return `${JSON.stringify({ level, time: Date.now(), ...fields, logger, msg: message }, jsonValue)}\n`
}

function jsonValue(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (!(value instanceof Error)) return value
  return { type: value.name, message: value.message, stack: value.stack }
}

function textLine(level: LogLevel, logger: string, message: string, fields: object): string {
  const when = timestamp(new Date())
  return `[${when}] ${level.toUpperCase()} ${escaped(message)} (${logger})${suffix(fields)}\n`
}

function suffix(fields: object): string {
  let pairs = ''
  let stacks = ''
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Error) stacks += `\n${value.stack ?? value.message}`
    else pairs += ` ${name}=${escaped(typeof value === 'string' ? value : JSON.stringify(value, jsonValue))}`
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
