import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PartitionLog } from './partition-log.ts'
import { clean, type KeptRecord, put, recordsFrom } from './testing/compaction-world.ts'
import { LogWorld, nowMs } from './testing/log-world.ts'

const pair = fc.tuple(
  fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  fc.option(fc.string({ maxLength: 20 }), { freq: 3 }),
)
const batch = fc.record({
  kind: fc.constant('batch' as const),
  pairs: fc.array(pair, { minLength: 1, maxLength: 5 }),
  compression: fc.constantFrom('none', 'gzip', 'snappy', 'lz4', 'zstd'),
  producerId: fc.constantFrom(-1, -1, 7, 8),
})
const step = fc.oneof(
  { weight: 6, arbitrary: batch },
  { weight: 2, arbitrary: fc.constant({ kind: 'roll' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('clean' as const), keysMax: fc.integer({ min: 1, max: 8 }) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const overrides = {
  'cleanup.policy': 'compact',
  'internal.segment.bytes': '700',
  'index.interval.bytes': '100',
}

class Run {
  readonly #log: PartitionLog
  readonly #written: KeptRecord[] = []
  readonly #sequences = new Map<number, number>()

  constructor(log: PartitionLog) {
    this.#log = log
  }

  async do(step: Step): Promise<void> {
    if (step.kind === 'roll') this.#log.roll(nowMs)
    if (step.kind === 'batch') this.#put(step)
    if (step.kind === 'clean') await this.#clean(step.keysMax)
  }

  #put({ pairs, compression, producerId }: Extract<Step, { kind: 'batch' }>): void {
    const baseSequence = producerId === -1 ? -1 : (this.#sequences.get(producerId) ?? 0)
    this.#sequences.set(producerId, baseSequence + pairs.length)
    const producerEpoch = producerId === -1 ? -1 : 0
    const base = put(this.#log, pairs, { compression, producerId, producerEpoch, baseSequence })
    for (const [index, [key, value]] of pairs.entries()) {
      this.#written.push({ offset: base + index, key, value: value ?? undefined })
    }
  }

  async #clean(keysMax: number): Promise<void> {
    const before = await recordsFrom(this.#log)
    const { segmentCount, firstDirtyOffset, dirtyBytes } = await this.#log.cleaner.range(nowMs)
    if (dirtyBytes === 0) return
    equal(await clean(this.#log, { keysMax }), true)
    const end = this.#log.cleaner.cleanedEndOffset!
    ok(end > firstDirtyOffset && segmentCount > 0, 'a cleaning gets on')
    const after = await recordsFrom(this.#log)
    const newest = new Map(
      before.filter(({ offset }) => offset < end).map(({ key, offset }) => [key, offset]),
    )
    const isNewest = ({ key, offset }: KeptRecord) => offset >= end || newest.get(key) === offset
    deepEqual(after, before.filter(isNewest))
  }

  async check(log: PartitionLog): Promise<void> {
    const all = await recordsFrom(log)
    for (const record of all) deepEqual(record, this.#written[record.offset])
    deepEqual(
      [...new Set(all.map(({ key }) => key))].sort(),
      [...new Set(this.#written.map(({ key }) => key))].sort(),
    )
    for (let offset = 0; offset < log.logEndOffset; offset += 3) {
      deepEqual(
        await recordsFrom(log, offset),
        all.filter((record) => record.offset >= offset),
      )
    }
    const sequences = log
      .activeProducers()
      .map(({ producerId, lastSequence }) => [producerId, lastSequence + 1])
    deepEqual(
      new Map(sequences as [number, number][]),
      new Map([...this.#sequences].filter(([id]) => id !== -1)),
    )
  }
}

test('[CLEAN1] [CLEAN2] [CLEAN6] [CLEAN7] any log cleaned any number of times holds exactly what is newest', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const world = new LogWorld()
      const log = await world.create(overrides)
      const run = new Run(log)
      for (const one of steps) await run.do(one)
      await run.check(log)
      await log.close()
      await run.check(await world.load({ overrides }))
      const names = await world.fileNames()
      ok(!names.some((name) => /cleaned|swap/.test(name)), names.join())
      for (const name of names.filter((name) => name.endsWith('.snapshot'))) {
        await world.disk.remove(`/data/orders-0/${name}`)
      }
      await run.check(await world.load({ isClean: false, mayHaveGaps: true, overrides }))
    }),
    { numRuns: 60, seed: 1 },
  )
})
