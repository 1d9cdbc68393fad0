// What SCRAM derives from a password (RFC 5802, section 3): a client sends the salted password to be kept, a server
// keeps the two keys by which it checks a client, and no more.

import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

export const scramMechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
export type ScramMechanism = (typeof scramMechanisms)[number]

/** RFC 7677 and Kafka ask for at least so many; more than the limit would let a login cost seconds. */
export const scramIterations = { min: 4096, max: 16_384 } as const

export const scramSaltBytes = 16

/** ScramMechanism's codes. */
const mechanisms: Record<ScramMechanism, { code: number; hash: 'sha256' | 'sha512'; hashBytes: number }> = {
  'SCRAM-SHA-256': { code: 1, hash: 'sha256', hashBytes: 32 },
  'SCRAM-SHA-512': { code: 2, hash: 'sha512', hashBytes: 64 },
}

export function scramCode(mechanism: ScramMechanism): number {
  return mechanisms[mechanism].code
}

export function scramMechanismOf(code: number): ScramMechanism | undefined {
  return scramMechanisms.find((mechanism) => mechanisms[mechanism].code === code)
}

export function saltPassword(
  mechanism: ScramMechanism,
  password: string,
  salt: Uint8Array,
  iterations: number,
): Uint8Array {
  const { hash, hashBytes } = mechanisms[mechanism]
  return pbkdf2Sync(password, salt, iterations, hashBytes, hash)
}

export function scramKeys(
  mechanism: ScramMechanism,
  saltedPassword: Uint8Array,
): { readonly storedKey: Uint8Array; readonly serverKey: Uint8Array } {
  const { hash } = mechanisms[mechanism]
  const clientKey = createHmac(hash, saltedPassword).update('Client Key').digest()
  return {
    storedKey: createHash(hash).update(clientKey).digest(),
    serverKey: createHmac(hash, saltedPassword).update('Server Key').digest(),
  }
}
