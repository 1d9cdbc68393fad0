// Runs every `differential-AREA.ts`, or those chosen, on a fresh pair of brokers and gathers what they print.

import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { firstPort, KafkaBroker, OttlaBroker } from './brokers.ts'
import { untilWarm } from './look.ts'

export interface DifferentialResult {
  /** The file's name in `conformance/`. */
  readonly file: string
  /** Its last line: how much was asked, and how much differs. */
  readonly counts: string
  readonly differences: string
}

export const randomDifferential = 'differential-random.ts'

const program = join(import.meta.dirname, '../dist/ottla.js')
/** Thousands of random sequences take longest. */
const differentialMsMax = 7_200_000

export async function runDifferentials(
  folder: string,
  settings: readonly string[],
  chosen: readonly string[] = readdirSync(import.meta.dirname),
  options: readonly string[] = [],
): Promise<DifferentialResult[]> {
  const files = chosen.filter((file) => /^differential-.*\.ts$/.test(file))
  const results: DifferentialResult[] = []
  for (const [index, file] of files.entries()) {
    const port = firstPort + 4 * (index + 1)
    const ottla = new OttlaBroker(program, join(folder, `${file}-ottla`), port, settings)
    const kafka = new KafkaBroker(join(folder, `${file}-kafka`), port + 2, settings)
    try {
      await Promise.all([ottla.start(), kafka.start()])
      await untilWarm(kafka.server)
      const printed = (await output(file, ottla.server, kafka.server, ...options)).trimEnd().split('\n')
      results.push({ file, counts: printed.at(-1)!, differences: printed.slice(0, -1).join('\n') })
      process.stdout.write(`${file}: ${printed.at(-1)}\n`)
    } finally {
      await Promise.all([ottla.kill(), kafka.kill()])
    }
  }
  return results
}

/** A comparison that finds differences ends with 1, which is a result like any other. */
function output(file: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: differentialMsMax,
      killSignal: 'SIGKILL',
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (err += chunk))
    child.once('error', reject)
    child.once('close', (code) =>
      resolve(code === 0 || code === 1 ? out : `${out}\nended with ${code}: ${err.slice(-500)}`),
    )
  })
}
