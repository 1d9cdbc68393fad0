import { deepEqual, doesNotThrow, throws } from 'node:assert/strict'
import { test } from 'node:test'
import type { PartitionData } from '../protocol/generated/fetch-response.ts'
import { defaultsPartitionData } from '../protocol/generated/fetch-response.ts'
import { encodeBatch } from '../protocol/records/record-batch.ts'
import { DataChecker } from './data-checker.ts'
import { Sometimes } from './sometimes.ts'

function batch(baseOffset: number, baseSequence: number, value = 'a', partitionLeaderEpoch = 1): Uint8Array {
  return encodeBatch({
    baseOffset,
    partitionLeaderEpoch,
    producerId: 7,
    producerEpoch: 0,
    baseSequence,
    records: [{ timestamp: 1, key: null, value: Buffer.from(value) }],
  })
}

function data(batches: readonly Uint8Array[], highWatermark: number, logStartOffset = 0): PartitionData {
  const records = new Uint8Array(Buffer.concat(batches))
  const lastStableOffset = highWatermark
  return { ...defaultsPartitionData(), highWatermark, lastStableOffset, logStartOffset, records }
}

class World {
  readonly sometimes = new Sometimes()
  readonly checker = new DataChecker({ sometimes: this.sometimes })

  fetched(...args: Parameters<typeof data>): void {
    this.checker.onFetched('p', this.checker.told()('p'), data(...args))
  }
}

function world(): World {
  const made = new World()
  made.fetched([batch(0, 0), batch(1, 1)], 2)
  return made
}

test('[SIM19] a partition that grows is not complained of', () => {
  const { checker } = world()
  checker.onFetched('p', checker.told()('p'), data([batch(1, 1), batch(2, 2)], 3))
  doesNotThrow(() => checker.checkSequences())
})

const bad: Record<string, [RegExp, readonly Uint8Array[], number, number?]> = {
  'the watermark goes back': [/S2: p: the watermark was 2 and is 1/, [], 1],
  'a batch above the watermark is served': [/S3: p: the batch at 2 is served above/, [batch(2, 2)], 2],
  'the log starts behind the watermark': [/S3: p: log start 3/, [], 2, 3],
  'a batch has changed': [/S10: p: the batch at 1 is another/, [batch(1, 1, 'b')], 2],
  'a batch is damaged': [/S10: p: the batch at 2 has a wrong checksum/, [batch(2, 2).with(65, 99)], 3],
  'an offset is left out': [/S11: p: offset 4 follows 2/, [batch(2, 2), batch(4, 3)], 5],
  'an epoch goes back': [/S11: p: epoch 1 follows 2/, [batch(2, 2, 'a', 2), batch(3, 3)], 4],
}
for (const [what, [message, ...args]] of Object.entries(bad))
  test(`[SIM19] it is told when ${what}`, () => throws(() => world().fetched(...args), message))

test('[SIM19] it is told when a sequence is missing or comes twice', () => {
  for (const sequence of [1, 3]) {
    const { checker, ...made } = world()
    checker.onFetched('p', checker.told()('p'), data([batch(2, sequence)], 3))
    throws(() => checker.checkSequences(), /S19: p: producer 7 0 has sequence/)
    deepEqual([...made.sometimes.counts()], [])
  }
})

test('[SIM19] a retried batch is answered with its first offset, also after a crash', () => {
  const { checker, sometimes } = world()
  const produced = checker.batchToProduce('p', batch(0, 5))!
  checker.onProduced(produced, 40)
  checker.onCrash(false)
  checker.onProduced(produced, 40)
  deepEqual(
    [...sometimes.counts().keys()],
    ['duplicate batch answered', 'record acknowledged again after a crash'],
  )
  throws(() => checker.onProduced(produced, 41), /S20: .* at 40, then at 41/)
  checker.onCrash(true)
  doesNotThrow(() => checker.onProduced(produced, 41))
})

test('[SIM19] the latest offset is not below a watermark that was told', () => {
  const { checker } = world()
  throws(() => checker.onListedLatest('p', checker.told()('p'), 1), /S2: p: the latest offset is 1/)
})
