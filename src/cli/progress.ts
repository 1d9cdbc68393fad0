// How far a file is read, as a bar on standard error while somebody looks at it, and at the end how fast it went.

import type { CliModules } from './cli-modules.ts'

/** Often enough to look alive, seldom enough to cost nothing. */
const drawIntervalMs = 100
const barWidth = 30

type ProgressModules = {
  readonly env: Pick<CliModules['env'], 'clock'>
  readonly output: Pick<CliModules['output'], 'errorColumns' | 'writeError'>
}

export class Progress {
  readonly #modules: ProgressModules
  readonly #totalBytes: number
  readonly #startMs: number
  #readBytes = 0
  #drawnMs = Number.NEGATIVE_INFINITY

  constructor(totalBytes: number, modules: ProgressModules) {
    this.#modules = modules
    this.#totalBytes = totalBytes
    this.#startMs = modules.env.clock.monotonicMs()
  }

  /** Passes the chunks on and counts them. */
  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      yield chunk
      this.#readBytes += chunk.length
      this.#draw()
    }
  }

  /** One sentence: records, bytes, seconds, and what that is in a second. */
  summary(recordCount: number): string {
    const { seconds, bytes, recordsPerSecond } = this.rate(recordCount)
    const megabytes = bytes / 1e6
    const speed = `${Math.round(recordsPerSecond)} records/s, ${(megabytes / seconds).toFixed(1)} MB/s`
    const total = `${recordCount} records, ${megabytes.toFixed(1)} MB in ${seconds.toFixed(1)} s`
    return `${this.#clear()}Wrote ${total}: ${speed}\n`
  }

  rate(recordCount: number): { seconds: number; bytes: number; recordsPerSecond: number } {
    // What takes no measurable time still has a rate.
    const seconds = Math.max(1, this.#modules.env.clock.monotonicMs() - this.#startMs) / 1000
    return { seconds, bytes: this.#readBytes, recordsPerSecond: recordCount / seconds }
  }

  #draw(): void {
    const { output, env } = this.#modules
    const nowMs = env.clock.monotonicMs()
    if (output.errorColumns === undefined || nowMs - this.#drawnMs < drawIntervalMs) return
    this.#drawnMs = nowMs
    const share = this.#totalBytes === 0 ? 1 : Math.min(1, this.#readBytes / this.#totalBytes)
    const bar = '#'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '.')
    const line = `[${bar}] ${Math.floor(share * 100)} %  ${(this.#readBytes / 1e6).toFixed(1)} MB`
    output.writeError(`\r${line.slice(0, output.errorColumns - 1)}`)
  }

  /** Takes the bar away, so that the next text stands in an empty line. */
  #clear(): string {
    const { errorColumns } = this.#modules.output
    return errorColumns === undefined ? '' : `\r${' '.repeat(errorColumns - 1)}\r`
  }
}
