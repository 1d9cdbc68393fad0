// A process for tests of the command line: output is kept, input and files are given, nothing is real.

import type { ClientWorld } from '../../client/testing/client-world.ts'
import { seededRandom } from '../../controller/testing/controller-world.ts'
import { drawUuid, formatStorage, storageInfo } from '../../node/storage.ts'
import { MemoryDisk } from '../../platform/memory-disk.ts'
import { runCli } from '../cli.ts'
import type { CliModules, ExitCode, HttpAnswer, StartedNode, StartOptions } from '../cli-modules.ts'

export interface Ran {
  readonly code: ExitCode
  readonly out: string
  readonly err: string
}

export class CliWorld {
  readonly files = new Map<string, Uint8Array>()
  readonly started: StartOptions[] = []
  readonly disk = new MemoryDisk()
  readonly httpRequests: string[] = []
  httpAnswer: HttpAnswer = { ok: false, message: 'connection refused' }
  input: readonly string[] = []
  /** Width of the terminal; undefined: there is none. */
  columns: number | undefined
  startedNode: StartedNode = { ok: false, message: 'no node in this test' }
  readonly #world: ClientWorld
  readonly #random = seededRandom()
  #interrupts: (() => void)[] = []
  #out = ''
  #err = ''

  constructor(world: ClientWorld) {
    this.#world = world
  }

  /** Runs to the end; commands that talk to a broker find it at the default address. */
  async run(line: string | readonly string[]): Promise<Ran> {
    const ran = this.start(line)
    return this.#world.until(ran)
  }

  /** Time stands still until the test moves it. */
  async start(line: string | readonly string[]): Promise<Ran> {
    this.#out = ''
    this.#err = ''
    const argv = typeof line === 'string' ? line.split(' ') : line
    const code = await runCli(argv, this.#modules())
    return { code, out: this.#out, err: this.#err }
  }

  interrupt(): void {
    for (const callback of this.#interrupts) callback()
    this.#interrupts = []
  }

  get out(): string {
    return this.#out
  }

  #storageEnv() {
    return { disk: this.disk, clock: this.#world.time, random: this.#random }
  }

  #modules(): CliModules {
    const lines = this.input
    return {
      env: this.#world.modules,
      version: '1.2.3',
      output: {
        columns: this.columns,
        errorColumns: undefined,
        write: (chunk) => {
          this.#out += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
        },
        writeError: (text) => {
          this.#err += text
        },
      },
      input: {
        isTerminal: false,
        async *[Symbol.asyncIterator]() {
          for (const line of lines) yield new Uint8Array(Buffer.from(line))
        },
      },
      readFile: async (path) => {
        const bytes = this.files.get(path)
        return bytes === undefined ? { ok: false, message: 'no such file' } : { ok: true, bytes }
      },
      openFile: async (path) => {
        const bytes = this.files.get(path)
        if (bytes === undefined) return { ok: false, message: 'no such file' }
        const chunks = async function* () {
          yield bytes
        }
        return { ok: true, sizeBytes: bytes.length, chunks: chunks() }
      },
      httpRequest: async (method, url, body) => {
        this.httpRequests.push([method, url, body ?? ''].join(' ').trim())
        return this.httpAnswer
      },
      onInterrupt: (callback) => void this.#interrupts.push(callback),
      startNode: async (options) => {
        this.started.push(options)
        return this.startedNode
      },
      loadStorage: async () => ({
        format: (settings, options) => formatStorage(settings, options, this.#storageEnv()),
        info: (settings) => storageInfo(settings, this.#storageEnv()),
        drawUuid: () => drawUuid(this.#storageEnv()),
      }),
    }
  }
}
