// Member ids are a readable prefix and a random UUID (version 4): unique without asking anyone.

import type { Random } from '../../env/env.ts'

/** `<prefix>-<uuid>`, the prefix being the client id or the group instance id. */
export function newMemberId(prefix: string, random: Random): string {
  const bytes = random.bytes(16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  )
  return `${prefix}-${uuid}`
}
