// `node conformance/differential-random.ts HOST:PORT HOST:PORT [--seed N] [--sequences M]`: random sequences of
// requests to Ottla and an Apache Kafka, for every API and version that Ottla serves. What differs is made small and
// printed with the seed that repeats it; then it is mended, and becomes a named case of differential-found.ts.

import { parseArgs } from 'node:util'
import { apiKeys } from '../src/protocol/api-keys.ts'
import { findCoordinator } from '../test/support/admin-apis.ts'
import { loadCodecs } from '../test/support/codecs.ts'
import { apiVersionsCodecs } from '../test/support/data-requests.ts'
import { printDifferences } from './differential/alike.ts'
import { explain } from './differential/explained.ts'
import { looks, type RandomApi, randomSequence, type Step, stepText } from './differential/random-sequence.ts'
import { pathOf, shrunk } from './differential/shrink.ts'
import { SideBySide } from './differential/side-by-side.ts'
import { Recorder } from './differential.ts'

const { values: options, positionals: servers } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, sequences: { type: 'string', default: '100' } },
  allowPositionals: true,
})
if (servers.length !== 2) throw new Error('name two bootstrap servers, HOST:PORT each')

for (const server of servers) await untilCoordinating(server)
const apis = await servedApis(servers[0]!)
let explained = 0
const pair = new SideBySide(servers, looks(apis), (step, lines) => {
  const explanation = explain(stepText(step), lines)
  explained += explanation.reasons.length
  return explanation.lines
})
const asked: Step[] = []
/** A difference is made small once. */
const seen = new Set<string>()
let different = 0
for (let sequence = 0; sequence < Number(options.sequences); sequence++) await runSequence(sequence)

const pairsAsked = new Set(asked.map(({ api, version }) => `${api.name} ${version}`))
const pairsServed = apis.reduce((sum, { versions: [min, max] }) => sum + max - min + 1, 0)
process.stdout.write(
  `seed ${options.seed}, ${options.sequences} sequences: ${asked.length} answers in ${pairsAsked.size} of ` +
    `${pairsServed} versions of ${apis.length} APIs, ${explained} explained, ${different} different\n`,
)
process.exit(different === 0 ? 0 : 1)

async function runSequence(sequence: number): Promise<void> {
  const steps = randomSequence(`${options.seed}/${sequence}`, apis)
  const { answered, differences } = await pair.run(steps)
  asked.push(...answered)
  const first = differences.find(({ lines }) => lines.length > 0)
  if (first === undefined) return
  const again = `${steps[first.at]!.api.name}${pathOf(first)}`
  if (seen.has(again)) {
    different++
    process.stdout.write(`seed ${options.seed}, sequence ${sequence}: ${again} again\n`)
    return
  }
  const found = await shrunk(pair, steps, first)
  if (found === undefined) return
  seen.add(again)
  different++
  process.stdout.write(
    `seed ${options.seed}, sequence ${sequence}, ${found.steps.length} of ${steps.length} steps\n`,
  )
  for (const step of found.steps) process.stdout.write(`  ${stepText(step)}\n`)
  printDifferences(found.lines)
}

async function servedApis(server: string): Promise<RandomApi[]> {
  const recorder = new Recorder(server)
  const connection = await recorder.connect()
  const { apiKeys: served } = await connection.call(apiVersionsCodecs, 0)
  connection.close()
  const codecs = await loadCodecs()
  return served.flatMap(({ apiKey, minVersion, maxVersion }) => {
    const api = apiKeys.get(apiKey)
    if (api === undefined) return []
    const { name, request, response } = api
    const { message } = codecs.get(request.name)!
    const versions = [Math.max(minVersion, request.versions[0]), maxVersion] as const
    return [{ name, message, request, response, versions }]
  })
}

/** The first group makes a broker create the topic of offsets. */
async function untilCoordinating(server: string): Promise<void> {
  const recorder = new Recorder(server)
  await recorder.until(findCoordinator, 3, { key: 'g' }, ({ errorCode }) => errorCode === 0)
  await recorder.close()
}
