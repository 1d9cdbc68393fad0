import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zeroUuid } from '../base/uuid.ts'
import { stringElement } from './elements.ts'
import { Reader } from './reader.ts'
import { EncodeError, Writer } from './writer.ts'

function written(write: (writer: Writer) => void): string {
  const writer = new Writer()
  write(writer)
  return Buffer.from(writer.toBytes()).toString('hex')
}

test('[WIRE9] the bounds of the safe integers are written as those of int64', () => {
  assert.equal(
    written((writer) => writer.int64(Number.MAX_SAFE_INTEGER)),
    '7fffffffffffffff',
  )
  assert.equal(
    written((writer) => writer.int64(Number.MIN_SAFE_INTEGER)),
    '8000000000000000',
  )
  for (const value of [0, -1, 1, 2 ** 32, -(2 ** 32), 2 ** 31, 2 ** 53 - 2, -(2 ** 53) + 2]) {
    const bytes = written((writer) => writer.int64(value))
    assert.equal(new Reader(Buffer.from(bytes, 'hex')).int64(), value)
  }
  for (const value of [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n]) {
    const bytes = written((writer) => writer.int64Exact(value))
    assert.equal(new Reader(Buffer.from(bytes, 'hex')).int64Exact(), value)
  }
})

test('[WIRE10] what a type cannot hold is refused', () => {
  const refused: ((writer: Writer) => void)[] = [
    (writer) => writer.int8(128),
    (writer) => writer.int16(-32769),
    (writer) => writer.uint16(65536),
    (writer) => writer.uint16(-1),
    (writer) => writer.int32(2 ** 31),
    (writer) => writer.int32(1.5),
    (writer) => writer.int32(Number.NaN),
    (writer) => writer.uint32(-1),
    (writer) => writer.int64(0.5),
    (writer) => writer.int64(Number.POSITIVE_INFINITY),
    (writer) => writer.int64Exact(2n ** 63n),
    (writer) => writer.uuid('not an id'),
    (writer) => writer.uuid('AAAAAAAAAAAAAAAAAAAAAB'),
    (writer) => writer.string('é'.repeat(16384), false),
    (writer) => writer.string('a'.repeat(32768), true),
  ]
  for (const write of refused) assert.throws(() => written(write), EncodeError)
})

test('[WIRE2] strings of any length and alphabet come back', () => {
  const strings = ['', 'topic', 'Grüße', '日本', '😀', 'a'.repeat(48), 'a'.repeat(49), `${'a'.repeat(47)}é`]
  strings.push('x'.repeat(32767), 'é'.repeat(16383))
  for (const flexible of [false, true]) {
    const writer = new Writer()
    writer.array(strings, flexible, 0, stringElement.encode)
    const reader = new Reader(writer.toBytes())
    assert.deepEqual(reader.array(flexible, 0, stringElement.decode), strings)
    assert.equal(reader.remaining, 0)
  }
})

test('[WIRE11] large bytes become chunks of their own, small ones are copied', () => {
  const large = new Uint8Array(4096).fill(7)
  const small = new Uint8Array(10).fill(9)
  const writer = new Writer()
  writer.int32(1)
  writer.bytes(large, false)
  writer.bytes(small, true)
  assert.equal(writer.length, 4 + 4 + 4096 + 1 + 10)
  const chunks = writer.finish()
  assert.equal(chunks.length, 3)
  assert.equal(chunks[1], large)
  small.fill(0)
  assert.deepEqual(chunks[2], new Uint8Array([11, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]))
})

test('[WIRE2] what spans many chunks is one sequence of bytes', () => {
  const writer = new Writer()
  for (let index = 0; index < 100_000; index += 1) writer.int32(index)
  const reader = new Reader(writer.toBytes())
  for (let index = 0; index < 100_000; index += 1) assert.equal(reader.int32(), index)
  assert.equal(new Writer().toBytes().length, 0)
})

test('[WIRE7] tagged fields are written in the order of their tags, each once', () => {
  const bytes = new Uint8Array([1])
  assert.equal(
    written((writer) =>
      writer.taggedFields([
        { tag: 300, bytes },
        { tag: 2, bytes },
      ]),
    ),
    '02' + '020101' + 'ac020101',
  )
  const twice = [
    { tag: 2, bytes },
    { tag: 2, bytes },
  ]
  assert.throws(() => written((writer) => writer.taggedFields(twice)), EncodeError)
  assert.equal(
    written((writer) => writer.taggedFields(undefined)),
    '00',
  )
})

test('[WIRE12] the zero id is sixteen zero bytes', () => {
  assert.equal(
    written((writer) => writer.uuid(zeroUuid)),
    '00'.repeat(16),
  )
})
