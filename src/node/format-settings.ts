// What `storage format` may choose of a new cluster beside its id: feature levels, credentials of users, and the
// directory id and address of its only controller. Kafka's forms of each, Kafka's checks (Formatter, ScramParser).

import {
  type ScramMechanism,
  saltPassword,
  scramCode,
  scramIterations,
  scramKeys,
  scramMechanisms,
  scramSaltBytes,
} from '../base/scram.ts'
import { isUuid } from '../base/uuid.ts'
import type { Outcome, Random } from '../env/env.ts'
import {
  featureDependencies,
  kraftVersionFeature,
  metadataVersionFeature,
  metadataVersionName,
  scramMetadataVersionMin,
  supportedFeatures,
} from '../metadata/metadata-version.ts'
import {
  featureLevelOf,
  featuresOfRelease,
  latestRelease,
  recordedLevels,
} from '../metadata/release-features.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'

export interface InitialController {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly directoryId: string
}

/** Levels above 0 by feature, metadata.version first: those of `release`, some changed by `features` (`name=level`). */
export function initialFeatures(
  release: string | undefined,
  features: readonly string[],
): Outcome<ReadonlyMap<string, number>, string> {
  const levels = featuresOfRelease(release ?? latestRelease)
  if (levels === undefined) return failed(`there is no release ${release} that a cluster could begin with`)
  for (const text of features) {
    const [name = '', levelText = ''] = text.split('=', 2).map((part) => part.trim())
    const range = supportedFeatures.find((feature) => feature.name === name)
    if (range === undefined) return failed(`there is no feature ${name}`)
    const level = featureLevelOf(name, levelText)
    const { minSupportedVersion, maxSupportedVersion } = range
    if (level === undefined || level < minSupportedVersion || level > maxSupportedVersion)
      return failed(
        `feature ${name} has levels ${minSupportedVersion} to ${maxSupportedVersion}, not "${levelText}"`,
      )
    if (name === kraftVersionFeature && level === 0) return failed('a dynamic quorum needs kraft.version 1')
    levels.set(name, level)
  }
  for (const [name, level] of levels) {
    const needed = featureDependencies.get(`${name}:${level}`)
    if (needed !== undefined && levels.get(metadataVersionFeature)! < needed)
      return failed(
        `${name}=${level} needs ${metadataVersionFeature} ${metadataVersionName(needed)} or later`,
      )
  }
  return { ok: true, value: recordedLevels(levels) }
}

/** `SCRAM-SHA-256=[name=alice,password=secret]`, or with iterations, salt and saltedpassword in base 64. */
export function scramRecord(
  text: string,
  metadataVersion: number,
  random: Random,
): Outcome<MetadataRecord, string> {
  if (metadataVersion < scramMetadataVersionMin)
    return failed(
      `credentials need metadata.version ${metadataVersionName(scramMetadataVersionMin)} or later`,
    )
  const parts = /^(SCRAM-SHA-\d+)=\[(.*)\]$/s.exec(text)
  const mechanism = scramMechanisms.find((known) => known === parts?.[1])
  if (parts === null || mechanism === undefined)
    return failed(`write --add-scram SCRAM-SHA-256=[name=alice,password=secret], not ${text}`)
  const fields = fieldsOf(parts[2]!)
  if (!fields.ok) return fields
  return recordOf(mechanism, fields.value, random)
}

const scramFields = ['name', 'password', 'iterations', 'salt', 'saltedpassword']

function fieldsOf(text: string): Outcome<ReadonlyMap<string, string>, string> {
  const fields = new Map<string, string>()
  for (const [, name = '', quoted, bare = ''] of text.matchAll(/(\w+)=(?:"([^"]*)"|([^,]*))(?:,|$)/g)) {
    if (!scramFields.includes(name)) return failed(`--add-scram knows ${scramFields.join(', ')}, not ${name}`)
    fields.set(name, quoted ?? bare)
  }
  return { ok: true, value: fields }
}

function recordOf(
  mechanism: ScramMechanism,
  fields: ReadonlyMap<string, string>,
  random: Random,
): Outcome<MetadataRecord, string> {
  const [name, password, salted] = ['name', 'password', 'saltedpassword'].map((field) => fields.get(field))
  const iterations = Number(fields.get('iterations') ?? scramIterations.min)
  if (!name) return failed('--add-scram needs the name of a user')
  if ((password === undefined) === (salted === undefined))
    return failed(`--add-scram of ${name} needs either a password or a saltedpassword`)
  if (salted !== undefined && !fields.has('salt'))
    return failed(`the saltedpassword of ${name} needs its salt`)
  if (!(iterations >= scramIterations.min && iterations <= scramIterations.max)) {
    const range = `${scramIterations.min} to ${scramIterations.max}`
    return failed(`the credential of ${name} may have ${range} iterations, not ${fields.get('iterations')}`)
  }
  const given = fields.get('salt')
  const salt = given === undefined ? random.bytes(scramSaltBytes) : bytesOf(given)
  const saltedPassword =
    salted === undefined ? saltPassword(mechanism, password!, salt, iterations) : bytesOf(salted)
  const value = {
    name,
    mechanism: scramCode(mechanism),
    salt,
    ...scramKeys(mechanism, saltedPassword),
    iterations,
  }
  return { ok: true, value: { name: 'UserScramCredentialRecord', value } }
}

/** `1@host:9093:directoryId`, and only one of them: a quorum of several is not built yet. */
export function initialController(text: string, nodeId: number): Outcome<InitialController, string> {
  if (text.includes(','))
    return failed(
      'a quorum of several controllers is not built yet: --initial-controllers may name only this node',
    )
  const parts = /^(\d+)@(\[.+\]|[^:]+):(\d+):([\w-]+)$/.exec(text)
  if (parts === null || !isUuid(parts[4]!))
    return failed(`--initial-controllers is written id@host:port:directoryId, not ${text}`)
  const [id, port] = [Number(parts[1]), Number(parts[3])]
  if (id !== nodeId) return failed(`--initial-controllers names node ${id}, this is node ${nodeId}`)
  return {
    ok: true,
    value: { nodeId: id, host: parts[2]!.replace(/[[\]]/g, ''), port, directoryId: parts[4]! },
  }
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

function failed(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error }
}
