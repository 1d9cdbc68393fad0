// Fresh ids as Kafka makes them (`Uuid.randomUuid`): version 4, none of the reserved ones, and none whose text
// begins with a dash, for it would read as an option on a command line.

import { uuidFromBytes } from '../base/uuid.ts'

/** `Random` is one. */
interface ByteSource {
  bytes(count: number): Uint8Array
}

export function randomUuid(random: ByteSource): string {
  for (;;) {
    const bytes = random.bytes(16)
    bytes[6] = (bytes[6]! & 0x0f) | 0x40
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    const uuid = uuidFromBytes(bytes)
    if (!uuid.startsWith('-')) return uuid
  }
}
