// What the command line needs from its process. `main.ts` gives Node's own, tests give doubles; nothing below
// touches streams, files, signals or the clock in any other way.

import type { Clock, Network, Outcome, Random, Timers } from '../env/env.ts'
import type { NodeSettings } from '../node/node-config.ts'
import type { NodeFacts } from '../node/start-node.ts'
import type { FormatSettings, FormattedStorage, StorageInfo } from '../node/storage.ts'

export interface CliOutput {
  /** Width of the terminal that standard output is; undefined: it is none, and nothing is made to fit. */
  readonly columns: number | undefined
  /** The same of standard error. */
  readonly errorColumns: number | undefined
  /** To standard output. Resolves when more may be written, or when nobody reads it any more. */
  write(chunk: string | Uint8Array): void | Promise<void>
  /** To standard error. */
  writeError(text: string): void
}

export interface CliInput extends AsyncIterable<Uint8Array> {
  /** Somebody types: a prompt helps. */
  readonly isTerminal: boolean
}

/** Everything `ottla start` can be told on the command line. */
export interface StartOptions extends NodeSettings {
  /** Files are kept in memory. */
  readonly memory: boolean
  /** Log lines are JSON objects. */
  readonly json: boolean
  /** Where tests reach the node over HTTP (`src/kit`); undefined: nowhere. */
  readonly testControlPort?: number
  /** The node cannot go on. */
  onFatal(message: string): void
}

export type StartedNode =
  | { readonly ok: true; readonly node: { stop(): Promise<void>; readonly facts: NodeFacts } }
  | { readonly ok: false; readonly message: string }

export type OpenedFile =
  | { readonly ok: true; readonly sizeBytes: number; readonly chunks: AsyncIterable<Uint8Array> }
  | { readonly ok: false; readonly message: string }

export type HttpAnswer =
  | { readonly ok: true; readonly status: number; readonly body: string }
  | { readonly ok: false; readonly message: string }

export interface CliModules {
  readonly env: {
    readonly clock: Clock
    readonly timers: Timers
    readonly network: Network
    readonly random: Random
  }
  readonly output: CliOutput
  readonly input: CliInput
  readonly version: string
  /** A whole file, or why it cannot be read. */
  readFile(
    path: string,
  ): Promise<
    { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly message: string }
  >
  /** A file piece by piece, with its size, or why it cannot be read. */
  openFile(path: string): Promise<OpenedFile>
  /** One request to a server of this machine; a status of any kind is an answer. */
  httpRequest(method: string, url: string, body: string | undefined): Promise<HttpAnswer>
  /** Calls back once when the user or the system wants the command to end, or nobody reads its output any more. */
  onInterrupt(callback: () => void): void
  startNode(options: StartOptions): Promise<StartedNode>
  loadStorage(): Promise<Storage>
}

/** The log directories of a node that does not run. */
export interface Storage {
  format(settings: NodeSettings, options: FormatSettings): Promise<Outcome<FormattedStorage, string>>
  info(settings: NodeSettings): Promise<Outcome<StorageInfo, string>>
  drawUuid(): string
}

/** 0: done. 1: it could not be done. 2: the command line makes no sense. */
export type ExitCode = 0 | 1 | 2
