// Passwords of users for SCRAM (KIP-554), one attempt each. A password does not leave this program: the broker gets
// what is derived from it (RFC 5802, section 3).

import { errors } from '../base/errors.ts'
import {
  type ScramMechanism,
  saltPassword,
  scramCode,
  scramMechanismOf,
  scramSaltBytes,
} from '../base/scram.ts'
import { calls } from './api-call.ts'
import { failure, outcome, type Result, success } from './client-error.ts'
import type { KafkaClient } from './kafka-client.ts'

export interface ScramCredential {
  readonly user: string
  readonly mechanism: ScramMechanism
  readonly iterations: number
}

export interface ScramChanges {
  readonly set: readonly { readonly mechanism: ScramMechanism; iterations: number; password: string }[]
  readonly deleted: readonly ScramMechanism[]
}

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
        const mechanism = scramMechanismOf(code)
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
    deletions: deleted.map((mechanism) => ({ name: user, mechanism: scramCode(mechanism) })),
    upsertions: set.map(({ mechanism, iterations, password }) => {
      const salt = client.modules.random.bytes(scramSaltBytes)
      const saltedPassword = saltPassword(mechanism, password, salt, iterations)
      return { name: user, mechanism: scramCode(mechanism), iterations, salt, saltedPassword }
    }),
  })
  return answer.ok ? outcome(answer.value.results[0]) : answer
}
