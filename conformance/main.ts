// `conformance/run [--only client] [--out FILE]`: every client in turn. What cannot run on this machine is named and
// skipped.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { ConformanceClient } from './client.ts'
import { javaConsole, javaPerf } from './clients/java.ts'
import { kafkaPython } from './clients/kafka-python.ts'
import { kafkajs } from './clients/kafkajs.ts'
import { kcat } from './clients/kcat.ts'
import { platformatic } from './clients/platformatic.ts'
import { runClient } from './run-client.ts'

const clients: readonly ConformanceClient[] = [
  kcat,
  javaConsole,
  javaPerf,
  kafkaPython,
  kafkajs,
  platformatic,
]
const program = join(import.meta.dirname, '../dist/ottla.js')
const port = 19_392

const { values: options } = parseArgs({ options: { only: { type: 'string' }, out: { type: 'string' } } })
const report: string[] = []
let failures = 0
for (const client of clients) {
  if (options.only !== undefined && options.only !== client.name) continue
  const missing = await client.missing()
  const outcome = missing === undefined ? await outcomeOf(client) : `skipped: ${missing}`
  report.push(`${client.name}: ${outcome}`)
  process.stdout.write(`${report.at(-1)}\n`)
}
if (options.out !== undefined) writeFileSync(options.out, `${report.join('\n')}\n`)
process.exitCode = failures === 0 ? 0 : 1

async function outcomeOf(client: ConformanceClient): Promise<string> {
  try {
    await runClient(client, program, port)
    return 'passed'
  } catch (error) {
    failures++
    return `FAILED: ${(error as Error).message}`
  }
}
