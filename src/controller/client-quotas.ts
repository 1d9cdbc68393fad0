// AlterClientQuotas (API 49): quotas of users, client ids and their pairs, and of IP addresses. Each entity of a
// request is decided on its own; a null name stands for the default of its type.

import { errors } from '../base/errors.ts'
import {
  type MetadataImage,
  type QuotaEntity,
  quotaEntityKey,
  sortedEntity,
} from '../metadata/metadata-image.ts'
import type {
  AlterClientQuotasRequest,
  EntityData,
  OpData,
} from '../protocol/generated/alter-client-quotas-request.ts'
import type { AlterClientQuotasResponse } from '../protocol/generated/alter-client-quotas-response.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { type Checked, checked, type Decision, noError, refused } from './decision.ts'

interface QuotaRule {
  readonly isWhole: boolean
  readonly max: number
}

/** By quota key (`QuotaConfig`). */
const userAndClientQuotas: ReadonlyMap<string, QuotaRule> = new Map([
  ['producer_byte_rate', { isWhole: true, max: 2 ** 63 }],
  ['consumer_byte_rate', { isWhole: true, max: 2 ** 63 }],
  ['request_percentage', { isWhole: false, max: Infinity }],
  ['controller_mutation_rate', { isWhole: false, max: Infinity }],
])
const ipQuotas: ReadonlyMap<string, QuotaRule> = new Map([
  ['connection_creation_rate', { isWhole: true, max: 2 ** 31 - 1 }],
])

/** A value is whole when it is this close to a whole number. */
const wholeTolerance = 1e-6

export function decideAlterClientQuotas(
  image: MetadataImage,
  request: AlterClientQuotasRequest,
): Decision<AlterClientQuotasResponse> {
  const records: MetadataRecord[] = []
  const distinct = request.entries.map(({ entity, ops }) => ({ entity: lastOfEachType(entity), ops }))
  const groups = Map.groupBy(distinct, ({ entity }) => quotaEntityKey(entity))
  const entries = [...groups.values()].map((given) => {
    const { entity, ops } = given[0]!
    const altered =
      given.length > 1
        ? refused(errors.INVALID_REQUEST, `${described(entity)} is in the request ${given.length} times.`)
        : alterEntity(image, entity, ops)
    if (altered.ok) records.push(...altered.value)
    return { ...(altered.ok ? noError : altered.error), entity }
  })
  return {
    records: request.validateOnly ? [] : records,
    response: { throttleTimeMs: 0, entries },
    atomic: true,
  }
}

/** Of parts of one type the last counts. */
function lastOfEachType(entity: readonly EntityData[]): EntityData[] {
  return [...new Map(entity.map((part) => [part.entityType, part])).values()]
}

function alterEntity(
  image: MetadataImage,
  entity: readonly QuotaEntity[],
  ops: readonly OpData[],
): Checked<MetadataRecord[]> {
  const rules = rulesFor(entity)
  if (!rules.ok) return rules
  const current = image.clientQuotas.get(quotaEntityKey(entity))?.values
  const records: MetadataRecord[] = []
  const seen = new Set<string>()
  for (const { key, value, remove } of ops) {
    if (seen.has(key))
      return refused(errors.INVALID_REQUEST, `Quota ${key} is in the request more than once.`)
    seen.add(key)
    const problem = remove ? undefined : valueProblem(rules.value, key, value)
    if (problem !== undefined) return refused(errors.INVALID_REQUEST, problem)
    if (remove ? current?.has(key) !== true : current?.get(key) === value) continue
    const named = sortedEntity(entity).map((part) => ({ ...part }))
    records.push({
      name: 'ClientQuotaRecord',
      value: { entity: named, key, value: remove ? 0 : value, remove },
    })
  }
  return checked(records)
}

function rulesFor(entity: readonly QuotaEntity[]): Checked<ReadonlyMap<string, QuotaRule>> {
  const types = entity.map(({ entityType }) => entityType)
  const problem = entityProblem(entity, types)
  if (problem !== undefined) return refused(errors.INVALID_REQUEST, problem)
  return checked(types.includes('ip') ? ipQuotas : userAndClientQuotas)
}

function entityProblem(entity: readonly QuotaEntity[], types: readonly string[]): string | undefined {
  if (entity.length === 0) return 'A quota needs a user, a client-id or an ip.'
  for (const { entityType, entityName } of entity) {
    if (!['user', 'client-id', 'ip'].includes(entityType)) return `Quotas of '${entityType}' are not known.`
    if (entityName === '') return `The ${entityType} of a quota cannot be empty; null stands for the default.`
    if (entityType === 'ip' && entityName !== null && !isAddress(entityName)) {
      return `'${entityName}' is no IP address or host name.`
    }
  }
  return types.includes('ip') && types.length > 1 ? 'A quota of an ip has no user or client-id.' : undefined
}

function isAddress(text: string): boolean {
  return URL.canParse(text.includes(':') ? `http://[${text}]/` : `http://${text}/`) && !/[/?#@]/.test(text)
}

function valueProblem(rules: ReadonlyMap<string, QuotaRule>, key: string, value: number): string | undefined {
  const rule = rules.get(key)
  if (rule === undefined) return `Quota ${key} is not one of ${[...rules.keys()].join(', ')}.`
  if (!(value > 0)) return `Quota ${key} must be above 0, not ${value}.`
  if (value > rule.max) return `Quota ${key} must be at most ${rule.max}, not ${value}.`
  if (rule.isWhole && value % 1 > wholeTolerance) return `Quota ${key} must be a whole number, not ${value}.`
  return undefined
}

function described(entity: readonly QuotaEntity[]): string {
  const parts = entity.map(({ entityType, entityName }) => `${entityType} ${entityName ?? '<default>'}`)
  return `The quota of ${parts.join(', ')}`
}
