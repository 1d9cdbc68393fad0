// `node conformance/differential-data.ts HOST:PORT HOST:PORT [--only TEXT] [--all]`: asks two brokers the same about
// the data APIs and bad input, and prints where their answers differ. Meant for this broker and Apache Kafka.

import { parseArgs } from 'node:util'
import { produceCases } from './differential/data-produce.ts'
import { readCases } from './differential/data-read.ts'
import { wireCases } from './differential/data-wire.ts'
import { Peer, words } from './differential/peer.ts'

const { values: options, positionals } = parseArgs({
  options: { only: { type: 'string' }, all: { type: 'boolean' } },
  allowPositionals: true,
})
const suffix = `r${Date.now().toString(36)}`
const peers = positionals.map((address) => new Peer(address, suffix))

/** Where this broker means to differ: the case, the path in its answer, and why. */
const deliberate: readonly (readonly [name: RegExp, path: RegExp, why: string])[] = [
  [/odd: null$/, /^/, 'Kafka does not answer at all; this is INVALID_RECORD'],
  [
    /torn|as codec [1-4]|length 2147483647/,
    /errorCode/,
    'INVALID_RECORD says more than UNKNOWN_SERVER_ERROR',
  ],
  [/as codec [567]$/, /errorCode/, 'UNSUPPORTED_COMPRESSION_TYPE says more than UNKNOWN_SERVER_ERROR'],
  [
    /negative bytes|unknown isolation/,
    /^/,
    'served as 0 bytes and as read_uncommitted, not UNKNOWN_SERVER_ERROR',
  ],
  [/twice to one partition/, /^/, 'both batches are stored and answered; Kafka drops the first in silence'],
  [/^api versions/, /Features/, 'only features this broker acts on are told'],
  [/^wire: .*(client id|bytes after it)|metadata 1 with count/, /^/, 'the answers list what each broker has'],
]

let same = 0
let different = 0
for (const [name, run] of Object.entries({ ...produceCases(), ...readCases(), ...wireCases() })) {
  if (options.only !== undefined && !name.includes(options.only)) continue
  const answers: Map<string, string>[] = []
  for (const peer of peers) {
    answers.push(peer.toLines(await run(peer).catch((error: Error) => `failed: ${error.message}`)))
    peer.close()
  }
  const differences = options.all === true ? [...answers[0]!] : differencesOf(name, answers[0]!, answers[1]!)
  if (differences.length === 0) same++
  else different++
  if (differences.length > 0)
    process.stdout.write(`== ${name}\n${differences.map((each) => `   ${each.join('   ')}\n`).join('')}`)
}
process.stdout.write(`${same} alike, ${different} different\n`)

/** Path, first and second value of what is not alike. */
function differencesOf(name: string, first: Map<string, string>, second: Map<string, string>): string[][] {
  return [...new Set([...first.keys(), ...second.keys()])]
    .map((path) => [path, first.get(path) ?? 'absent', second.get(path) ?? 'absent'])
    .filter(([, one, other]) => one !== other && !(one === words && other === 'null'))
    .filter(([path]) => !deliberate.some(([cases, paths]) => cases.test(name) && paths.test(path!)))
}
