import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  unsignedVarintBytes,
  VarintCursor,
  varintBytes,
  varlongBytes,
  writeUnsignedVarint,
  writeVarint,
  writeVarlong,
} from './varint.ts'

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const safeInteger = fc.maxSafeInteger()

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function written(write: (bytes: Uint8Array, at: number, value: number) => number, value: number): Uint8Array {
  const bytes = new Uint8Array(12)
  return bytes.subarray(0, write(bytes, 0, value))
}

function cursor(text: string): VarintCursor {
  return new VarintCursor(Buffer.from(text, 'hex'))
}

test("[REC1] varints and varlongs have Kafka's bytes", () => {
  const varints: [number, string][] = [
    [0, '00'],
    [-1, '01'],
    [63, '7e'],
    [-64, '7f'],
    [64, '8001'],
    [-65, '8101'],
    [8191, 'fe7f'],
    [8192, '808001'],
    [2147483647, 'feffffff0f'],
    [-2147483648, 'ffffffff0f'],
  ]
  for (const [value, bytes] of varints) {
    assert.equal(hex(written(writeVarint, value)), bytes)
    assert.equal(cursor(bytes).varint(), value)
    assert.equal(varintBytes(value), bytes.length / 2)
  }
  const varlongs: [number, string][] = [
    [300, 'd804'],
    [-300, 'd704'],
    [2147483647, 'feffffff0f'],
    [2147483648, '8080808010'],
  ]
  for (const [value, bytes] of varlongs) {
    assert.equal(hex(written(writeVarlong, value)), bytes)
    assert.equal(cursor(bytes).varlong(), value)
    assert.equal(varlongBytes(value), bytes.length / 2)
  }
  assert.equal(hex(written(writeUnsignedVarint, 2 ** 32 - 1)), 'ffffffff0f')
})

test('[REC1] every number that is written is read back, in as many bytes as foretold', () => {
  fc.assert(
    fc.property(uint32, int32, safeInteger, (unsigned, signed, long) => {
      const bytes = new Uint8Array(32)
      let end = writeUnsignedVarint(bytes, 0, unsigned)
      assert.equal(end, unsignedVarintBytes(unsigned))
      end = writeVarint(bytes, end, signed)
      end = writeVarlong(bytes, end, long)
      assert.equal(end, unsignedVarintBytes(unsigned) + varintBytes(signed) + varlongBytes(long))
      const reader = new VarintCursor(bytes, 0, end)
      assert.deepEqual([reader.unsignedVarint(), reader.varint(), reader.varlong()], [unsigned, signed, long])
      assert.equal(reader.at, end)
    }),
    { seed: 20261125 },
  )
})

test('[REC1] an int64 beyond the safe integers saturates', () => {
  assert.equal(cursor('feffffffffffffffff01').varlong(), Number.MAX_SAFE_INTEGER)
  assert.equal(cursor('ffffffffffffffffff01').varlong(), Number.MIN_SAFE_INTEGER)
})

test('[REC2] a cut or overlong number leaves the cursor overrun for good', () => {
  const damaged: [string, (reader: VarintCursor) => number][] = [
    ['', (reader) => reader.byte()],
    ['80', (reader) => reader.unsignedVarint()],
    ['ffffffff', (reader) => reader.varint()],
    ['ffffffffff01', (reader) => reader.unsignedVarint()],
    ['ffffff', (reader) => reader.varlong()],
    ['ffffffffffffffffffff01', (reader) => reader.varlong()],
  ]
  for (const [bytes, read] of damaged) {
    const reader = cursor(bytes)
    assert.equal(read(reader), 0)
    assert.ok(reader.isOverrun, bytes)
    reader.skip(-1)
    assert.equal(reader.varlong(), 0)
    assert.ok(reader.isOverrun, bytes)
  }
  const skipped = cursor('0000')
  skipped.skip(3)
  assert.ok(skipped.isOverrun)
})
