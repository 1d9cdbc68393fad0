// What holds for every message and every version, over random values and damaged bytes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeRequestHeader } from '../src/protocol/frame.ts'
import { FrameDecoder } from '../src/protocol/frame-decoder.ts'
import { encodeMessage } from '../src/protocol/message.ts'
import { DecodeError, Reader } from '../src/protocol/reader.ts'
import { arbitraryValue } from './support/arbitrary-values.ts'
import { loadCodecs, versionsOf } from './support/codecs.ts'
import { goldenLines } from './support/golden-values.ts'

const runsPerVersion = 20
const codecs = await loadCodecs()

/** The error of decoding, or undefined; any error but a DecodeError is thrown on. */
function decodeErrorOf(decode: () => unknown): DecodeError | undefined {
  try {
    decode()
    return undefined
  } catch (error) {
    if (error instanceof DecodeError) return error
    throw error
  }
}

test('[WIRE2] what is written is read back, every message in every version', () => {
  for (const { message, codec } of codecs.values()) {
    for (const version of versionsOf(codec)) {
      fc.assert(
        fc.property(arbitraryValue(message, version), (value) => {
          const bytes = encodeMessage(codec, value, version)
          const reader = new Reader(bytes)
          assert.deepStrictEqual(codec.decode(reader, version), value)
          assert.equal(reader.remaining, 0)
        }),
        { numRuns: runsPerVersion },
      )
    }
  }
})

test('[WIRE3] random bytes end in a value or a DecodeError, every message in every version', () => {
  for (const { codec } of codecs.values()) {
    for (const version of versionsOf(codec)) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
          decodeErrorOf(() => codec.decode(new Reader(bytes), version))
        }),
        { numRuns: runsPerVersion },
      )
    }
  }
})

interface GoldenMessage {
  readonly message: string
  readonly version: number
  readonly hex: string
}

/** Damages a message where it hurts: lengths and counts become huge, negative or null; bytes go missing. */
function damage(bytes: Uint8Array, at: number, kind: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  const index = at % Math.max(1, copy.length)
  switch (kind % 4) {
    case 0:
      return copy.subarray(0, index)
    case 1:
      copy.fill(0xff, index, index + 4)
      return copy
    case 2:
      copy.set([0x7f, 0xff, 0xff, 0xff].slice(0, copy.length - index), index)
      return copy
    default:
      copy[index] = (copy[index] ?? 0) ^ (1 << (at % 8))
      return copy
  }
}

test('[WIRE3] damaged messages end in a value or a DecodeError', () => {
  for (const golden of goldenLines<GoldenMessage>('rpc-messages.jsonl.gz')) {
    const { codec } = codecs.get(golden.message)!
    const bytes = new Uint8Array(Buffer.from(golden.hex, 'hex'))
    fc.assert(
      fc.property(fc.nat({ max: 100_000 }), fc.nat({ max: 3 }), (at, kind) => {
        const damaged = damage(bytes, at, kind)
        decodeErrorOf(() => codec.decode(new Reader(damaged), golden.version))
      }),
      { numRuns: runsPerVersion },
    )
  }
})

test('[WIRE3] a message that is cut short anywhere is a DecodeError', () => {
  for (const golden of goldenLines<GoldenMessage>('rpc-messages.jsonl.gz')) {
    const { codec } = codecs.get(golden.message)!
    const bytes = new Uint8Array(Buffer.from(golden.hex, 'hex'))
    const step = Math.max(1, Math.floor(bytes.length / 40))
    for (let length = 0; length < bytes.length; length += step) {
      const cut = bytes.subarray(0, length)
      const error = decodeErrorOf(() => codec.decode(new Reader(cut), golden.version))
      assert.ok(error !== undefined, `${golden.message} ${golden.version} cut to ${length} bytes`)
    }
  }
})

test('[WIRE3] a stream of random bytes ends in frames, headers, DecodeErrors or a refused length', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (chunks) => {
      const onFrame = (frame: Uint8Array) => decodeErrorOf(() => decodeRequestHeader(new Reader(frame)))
      const decoder = new FrameDecoder({ frameBytesMax: 100 }, { onFrame })
      for (const chunk of chunks) decoder.push(chunk)
    }),
    { numRuns: 500 },
  )
})

test('[WIRE4] a count takes no memory before its elements are there', () => {
  const { codec } = codecs.get('MetadataRequest')!
  const bytes = new Uint8Array(1 << 20)
  // Version 1: an int32 count of topic names, then a first name that is too long.
  new DataView(bytes.buffer).setInt32(0, bytes.length - 4)
  bytes.set([0x80, 0x00], 4)
  const before = process.memoryUsage().heapUsed
  for (let round = 0; round < 50; round += 1) {
    assert.ok(decodeErrorOf(() => codec.decode(new Reader(bytes), 1)) !== undefined)
  }
  assert.ok(process.memoryUsage().heapUsed - before < 50 * 1024 * 1024)
})
