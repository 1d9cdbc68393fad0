// What a conformance run asks of a client, whatever language it is written in. A client is a handful of operations;
// the cases of `cases.ts` are made of them, so that every client is held to the same.

import { type SpawnOptionsWithoutStdio, spawn } from 'node:child_process'
import { basename } from 'node:path'

export type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/** Text, because a client of another language is told of it in JSON. */
export interface ConformanceRecord {
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly (readonly [name: string, value: string])[]
}

export interface ProduceRequest {
  readonly topic: string
  readonly records: readonly ConformanceRecord[]
  readonly codec: Codec
  readonly idempotent: boolean
}

/** The partitions each of two members had, then those of the one that was left. */
export interface RebalanceAnswer {
  readonly both: readonly (readonly number[])[]
  readonly alone: readonly number[]
}

/** `server` is HOST:PORT. Each operation throws CannotDo for what the client has no way to do. */
export interface Operations {
  /** Resolves when the broker has acknowledged every record with acks all, in the order given. */
  produce(server: string, request: ProduceRequest): Promise<void>
  /** Reads `count` records as a member of `group`, commits and leaves; without a group, from the start. */
  consume(server: string, topic: string, group: string | null, count: number): Promise<ConformanceRecord[]>
  /** Reads `count` records from the first one of `timestampMs` or later. */
  consumeFrom(server: string, topic: string, timestampMs: number, count: number): Promise<ConformanceRecord[]>
  /** Joins with a member, then a second; when both have partitions, the first leaves. */
  rebalance(server: string, topic: string, group: string): Promise<RebalanceAnswer>
  createTopic(server: string, topic: string, partitions: number): Promise<void>
  /** The number of its partitions; undefined: there is no such topic. */
  describeTopic(server: string, topic: string): Promise<number | undefined>
  addPartitions(server: string, topic: string, total: number): Promise<void>
  deleteTopic(server: string, topic: string): Promise<void>
}

export interface ConformanceClient {
  readonly name: string
  /** The file that says what it does, relative to `conformance/`. */
  readonly source: string
  /** Undefined when it can run on this machine, else what is missing. */
  missing(): Promise<string | undefined>
  readonly operations: Operations
}

/** The client has no way to do what a case needs: a fact about the client, not a failure of a broker. */
export class CannotDo extends Error {}

/** For an operation that a client does not have at all. */
export function cannot(why: string): () => Promise<never> {
  return () => Promise.reject(new CannotDo(why))
}

/** A hanging program fails its case instead of the run. */
const programMsMax = 150_000
/** The first build of a large client takes minutes. */
const buildMsMax = 900_000

/** Runs a program to its end and returns its output; throws with its errors when it fails. */
export function run(command: string, args: readonly string[], input = ''): Promise<string> {
  return outputOf(command, args, input, { timeout: programMsMax })
}

/** As `run`, for what installs or builds a client. `env` comes on top of this process's. */
export function build(
  command: string,
  args: readonly string[],
  { cwd, env }: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  return outputOf(command, args, '', { timeout: buildMsMax, cwd, env: { ...process.env, ...env } })
}

function outputOf(
  command: string,
  args: readonly string[],
  input: string,
  options: SpawnOptionsWithoutStdio,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'pipe', killSignal: 'SIGKILL', ...options })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (err += chunk))
    child.once('error', reject)
    child.once('close', (code, signal) =>
      code === 0
        ? resolve(out)
        : reject(new Error(`${basename(command)} ended with ${code ?? signal}: ${(err || out).slice(-600)}`)),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

/** Why `check` fails, or undefined: the usual way to find out what a machine lacks. */
export function reasonOf(check: Promise<unknown>): Promise<string | undefined> {
  return check.then(
    () => undefined,
    (error: Error) => error.message.split('\n')[0]!,
  )
}

/** For what a client tells by itself, sooner or later; the limit of the case ends a wait in vain. */
export async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 50))
}
