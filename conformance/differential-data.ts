// `node conformance/differential-data.ts HOST:PORT HOST:PORT [--only TEXT] [--all]`: asks two brokers the same about
// the data APIs and bad input, and prints where their answers differ. Meant for this broker and Apache Kafka.

import { parseArgs } from 'node:util'
import { produceCases } from './differential/data-produce.ts'
import { readCases } from './differential/data-read.ts'
import { wireCases } from './differential/data-wire.ts'
import { explain } from './differential/explained.ts'
import { Peer, words } from './differential/peer.ts'

const { values: options, positionals } = parseArgs({
  options: { only: { type: 'string' }, all: { type: 'boolean' } },
  allowPositionals: true,
})
const suffix = `r${Date.now().toString(36)}`
const peers = positionals.map((address) => new Peer(address, suffix))

let same = 0
let different = 0
for (const [name, run] of Object.entries({ ...produceCases(), ...readCases(), ...wireCases() })) {
  if (options.only !== undefined && !name.includes(options.only)) continue
  const answers: Map<string, string>[] = []
  for (const peer of peers) {
    answers.push(peer.toLines(await run(peer).catch((error: Error) => `failed: ${error.message}`)))
    peer.close()
  }
  const differences =
    options.all === true
      ? [...answers[0]!].map((each) => each.join(': '))
      : differencesOf(name, answers[0]!, answers[1]!)
  if (differences.length === 0) same++
  else different++
  if (differences.length > 0)
    process.stdout.write(`== ${name}\n${differences.map((line) => `   ${line}\n`).join('')}`)
}
process.stdout.write(`${same} alike, ${different} different\n`)

/** What is not alike and not meant, each as `path: first | second`. */
function differencesOf(
  name: string,
  first: Map<string, string>,
  second: Map<string, string>,
): readonly string[] {
  const lines = [...new Set([...first.keys(), ...second.keys()])]
    .map((path) => [path, first.get(path) ?? 'absent', second.get(path) ?? 'absent'])
    .filter(([, one, other]) => one !== other && !(one === words && other === 'null'))
    .map(([path, one, other]) => `${path}: ${one} | ${other}`)
  return explain(name, lines).lines
}
