import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PartitionLog } from './partition-log.ts'
import { append, appendTo, batchOf, directory, LogWorld, nowMs, valuesFrom } from './testing/log-world.ts'

/** Small enough that a few batches fill a segment; an index entry for every batch but the first. */
const tinySegments = { 'internal.segment.bytes': '600', 'index.interval.bytes': '0' }

interface Step {
  readonly kind: 'append' | 'flush' | 'roll'
  readonly count: number
  readonly producerId: number
}

const step = fc.record({
  kind: fc.constantFrom<Step['kind'][]>('append', 'append', 'append', 'append', 'flush', 'roll'),
  count: fc.integer({ min: 1, max: 4 }),
  producerId: fc.integer({ min: -1, max: 2 }),
})

/** What a crash leaves of the unflushed bytes of a file: how many, and which one of them is wrong. */
const damage = fc.record({ kept: fc.double({ min: 0, max: 1, noNaN: true }), garbled: fc.option(fc.nat()) })

class CrashedLog {
  readonly world = new LogWorld()
  readonly values: string[] = []
  readonly flushedSizes = new Map<string, number>()
  flushedEndOffset = 0
  readonly #sequences = new Map<number, number>()

  async write(steps: readonly Step[]): Promise<void> {
    const log = await this.world.create(tinySegments)
    for (const { kind, count, producerId } of steps) {
      if (kind === 'append') this.#append(log, count, producerId)
      if (kind === 'roll') log.roll(nowMs)
      if (kind !== 'flush') continue
      await log.flush()
      this.flushedEndOffset = log.flushedEndOffset
      for (const name of await this.logFiles()) {
        this.flushedSizes.set(name, (await this.world.readFile(`${directory}/${name}`)).length)
      }
    }
    // Everything is handed to the disk; what was not flushed is up to the crash.
    await log.flush()
  }

  #append(log: PartitionLog, count: number, producerId: number): void {
    const values = Array.from({ length: count }, (_, index) => `value ${this.values.length + index}`)
    const baseSequence = this.#sequences.get(producerId) ?? 0
    const producer = producerId < 0 ? {} : { producerId, producerEpoch: 0, baseSequence }
    append(log, values, producer)
    this.#sequences.set(producerId, baseSequence + count)
    this.values.push(...values.map((value, index) => `${this.values.length + index}:${value}`))
  }

  async logFiles(): Promise<string[]> {
    return (await this.world.fileNames()).filter((name) => name.endsWith('.log'))
  }

  async crash(damages: readonly { kept: number; garbled: number | null }[]): Promise<void> {
    for (const [index, name] of (await this.logFiles()).entries()) {
      const { kept, garbled } = damages[index % damages.length]!
      const flushed = this.flushedSizes.get(name) ?? 0
      await this.world.changeFile(`${directory}/${name}`, (bytes) => {
        const left = bytes.slice(0, flushed + Math.floor((bytes.length - flushed) * kept))
        const at = flushed + ((garbled ?? 0) % Math.max(1, left.length - flushed))
        if (garbled !== null && at < left.length) left[at]! ^= 0x41
        return left
      })
    }
  }
}

test('[LOG6] whatever a crash does to unflushed bytes, recovery yields a prefix that holds all flushed records', async () => {
  const scenario = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 30 }),
    fc.array(damage, { minLength: 1, maxLength: 4 }),
    async (steps, damages) => {
      const crashed = new CrashedLog()
      await crashed.write(steps)
      await crashed.crash(damages)
      const recoveryPoint = crashed.flushedEndOffset
      const log = await crashed.world.load({ isClean: false, recoveryPoint, overrides: tinySegments })
      ok(log.logEndOffset >= crashed.flushedEndOffset)
      const found = await valuesFrom(log, 0)
      deepEqual(found, crashed.values.slice(0, log.logEndOffset))
      append(log, ['after'])
      await log.close()
      const again = await crashed.world.load({ overrides: tinySegments })
      deepEqual(await valuesFrom(again, 0), [...found, `${found.length}:after`])
      deepEqual(again.activeProducers(), await producersOf(found.length + 1, crashed))
    },
  )
  await fc.assert(scenario, { numRuns: 150, seed: 6 })
})

/** The producers as a scan of the whole log finds them, without any snapshot. */
async function producersOf(endOffset: number, crashed: CrashedLog) {
  for (const name of await crashed.world.fileNames()) {
    if (name.endsWith('.snapshot')) await crashed.world.disk.remove(`${directory}/${name}`)
  }
  const scanned = await crashed.world.load({ isClean: false, overrides: tinySegments })
  equal(scanned.logEndOffset, endOffset)
  return scanned.activeProducers().sort((a, b) => a.producerId - b.producerId)
}

test('[LOG7] an index that is missing, padded or damaged is made again; the records are all there', async () => {
  const changes: ((bytes: Uint8Array) => Uint8Array)[] = [
    (bytes) => Buffer.concat([bytes, new Uint8Array(2400)]),
    (bytes) => bytes.subarray(0, 5),
    (bytes) => bytes.slice().fill(0xff, bytes.length - 8),
  ]
  for (const [index, change] of changes.entries()) {
    for (const kind of ['index', 'timeindex']) {
      const world = new LogWorld()
      const log = await world.create({ 'index.interval.bytes': '0' })
      for (let i = 0; i < 20; i++) append(log, [`value ${i}`], { timestamp: nowMs + i })
      log.roll(nowMs)
      append(log, ['last'], { timestamp: nowMs + 20 })
      await log.close()
      const before = await world.readFile(`${directory}/00000000000000000000.${kind}`)
      await world.changeFile(`${directory}/00000000000000000000.${kind}`, change)
      const loaded = await world.load({ overrides: { 'index.interval.bytes': '0' } })
      equal((await valuesFrom(loaded, 0)).length, 21)
      equal((await loaded.offsetForTimestamp(nowMs + 15))?.offset, 15)
      await loaded.close()
      deepEqual(await world.readFile(`${directory}/00000000000000000000.${kind}`), before, `${kind} ${index}`)
    }
  }
})

test('[LOG8] what a crash interrupted is finished: deleted files go, a swap replaces what it was made of', async () => {
  const world = new LogWorld()
  const log = await world.create()
  for (const value of ['a', 'b', 'c']) append(log, [value])
  await log.close()
  const base = `${directory}/00000000000000000000`
  const file = await world.disk.open(`${base}.log.swap`, 'create')
  const whole = await world.readFile(`${base}.log`)
  const size = whole.length / 3
  // A cleaner kept the first and the last batch.
  await file.write([whole.subarray(0, size), whole.subarray(2 * size)], 0)
  await file.close()
  for (const name of ['00000000000000000009.log.deleted', '00000000000000000009.log.cleaned']) {
    await (await world.disk.open(`${directory}/${name}`, 'create')).close()
  }
  const loaded = await world.load({ mayHaveGaps: true })
  // The unfinished cleaning began behind the swap, which is therefore sound.
  deepEqual(await valuesFrom(loaded, 0), ['0:a', '2:c'])
  const names = await world.fileNames()
  equal(
    names.some((name) => /deleted|cleaned|swap/.test(name)),
    false,
  )
})

test('[LOG9] a log that ends below its log start begins again there, empty', async () => {
  const world = new LogWorld()
  const log = await world.create()
  append(log, ['a', 'b'])
  await log.close()
  const loaded = await world.load({ logStartOffset: 10 })
  deepEqual([loaded.logStartOffset, loaded.logEndOffset, loaded.latestEpoch], [10, 10, undefined])
  equal(append(loaded, ['c']).baseOffset, 10)
  await loaded.close()
  deepEqual(await valuesFrom(await world.load({ logStartOffset: 10 }), 10), ['10:c'])
})

test('[LOG10] a batch whose checksum fails is where a recovered log ends, even if sound ones follow', async () => {
  const world = new LogWorld()
  const log = await world.create()
  for (const value of ['a', 'b', 'c']) appendTo(log, batchOf([value]))
  await log.flush()
  const size = batchOf(['a']).length
  await world.changeFile(`${directory}/00000000000000000000.log`, (bytes) => {
    const changed = bytes.slice()
    changed[size + 65]! ^= 1
    return changed
  })
  const loaded = await world.load({ isClean: false })
  deepEqual(await valuesFrom(loaded, 0), ['0:a'])
})

test('[LOG10] segments behind the damage go, also where compaction may have left gaps between segments', async () => {
  const world = new LogWorld()
  const log = await world.create()
  append(log, ['a'])
  append(log, ['b'])
  log.roll(nowMs)
  append(log, ['c'])
  await log.flush()
  await world.changeFile(`${directory}/00000000000000000000.log`, (bytes) => bytes.subarray(0, -1))
  const loaded = await world.load({ isClean: false, mayHaveGaps: true })
  deepEqual([await valuesFrom(loaded, 0), loaded.logEndOffset], [['0:a'], 1])
})
