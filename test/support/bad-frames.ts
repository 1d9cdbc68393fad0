// Frames that are no request, or one the broker does not serve, by what is wrong with them; and requests damaged
// at random. Tests and the comparison with Apache Kafka send the same.

import type { Prng } from '../../src/base/prng.ts'

/** Every kind of frame that is wrong, by name. */
export function badFrames(): Record<string, Uint8Array> {
  return {
    'size 0': int32(0),
    'size -1': int32(-1),
    'size -2147483648': int32(-(2 ** 31)),
    'size 2147483647': int32(2 ** 31 - 1),
    'size above the limit': int32(104_857_601),
    'an HTTP request': Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    'a TLS hello': Buffer.from('16030100c8010000c40303', 'hex'),
    'one byte': frame(Buffer.of(0)),
    'a header cut after the key': frame(header(18, 0, 7).subarray(0, 2)),
    'a header cut after the version': frame(header(18, 0, 7).subarray(0, 4)),
    'a header cut after the correlation id': frame(header(18, 0, 7).subarray(0, 8)),
    'unknown key': frame(header(999, 0, 7)),
    'negative key': frame(header(-1, 0, 7)),
    'removed key 4': frame(header(4, 1, 7)),
    'controller key 52': frame(header(52, 0, 7)),
    'metadata version 99': frame(header(3, 99, 7)),
    'produce version 2': frame(header(0, 2, 7)),
    'fetch version 3': frame(header(1, 3, 7)),
    'negative version': frame(header(3, -1, 7)),
    'api versions 5': frame(header(18, 5, 7), Buffer.of(0)),
    'api versions 5 with the header of 0': frame(header(18, 5, 7)),
    'api versions 99': frame(header(18, 99, 7, 'x'), Buffer.of(0, 1, 2, 3)),
    'api versions 32767': frame(header(18, 32767, 7), Buffer.of(0)),
    'api versions -1': frame(header(18, -1, 7)),
    'api versions 99 of nobody': frame(header(18, 99, 7, null), Buffer.of(0)),
    'api versions 0 with bytes after it': frame(header(18, 0, 7), Buffer.alloc(50)),
    'api versions 3 with a wrong header': frame(header(18, 3, 7), Buffer.of(2, 0x61, 2, 0x62, 0)),
    'api versions 3 without a body': frame(header(18, 3, 7), Buffer.of(0)),
    'null client id': frame(header(18, 0, 7, null)),
    'client id -2': frame(Buffer.concat([header(18, 0, 7, null).subarray(0, 8), Buffer.of(0xff, 0xfe)])),
    'client id beyond the frame': frame(
      Buffer.concat([header(18, 0, 7, null).subarray(0, 8), Buffer.of(0x10, 0)]),
    ),
    'client id of 32 KiB': frame(header(18, 0, 7, 'x'.repeat(32_000))),
    'client id of bad UTF-8': frame(
      Buffer.concat([header(18, 0, 7, null).subarray(0, 8), Buffer.of(0, 2, 0xff, 0xc0)]),
    ),
    'metadata 0 of 54 million topics': frame(header(3, 0, 7), Buffer.of(3, 0x3c, 0x0c, 0, 0, 0, 0, 0)),
    'metadata 1 with count -2': frame(header(3, 1, 7), int32(-2)),
    'metadata 1 with a topic beyond the frame': frame(header(3, 1, 7), int32(1), Buffer.of(0, 9, 0x61)),
    'metadata 9 with a varint of six bytes': frame(
      header(3, 9, 7),
      Buffer.of(0, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0, 0),
    ),
    'metadata 9 with many tags': frame(
      header(3, 9, 7),
      Buffer.of(0, 1, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x07),
    ),
    'metadata 9 with a tag beyond the frame': frame(header(3, 9, 7), Buffer.of(0, 1, 1, 0, 0, 1, 5, 0x7f)),
    'fetch 12 with null topics': frame(header(1, 12, 7), Buffer.of(0), Buffer.alloc(25, 0xff), Buffer.of(0)),
  }
}

export function header(
  key: number,
  version: number,
  correlationId: number,
  clientId: string | null = 'w',
): Buffer {
  const id = Buffer.from(clientId ?? '')
  const bytes = Buffer.alloc(10 + id.length)
  bytes.writeInt16BE(key, 0)
  bytes.writeInt16BE(version, 2)
  bytes.writeInt32BE(correlationId, 4)
  bytes.writeInt16BE(clientId === null ? -1 : id.length, 8)
  id.copy(bytes, 10)
  return bytes
}

export function frame(...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([int32(body.length), body])
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value, 0)
  return bytes
}

/** A copy of a request frame with one to three bytes changed, cut out or put in; its length is right again. */
export function damaged(request: Uint8Array, prng: Prng): Buffer {
  let body = Buffer.from(request.subarray(4))
  for (let times = prng.between(1, 3); times > 0; times--) {
    const at = prng.between(0, Math.max(0, body.length - 1))
    const kind = prng.between(0, 4)
    if (body.length === 0 || kind === 2) body = body.subarray(0, at)
    else if (kind === 0) body[at] = prng.between(0, 255)
    else if (kind === 1) body.fill(0xff, at, Math.min(body.length, at + 4))
    else if (kind === 3) body = Buffer.concat([body.subarray(0, at), body.subarray(at + prng.between(1, 4))])
    else
      body = Buffer.concat([body.subarray(0, at), Buffer.alloc(prng.between(1, 9), 0x80), body.subarray(at)])
  }
  return frame(body)
}
