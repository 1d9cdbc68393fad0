// Bytes that are no request, or one the broker does not serve: each on a connection of its own, followed by what
// came back (`closed`, a frame in hexadecimal, or nothing).

import { badFrames } from '../../test/support/bad-frames.ts'
import type { Case } from './data-produce.ts'
import type { Peer } from './peer.ts'

export function wireCases(): Record<string, Case> {
  return Object.fromEntries(
    Object.entries(badFrames()).map(([name, bytes]) => [
      `wire: ${name}`,
      (peer: Peer) => sendRaw(peer, bytes),
    ]),
  )
}

async function sendRaw(peer: Peer, bytes: Uint8Array): Promise<string> {
  const connection = await peer.connect()
  connection.send(bytes)
  const timeout = new Promise<string>((resolve) => setTimeout(resolve, 1500, 'nothing'))
  return Promise.race([
    connection.receive().then(
      (frame) => Buffer.from(frame).toString('hex').slice(0, 200),
      () => 'closed',
    ),
    timeout,
  ])
}
