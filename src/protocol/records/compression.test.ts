import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compressSync as compressSnappyBlock } from 'snappy'
import { DecodeError } from '../decode-error.ts'
import { writeInt32 } from './big-endian.ts'
import { compress, compressions, decompress } from './compression.ts'

const seed = 20261125
const codecs = compressions.filter((codec) => codec !== 'none')
/** Random pieces and runs, up to several blocks of every codec. */
const contents = fc
  .array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc
        .tuple(fc.nat({ max: 255 }), fc.nat({ max: 70000 }))
        .map(([byte, length]) => new Uint8Array(length).fill(byte)),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((pieces) => new Uint8Array(Buffer.concat(pieces)))

/** The same for every run, and incompressible. */
function noise(length: number): Uint8Array {
  let state = 1
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state >>> 24
  })
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function concat(...chunks: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks))
}

test('[REC13] every codec gives back what it compressed', () => {
  for (const codec of compressions) {
    fc.assert(
      fc.property(contents, (content) => {
        assert.deepEqual(decompress(codec, compress(codec, content), content.length), content)
      }),
      { seed, numRuns: 50 },
    )
  }
  for (const codec of codecs) {
    const content = noise(200_000)
    assert.deepEqual(decompress(codec, compress(codec, content), content.length), content, codec)
  }
})

test('[REC13] gzip and zstd take a level', () => {
  const text = new TextEncoder().encode(
    Array.from({ length: 5000 }, (_, i) => `line ${(i * 7919) % 4999}`).join('\n'),
  )
  for (const codec of ['gzip', 'zstd'] as const) {
    assert.ok(compress(codec, text, 9).length < compress(codec, text, 1).length, codec)
  }
  assert.deepEqual(decompress('zstd', compress('zstd', text, -5), text.length), text)
})

test("[REC14] snappy has the framing of snappy-java, lz4 frames have Kafka's header", () => {
  const content = noise(100_000)
  const header = '82534e41505059000000000100000001'
  assert.equal(hex(compress('snappy', content).subarray(0, 16)), header)
  assert.equal(hex(compress('lz4', content).subarray(0, 7)), '04224d18604082')
  assert.equal(hex(compress('lz4', new Uint8Array(0))), '04224d1860408200000000')
  const block = new Uint8Array(compressSnappyBlock(content))
  const length = new Uint8Array(4)
  writeInt32(length, 0, block.length)
  assert.deepEqual(decompress('snappy', block, 1e6), content, 'a raw block')
  const stream = concat(Buffer.from(header, 'hex'), length, block)
  assert.deepEqual(decompress('snappy', stream, 1e6), content, 'one large block')
  assert.deepEqual(decompress('snappy', concat(stream, stream), 1e6), concat(content, content), 'two streams')
})

test('[REC14] lz4 frames of other writers are read: larger blocks, checksums, stated size', () => {
  const text = new TextEncoder().encode('hello')
  const block = concat(Uint8Array.of(5, 0, 0, 0x80), text)
  const end = new Uint8Array(4)
  const magic = Uint8Array.of(0x04, 0x22, 0x4d, 0x18)
  const size = Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0)
  const checksum = Uint8Array.of(1, 2, 3, 4)
  const frames: [string, Uint8Array][] = [
    ['4 MB blocks', concat(magic, Uint8Array.of(0x60, 0x70, 0), block, end)],
    [
      'size and block checksums',
      concat(magic, Uint8Array.of(0x78, 0x40), size, end.subarray(3), block, checksum, end),
    ],
    ['content checksum', concat(magic, Uint8Array.of(0x64, 0x40, 0), block, end, checksum)],
  ]
  for (const [what, frame] of frames) assert.deepEqual(decompress('lz4', frame, 5), text, what)
})

test('[REC15] what lz4 and snappy framing does not allow is a DecodeError', () => {
  const frame = compress('lz4', noise(1000))
  const stream = compress('snappy', noise(1000))
  const damages: ['lz4' | 'snappy', string, Uint8Array][] = [
    ['lz4', 'not an lz4 frame', frame.slice().fill(0, 0, 1)],
    ['lz4', 'unknown version', frame.slice().fill(0xa0, 4, 5)],
    ['lz4', 'depend on one another', frame.slice().fill(0x40, 4, 5)],
    ['lz4', 'dictionary', frame.slice().fill(0x61, 4, 5)],
    ['lz4', 'unknown block size', frame.slice().fill(0x30, 5, 6)],
    ['lz4', 'has no end', frame.subarray(0, frame.length - 1)],
    ['lz4', 'too large', frame.slice().fill(0x7f, 7, 10)],
    ['snappy', 'cut', stream.subarray(0, stream.length - 1)],
    ['snappy', 'cut', concat(stream, Uint8Array.of(0, 0))],
    ['snappy', 'cannot be decompressed', stream.slice().fill(0xff, 22, 30)],
    ['snappy', 'no size', new Uint8Array(0)],
  ]
  for (const [codec, message, bytes] of damages) {
    assert.throws(
      () => decompress(codec, bytes, 1e6),
      { name: 'DecodeError', message: new RegExp(message) },
      message,
    )
  }
})

test('[REC16] output above the limit is a DecodeError: bombs do not fill the memory', () => {
  const content = new Uint8Array(3_000_000)
  for (const codec of codecs) {
    const bomb = compress(codec, content)
    assert.deepEqual(decompress(codec, bomb, content.length).length, content.length, codec)
    assert.throws(() => decompress(codec, bomb, content.length - 1), DecodeError, codec)
  }
  // A snappy block that states 4 GB.
  assert.throws(
    () => decompress('snappy', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0), 1e6),
    /above the limit/,
  )
})

test('[REC15] mutated bytes either decompress within the limit or are a DecodeError', () => {
  const mutations = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(fc.constantFrom(...codecs), contents, mutations, fc.nat(), (codec, content, changes, cut) => {
      const whole = compress(codec, content)
      const mutated = whole.slice(0, cut % 3 === 0 ? cut % (whole.length + 1) : whole.length)
      for (const [at, value] of changes) if (mutated.length > 0) mutated[at % mutated.length] = value
      const limit = 100_000
      try {
        assert.ok(decompress(codec, mutated, limit).length <= limit)
      } catch (error) {
        assert.ok(error instanceof DecodeError, String(error))
      }
    }),
    { seed, numRuns: 1000 },
  )
})
