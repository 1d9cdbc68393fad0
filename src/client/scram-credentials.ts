// Passwords of users for SCRAM (KIP-554), one attempt each. A password does not leave this program: the broker gets
// what is derived from it (RFC 5802, section 3).

import { pbkdf2Sync } from 'node:crypto'
import { errors } from '../base/errors.ts'
import { calls } from './api-call.ts'
import { failure, type Result, success } from './client-error.ts'
import type { KafkaClient } from './kafka-client.ts'

export const scramMechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
export type ScramMechanism = (typeof scramMechanisms)[number]

export interface ScramCredential {
  readonly user: string
  readonly mechanism: ScramMechanism
  readonly iterations: number
}

export interface ScramChanges {
  readonly set: readonly { readonly mechanism: ScramMechanism; iterations: number; password: string }[]
  readonly deleted: readonly ScramMechanism[]
}

/** The codes of ScramMechanism, and the hash of each. */
const mechanisms: Record<ScramMechanism, { code: number; hash: string; hashBytes: number }> = {
  'SCRAM-SHA-256': { code: 1, hash: 'sha256', hashBytes: 32 },
  'SCRAM-SHA-512': { code: 2, hash: 'sha512', hashBytes: 64 },
}

const saltBytes = 16

/** Of one user, or of all. A user without credentials has none. */
export async function describeScramCredentials(
  client: KafkaClient,
  user: string | undefined,
): Promise<Result<ScramCredential[]>> {
  const answer = await client.request('controller', calls.describeUserScramCredentials, {
    users: user === undefined ? null : [{ name: user }],
  })
  if (!answer.ok) return answer
  const { errorCode, errorMessage, results } = answer.value
  if (errorCode !== errors.NONE) return failure(errorCode, errorMessage)
  const failed = results.find(
    (each) => each.errorCode !== errors.NONE && each.errorCode !== errors.RESOURCE_NOT_FOUND,
  )
  if (failed !== undefined) return failure(failed.errorCode, failed.errorMessage)
  return success(
    results.flatMap((each) =>
      each.credentialInfos.flatMap(({ mechanism: code, iterations }) => {
        const mechanism = scramMechanisms.find((known) => mechanisms[known].code === code)
        return mechanism === undefined ? [] : { user: each.user, mechanism, iterations }
      }),
    ),
  )
}

/** All of the changes, or none. */
export async function alterScramCredentials(
  client: KafkaClient,
  user: string,
  { set, deleted }: ScramChanges,
): Promise<Result<void>> {
  const answer = await client.request('controller', calls.alterUserScramCredentials, {
    deletions: deleted.map((mechanism) => ({ name: user, mechanism: mechanisms[mechanism].code })),
    upsertions: set.map(({ mechanism, iterations, password }) => {
      const { code, hash, hashBytes } = mechanisms[mechanism]
      const salt = client.modules.random.bytes(saltBytes)
      const saltedPassword = pbkdf2Sync(password, salt, iterations, hashBytes, hash)
      return { name: user, mechanism: code, iterations, salt, saltedPassword }
    }),
  })
  if (!answer.ok) return answer
  const [result] = answer.value.results
  if (result === undefined)
    return failure(errors.UNKNOWN_SERVER_ERROR, 'the broker answered without a result')
  return result.errorCode === errors.NONE
    ? success(undefined)
    : failure(result.errorCode, result.errorMessage)
}
