import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { runSeed } from './run.ts'
import { sometimesNames } from './sometimes.ts'
import { Tally } from './tally.ts'

// Short runs that between them kill, cut the power, fill the disk and end cleanly.
const seeds = ['16', '23', '24', '28', '31']

for (const seed of seeds)
  test(`[SIM17] seed ${seed} ends clean, and the same way twice`, async () => {
    const first = await runSeed(seed, () => {})
    const again = await runSeed(seed, () => {})
    equal(first.failure, undefined)
    equal(first.acknowledged > 0, true)
    equal(again.traceHash, first.traceHash)
    deepEqual([...again.reached], [...first.reached])
  })

test('[SIM22] what a long series of runs never reached is named, what a short one missed is not', () => {
  const tally = new Tally()
  const [missing, ...reached] = sometimesNames
  for (let seed = 0; seed < 199; seed++) tally.add(reached.map((name) => [name, 1]))
  deepEqual(tally.missing(), [])
  tally.add([])
  deepEqual(tally.missing(), [missing])
  equal(tally.lines()[0]?.trim(), `0  ${missing}`)
})
