import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { int32Element } from './elements.ts'
import { DecodeError, Reader, type TaggedField } from './reader.ts'

const vectorsFile = join(import.meta.dirname, '../../test/golden/wire-vectors.json')
const vectors: {
  varint: { value: number; unsignedVarintOfSameBits: string }[]
  float64: { value: string; hex: string }[]
} = JSON.parse(readFileSync(vectorsFile, 'utf8'))

function reader(hex: string): Reader {
  return new Reader(new Uint8Array(Buffer.from(hex, 'hex')))
}

function refuses(read: () => unknown, pattern: RegExp): void {
  assert.throws(read, (error) => {
    assert.ok(error instanceof DecodeError)
    assert.match(error.message, pattern)
    return true
  })
}

test('[WIRE1] varints and doubles read as in Kafka', () => {
  for (const { value, unsignedVarintOfSameBits } of vectors.varint) {
    assert.equal(reader(unsignedVarintOfSameBits).unsignedVarint() | 0, value)
  }
  for (const { value, hex } of vectors.float64) {
    assert.ok(Object.is(reader(hex).float64(), Number(value)), value)
  }
})

test('[WIRE5] a varint ends within five bytes, and bits beyond the 32nd are dropped', () => {
  assert.equal(reader('ffffffff7f').unsignedVarint(), 0xffffffff)
  refuses(() => reader('ffffffffff01').unsignedVarint(), /five bytes/)
})

test('[WIRE9] an int64 beyond the safe integers reads as their bound, an exact one as it is', () => {
  const cases: [hex: string, value: number, exact: bigint][] = [
    ['0000000000000000', 0, 0n],
    ['ffffffffffffffff', -1, -1n],
    ['00000100000000ff', 2 ** 40 + 255, 2n ** 40n + 255n],
    ['001fffffffffffff', Number.MAX_SAFE_INTEGER, 2n ** 53n - 1n],
    ['0020000000000000', Number.MAX_SAFE_INTEGER, 2n ** 53n],
    ['7fffffffffffffff', Number.MAX_SAFE_INTEGER, 2n ** 63n - 1n],
    ['ffe0000000000001', Number.MIN_SAFE_INTEGER, -(2n ** 53n) + 1n],
    ['ffe0000000000000', Number.MIN_SAFE_INTEGER, -(2n ** 53n)],
    ['8000000000000000', Number.MIN_SAFE_INTEGER, -(2n ** 63n)],
  ]
  for (const [hex, value, exact] of cases) {
    assert.equal(reader(hex).int64(), value, hex)
    assert.equal(reader(hex).int64Exact(), exact, hex)
  }
})

test('[WIRE4] lengths and counts beyond the bytes that are left are refused', () => {
  refuses(() => reader('7fff61').string(false), /32767 more bytes are needed, 1 are left/)
  refuses(() => reader('7fffffff00').bytes(false), /more bytes are needed/)
  refuses(() => reader('7fffffff00').array(false, 0, int32Element.decode), /an array of 2147483647 elements/)
  refuses(() => reader('ffffffff0700').array(true, 0, int32Element.decode), /an array of 2147483646 elements/)
  refuses(() => reader('ffffffff0f00').array(true, 0, int32Element.decode), /a length of 4294967294/)
  refuses(() => reader('ffffffff07').taggedFieldEnd(), /a tagged field of 2147483647 bytes/)
  refuses(() => reader('000000').int32(), /4 more bytes are needed, 3 are left/)
})

test('[WIRE5] null where none may be and strings above the limit are refused', () => {
  refuses(() => reader('ffff').string(false), /null where a string must be/)
  refuses(() => reader('00').string(true), /null where a string must be/)
  refuses(() => reader('ffffffff').bytes(false), /null where bytes must be/)
  refuses(() => reader('00').array(true, 0, int32Element.decode), /null where an array must be/)
  refuses(() => reader(`818002${'61'.repeat(0x8000)}`).string(true), /a string is 32768 bytes long/)
  assert.equal(reader('ffff').nullableString(false), null)
  assert.equal(reader('8000').nullableString(false), null, 'any negative length')
  assert.equal(reader('00').nullableBytes(true), null)
  assert.equal(reader('ffffffff').nullableArray(false, 0, int32Element.decode), null)
})

test('[WIRE11] binary values are views, of a Buffer too', () => {
  const frame = Buffer.from('0000000003616263', 'hex').subarray(1)
  const bytes = new Reader(frame).bytes(false)
  assert.equal(bytes.constructor, Uint8Array)
  frame[4] = 0x7a
  assert.equal(Buffer.from(bytes).toString(), 'zbc')
})

test('[WIRE7] unknown tagged fields are kept as they come', () => {
  const value: { unknownTaggedFields?: TaggedField[] } = {}
  const tagged = reader('03' + '0901aa' + '0700' + '0901bb')
  tagged.unknownTaggedFields(value)
  assert.equal(tagged.remaining, 0)
  assert.deepEqual(value.unknownTaggedFields, [
    { tag: 9, bytes: new Uint8Array([0xaa]) },
    { tag: 7, bytes: new Uint8Array(0) },
    { tag: 9, bytes: new Uint8Array([0xbb]) },
  ])
  const none: { unknownTaggedFields?: TaggedField[] } = {}
  reader('00').unknownTaggedFields(none)
  assert.deepEqual(none, {})
})

test('[WIRE3] an error says where in the bytes it is', () => {
  const broken = reader('00000001ff')
  broken.int32()
  refuses(() => broken.int16(), /at byte 4/)
})
