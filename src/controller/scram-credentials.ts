// AlterUserScramCredentials (API 51): credentials of users, one change for each user in a request. The request
// brings the salted password; the log keeps what a server needs to check a client, and no more (RFC 5802).

import { errors } from '../base/errors.ts'
import { type ScramMechanism, scramIterations, scramKeys, scramMechanismOf } from '../base/scram.ts'
import { type MetadataImage, scramKey } from '../metadata/metadata-image.ts'
import { scramMetadataVersionMin } from '../metadata/metadata-version.ts'
import type {
  AlterUserScramCredentialsRequest,
  ScramCredentialDeletion,
  ScramCredentialUpsertion,
} from '../protocol/generated/alter-user-scram-credentials-request.ts'
import type { AlterUserScramCredentialsResponse } from '../protocol/generated/alter-user-scram-credentials-response.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { type Checked, checked, type Decision, noError, refused } from './decision.ts'

type Change =
  | { readonly kind: 'delete'; readonly deletion: ScramCredentialDeletion }
  | { readonly kind: 'upsert'; readonly upsertion: ScramCredentialUpsertion }

export function decideAlterUserScramCredentials(
  image: MetadataImage,
  request: AlterUserScramCredentialsRequest,
): Decision<AlterUserScramCredentialsResponse> {
  const changes: (readonly [string, Change])[] = [
    ...request.deletions.map((deletion) => [deletion.name, { kind: 'delete', deletion }] as const),
    ...request.upsertions.map((upsertion) => [upsertion.name, { kind: 'upsert', upsertion }] as const),
  ]
  const records: MetadataRecord[] = []
  const results = [...Map.groupBy(changes, ([user]) => user)].map(([user, given]) => {
    const change = given[0]![1]
    const first = alterCredential(image, change)
    const altered =
      first.ok && given.length > 1
        ? refused(errors.DUPLICATE_RESOURCE, `User '${user}' is in the request ${given.length} times.`)
        : first.ok && change.kind === 'upsert' && change.upsertion.saltedPassword.length === 0
          ? refused(errors.UNACCEPTABLE_CREDENTIAL, `The salted password of user '${user}' is empty.`)
          : first
    if (altered.ok) records.push(altered.value)
    return { user, ...(altered.ok ? noError : altered.error) }
  })
  return { records, response: { throttleTimeMs: 0, results }, atomic: true }
}

function alterCredential(image: MetadataImage, change: Change): Checked<MetadataRecord> {
  if (image.features.metadataVersion < scramMetadataVersionMin) {
    const version = image.features.metadataVersion
    return refused(
      errors.UNSUPPORTED_VERSION,
      `Credentials need metadata.version 11, the cluster has ${version}.`,
    )
  }
  return change.kind === 'delete'
    ? deleteCredential(image, change.deletion)
    : upsertCredential(change.upsertion)
}

function deleteCredential(
  image: MetadataImage,
  { name, mechanism }: ScramCredentialDeletion,
): Checked<MetadataRecord> {
  const known = checkedMechanism(name, mechanism)
  if (!known.ok) return known
  if (image.scram.has(scramKey(mechanism, name))) {
    return checked({ name: 'RemoveUserScramCredentialRecord', value: { name, mechanism } })
  }
  return refused(errors.RESOURCE_NOT_FOUND, `User '${name}' has no credential of mechanism ${mechanism}.`)
}

function upsertCredential(upsertion: ScramCredentialUpsertion): Checked<MetadataRecord> {
  const { name, mechanism, salt, saltedPassword, iterations } = upsertion
  const known = checkedMechanism(name, mechanism)
  if (!known.ok) return known
  if (iterations < scramIterations.min || iterations > scramIterations.max) {
    const range = `${scramIterations.min} to ${scramIterations.max}`
    return refused(
      errors.UNACCEPTABLE_CREDENTIAL,
      `The credential of user '${name}' has ${iterations} iterations, allowed are ${range}.`,
    )
  }
  const value = { name, mechanism, salt, ...scramKeys(known.value, saltedPassword), iterations }
  return checked({ name: 'UserScramCredentialRecord', value })
}

function checkedMechanism(name: string, code: number): Checked<ScramMechanism> {
  if (name === '')
    return refused(errors.UNACCEPTABLE_CREDENTIAL, 'A user with a credential must have a name.')
  const mechanism = scramMechanismOf(code)
  if (mechanism !== undefined) return checked(mechanism)
  return refused(errors.UNSUPPORTED_SASL_MECHANISM, `SCRAM mechanism ${code} is not known.`)
}
