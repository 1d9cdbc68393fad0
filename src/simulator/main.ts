// `npm run sim -- --seed N [--count M]`: runs one seed, or M from N on. Prints what was drawn before each run and
// the hash of its trace after it. A failure prints its seed, the last events and the command that repeats it.
// Exit codes: 0 clean, 1 wrong, 2 not understood.

import { parseArgs } from 'node:util'
import { type RunResult, runSeed } from './run.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    quiet: { type: 'boolean', default: false },
  },
})
const first = Number(values.seed)
const count = Number(values.count)
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || count < 1) {
  process.stderr.write('usage: npm run sim -- --seed NUMBER [--count NUMBER] [--quiet]\n')
  process.exit(2)
}

for (let seed = first; seed < first + count; seed++) {
  const result = await runSeed(String(seed), (options) => {
    if (!values.quiet) process.stdout.write(`seed ${seed}: ${JSON.stringify(options)}\n`)
  })
  if (result.failure !== undefined) {
    report(seed, result)
    process.exit(1)
  }
  if (values.quiet) continue
  const { acknowledged, read, starts, virtualMs, traceHash } = result
  process.stdout.write(
    `seed ${seed}: clean: ${acknowledged} acknowledged, ${read} read, ${starts} starts,` +
      ` ${Math.round(virtualMs)} ms of virtual time\n` +
      `trace hash: ${traceHash}\n`,
  )
}

function report(seed: number, { failure, options, traceTail, traceHash }: RunResult): void {
  const what = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)
  process.stderr.write(
    `${traceTail.slice(-60).join('\n')}\n` +
      `seed ${seed} FAILED: ${what}\noptions: ${JSON.stringify(options)}\ntrace hash: ${traceHash}\n` +
      `repeat it with: npm run sim -- --seed ${seed}\n`,
  )
}
