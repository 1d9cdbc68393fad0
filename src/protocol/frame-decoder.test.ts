import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameDecoder } from './frame-decoder.ts'

function framed(body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + body.length)
  new DataView(bytes.buffer).setInt32(0, body.length)
  bytes.set(body, 4)
  return bytes
}

function collect(frameBytesMax = 1 << 20) {
  const frames: Uint8Array[] = []
  const decoder = new FrameDecoder({ frameBytesMax }, { onFrame: (frame) => frames.push(frame) })
  return { frames, decoder }
}

test('[FRAME1] frames come out whole and in order however the stream is cut', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 8 })
  const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(bodies, cuts, (expected, sizes) => {
      const stream = Buffer.concat(expected.map(framed))
      const { frames, decoder } = collect()
      for (let at = 0, index = 0; at < stream.length; index += 1) {
        const size = sizes[index % sizes.length]!
        assert.deepEqual(decoder.push(new Uint8Array(stream.subarray(at, at + size))), { ok: true })
        at += size
      }
      assert.deepEqual(frames, expected)
    }),
    { numRuns: 200 },
  )
})

test('[FRAME2] frames stay as they are when their chunk is written over', () => {
  const chunk = new Uint8Array([...framed(new Uint8Array([1, 2])), ...framed(new Uint8Array([3]))])
  const { frames, decoder } = collect()
  decoder.push(chunk)
  chunk.fill(9)
  assert.deepEqual(frames, [new Uint8Array([1, 2]), new Uint8Array([3])])
})

test('[FRAME2] bytes come out the same whether they are put where there is room or not', () => {
  const large = fc.integer({ min: 0, max: 200_000 }).map((size) => new Uint8Array(size).fill(size))
  const cuts = fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(fc.array(large, { maxLength: 4 }), cuts, fc.boolean(), (expected, sizes, takesRoom) => {
      const stream = Buffer.concat(expected.map(framed))
      const { frames, decoder } = collect()
      for (let at = 0, index = 0; at < stream.length; index += 1) {
        const room = takesRoom ? decoder.room() : undefined
        const size = Math.min(sizes[index % sizes.length]!, room?.length ?? stream.length)
        const read = stream.subarray(at, at + size)
        room?.set(read)
        decoder.push(room === undefined ? Uint8Array.from(read) : room.subarray(0, read.length))
        at += size
      }
      assert.deepEqual(frames, expected)
    }),
    { numRuns: 100 },
  )
})

test('[FRAME2] much of a begun frame is left: it has room where it will lie', () => {
  const { frames, decoder } = collect()
  const bytes = framed(new Uint8Array(100_000).fill(7))
  assert.equal(decoder.room(), undefined)
  decoder.push(bytes.slice(0, 40_000))
  const room = decoder.room()!
  assert.equal(room.length, bytes.length - 40_000)
  room.set(bytes.subarray(40_000))
  decoder.push(room)
  assert.equal(frames[0]!.buffer, room.buffer)
  assert.deepEqual(frames, [new Uint8Array(100_000).fill(7)])
  assert.equal(decoder.room(), undefined)
})

test('[FRAME2] a large length alone takes no memory', () => {
  const frameBytesMax = 100 * 1024 * 1024
  const before = process.memoryUsage().arrayBuffers
  const decoders = Array.from({ length: 100 }, () => collect(frameBytesMax).decoder)
  const length = new Uint8Array(4)
  new DataView(length.buffer).setInt32(0, frameBytesMax)
  for (const decoder of decoders) decoder.push(length)
  assert.ok(process.memoryUsage().arrayBuffers - before < 10 * 1024 * 1024)
})

test('[FRAME2] frames over several chunks do not share memory', () => {
  const { frames, decoder } = collect()
  for (const body of [new Uint8Array(50).fill(1), new Uint8Array(50).fill(2)]) {
    const bytes = framed(body)
    decoder.push(bytes.slice(0, 20))
    decoder.push(bytes.slice(20))
  }
  assert.deepEqual(frames, [new Uint8Array(50).fill(1), new Uint8Array(50).fill(2)])
})

test('[FRAME3] a length that is negative or above the limit ends the stream', () => {
  const message = (size: number) => `a frame announces ${size} bytes; 0 to 10 are allowed`
  const whole = collect(10)
  assert.deepEqual(whole.decoder.push(framed(new Uint8Array(11))), { ok: false, message: message(11) })
  const split = collect(10)
  assert.deepEqual(split.decoder.push(new Uint8Array([0xff, 0xff])), { ok: true })
  assert.deepEqual(split.decoder.push(new Uint8Array([0xff, 0xff, 0])), { ok: false, message: message(-1) })
  assert.deepEqual(split.decoder.push(framed(new Uint8Array(1))), { ok: false, message: message(-1) })
  assert.deepEqual([...whole.frames, ...split.frames], [])
})
