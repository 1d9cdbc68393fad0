// `ottla configs` for users, clients and addresses: quotas, and of a user the credentials of SCRAM beside them. The
// lines and the refusals are those of kafka-configs.sh.

import { type ScramMechanism, scramIterations, scramMechanisms } from '../base/scram.ts'
import {
  alterClientQuotas,
  describeClientQuotas,
  type EntityQuotas,
  type QuotaEntity,
  type QuotaEntityType,
} from '../client/client-quotas.ts'
import type { ConfigChanges } from '../client/config-admin.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import {
  alterScramCredentials,
  describeScramCredentials,
  type ScramChanges,
  type ScramCredential,
} from '../client/scram-credentials.ts'
import { javaDoubleText } from '../config/config-value.ts'
import { nearestName } from '../config/nearest-name.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import type { ConfigsFlags } from './configs-command.ts'
import type { ChosenQuotas } from './configs-entity.ts'
import { reportError, reportFailure, reportUsage } from './report.ts'
import { patiently, withClient } from './with-client.ts'

const userAndClientQuotas = [
  'producer_byte_rate',
  'consumer_byte_rate',
  'request_percentage',
  'controller_mutation_rate',
] as const
const ipQuotas = ['connection_creation_rate'] as const

/** In the order of Kafka's lines, with the words of its lines and of its flags. */
const typeTexts: ReadonlyMap<QuotaEntityType, { line: string; singular: string }> = new Map([
  ['user', { line: 'user-principal', singular: 'user' }],
  ['client-id', { line: 'client-id', singular: 'client' }],
  ['ip', { line: 'ip', singular: 'ip' }],
])

export async function describeQuotas(
  modules: CliModules,
  client: KafkaClient,
  { names }: ChosenQuotas,
  { json }: ConfigsFlags,
): Promise<ExitCode> {
  const filter = new Map([...names].map(([type, name]) => [type, name === '' ? null : name]))
  const quotas = await patiently(client, () => describeClientQuotas(client, filter))
  if (!quotas.ok) return reportError(modules, quotas.error)
  let credentials: ScramCredential[] = []
  if (names.has('user') && !names.has('client-id') && names.get('user') !== '') {
    const found = await patiently(client, () => describeScramCredentials(client, names.get('user')))
    if (!found.ok) return reportError(modules, found.error)
    credentials = found.value
  }
  const lines = [...quotas.value.map(quotasLine), ...credentialLines(credentials)]
  await modules.output.write(
    json
      ? `${JSON.stringify({ quotas: quotas.value.map(jsonOf), scramCredentials: credentials })}\n`
      : lines.map((line) => `${line}\n`).join(''),
  )
  return 0
}

function quotasLine({ entity, values }: EntityQuotas): string {
  const parts = [...typeTexts].flatMap(([type, { line }]) => {
    const name = entity.get(type)
    if (name === undefined) return []
    return name === null ? `the default ${line}` : `${line} '${name}'`
  })
  const quotas = [...values].map(([name, value]) => `${name}=${javaDoubleText(value)}`)
  return `Quota configs for ${parts.join(', ')} are ${quotas.join(', ')}`
}

function credentialLines(credentials: readonly ScramCredential[]): string[] {
  const ofUsers = Map.groupBy(credentials, ({ user }) => user)
  return [...ofUsers].map(([user, ofUser]) => {
    const texts = ofUser.map(({ mechanism, iterations }) => `${mechanism}=iterations=${iterations}`)
    return `SCRAM credential configs for user-principal '${user}' are ${texts.join(', ')}`
  })
}

function jsonOf({ entity, values }: EntityQuotas): object {
  return { entity: Object.fromEntries(entity), values: Object.fromEntries(values) }
}

export async function alterQuotas(
  modules: CliModules,
  { names }: ChosenQuotas,
  changes: ConfigChanges,
  flags: ConfigsFlags,
): Promise<ExitCode> {
  const entity = new Map<QuotaEntityType, string | null>()
  for (const [type, name] of names) {
    if (name === undefined)
      return reportUsage(
        modules,
        'configs',
        `--alter needs a name or the defaults for every type: ${type} has none`,
      )
    entity.set(type, name === '' ? null : name)
  }
  const changed = [...changes.set.map(([name]) => name), ...changes.deleted]
  const problem = namesProblem(entity, changed)
  if (problem !== undefined) return reportFailure(modules, problem)
  if (changed.some(isScram)) return alterScram(modules, entity.get('user')!, changes, flags)
  const set = changes.set.map(([name, text]): [string, number] => [
    name,
    text === '' ? Number.NaN : Number(text),
  ])
  const wrong = set.findIndex(([, value]) => Number.isNaN(value))
  if (wrong >= 0)
    return reportFailure(modules, `"${changes.set[wrong]![1]}" is no number, which ${set[wrong]![0]} wants`)
  return withClient(modules, 'configs', flags, (client) =>
    alterEntity(modules, client, entity, { set, deleted: changes.deleted }, flags),
  )
}

/** Why the names cannot be configs of the entity, or not at once. */
function namesProblem(entity: QuotaEntity, names: readonly string[]): string | undefined {
  const isOfUser = entity.has('user') && !entity.has('client-id')
  const quotaNames: readonly string[] = entity.has('ip') ? ipQuotas : userAndClientQuotas
  const known = isOfUser ? [...quotaNames, ...scramMechanisms] : quotaNames
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, known)
    const hint = nearest === undefined ? `there are ${known.join(', ')}` : `did you mean ${nearest}?`
    return `there is no config ${unknown} of ${[...entity.keys()].join(' and ')}; ${hint}`
  }
  if (!names.some(isScram)) return undefined
  if (entity.get('user') === null) return 'credentials are of one user, there are none by default'
  if (!names.every(isScram)) return 'quotas and credentials of a user cannot be changed at once'
  return undefined
}

function isScram(name: string): name is ScramMechanism {
  return (scramMechanisms as readonly string[]).includes(name)
}

async function alterEntity(
  modules: CliModules,
  client: KafkaClient,
  entity: QuotaEntity,
  { set, deleted }: { set: [string, number][]; deleted: readonly string[] },
  flags: ConfigsFlags,
): Promise<ExitCode> {
  if (deleted.length > 0) {
    const before = await patiently(client, () => describeClientQuotas(client, entity))
    if (!before.ok) return reportError(modules, before.error)
    const missing = deleted.filter((name) => !before.value.some(({ values }) => values.has(name)))
    if (missing.length > 0) return reportFailure(modules, `there is no ${missing.join(', ')} to delete`)
  }
  const altered = await patiently(client, () => alterClientQuotas(client, entity, { set, deleted }))
  return altered.ok ? done(modules, entity, flags) : reportError(modules, altered.error)
}

async function alterScram(
  modules: CliModules,
  user: string,
  { set, deleted }: ConfigChanges,
  flags: ConfigsFlags,
): Promise<ExitCode> {
  const credentials: ScramChanges['set'][number][] = []
  for (const [mechanism, text] of set as readonly (readonly [ScramMechanism, string])[]) {
    const parts = /^(?:iterations=(-?\d+),)?password=(.*)$/s.exec(text)
    if (parts === null)
      return reportFailure(
        modules,
        `write ${mechanism}=[iterations=8192,password=secret], the iterations may be left out`,
      )
    const [, iterationsText = '-1', password] = parts
    const iterations = iterationsText === '-1' ? scramIterations.min : Number(iterationsText)
    if (iterations < scramIterations.min)
      return reportFailure(
        modules,
        `${iterations} iterations are too few for ${mechanism}, it wants ${scramIterations.min}`,
      )
    credentials.push({ mechanism, iterations, password: password! })
  }
  const changes: ScramChanges = { set: credentials, deleted: deleted as readonly ScramMechanism[] }
  return withClient(modules, 'configs', flags, async (client) => {
    const altered = await patiently(client, () => alterScramCredentials(client, user, changes))
    return altered.ok ? done(modules, new Map([['user', user]]), flags) : reportError(modules, altered.error)
  })
}

async function done({ output }: CliModules, entity: QuotaEntity, { json }: ConfigsFlags): Promise<ExitCode> {
  const [[type, name]] = [...entity] as [[QuotaEntityType, string | null]]
  const { singular } = typeTexts.get(type)!
  const text =
    name === null
      ? `Completed updating default config for ${singular}s in the cluster.`
      : `Completed updating config for ${singular} ${name}.`
  await output.write(json ? `${JSON.stringify({ entity: Object.fromEntries(entity) })}\n` : `${text}\n`)
  return 0
}
