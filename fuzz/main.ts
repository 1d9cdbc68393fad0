// `npm run fuzz -- [--seed N] [--minutes M] [--inputs N] [--only TARGET]`: nearly right inputs for everything that
// reads bytes from outside. An input that is not refused in the reader's own way is printed with the command that
// repeats it.

import { parseArgs } from 'node:util'
import { Prng } from '../src/base/prng.ts'
import { DecodeError } from '../src/protocol/decode-error.ts'
import { mutated } from './mutate.ts'
import { fuzzTargets } from './targets.ts'

/** What one small input may take at most; a reader that needs more loops over something an input announced. */
const inputMsMax = 2000
const inputsPerRound = 50

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    inputs: { type: 'string', default: '200000' },
    only: { type: 'string' },
  },
})
const all = await fuzzTargets()
const targets = all.filter(({ name }) => values.only === undefined || name === values.only)
const deadlineMs =
  values.minutes === undefined ? undefined : performance.now() + Number(values.minutes) * 60_000
const inputsMax = deadlineMs === undefined ? Number(values.inputs) : Number.POSITIVE_INFINITY
let inputs = 0
let refused = 0

for (
  let round = 0;
  inputs < inputsMax && (deadlineMs ?? Number.POSITIVE_INFINITY) > performance.now();
  round++
)
  for (const target of targets) {
    const prng = new Prng(`${values.seed}/${target.name}/${round}`)
    for (let count = 0; count < inputsPerRound; count++) fuzz(target, mutated(prng, target.seeds))
  }
process.stdout.write(
  `${inputs} inputs for ${targets.length} readers: ${refused} refused, ${inputs - refused} read\n`,
)

function fuzz({ name, read }: (typeof targets)[number], bytes: Uint8Array): void {
  const startMs = performance.now()
  inputs++
  try {
    read(bytes)
  } catch (error) {
    if (!(error instanceof DecodeError)) fail(name, bytes, error)
    refused++
  }
  const tookMs = performance.now() - startMs
  if (tookMs > inputMsMax) fail(name, bytes, new Error(`it took ${Math.round(tookMs)} ms`))
}

function fail(name: string, bytes: Uint8Array, error: unknown): never {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${name} FAILED: ${what}\ninput: ${Buffer.from(bytes).toString('hex')}\n`)
  process.stderr.write(`repeat it with: npm run fuzz -- --seed ${values.seed} --only '${name}'\n`)
  process.exit(1)
}
