// Quotas of users, clients and addresses (KIP-546), one attempt each.

import { errors } from '../base/errors.ts'
import { calls } from './api-call.ts'
import { failure, outcome, type Result, success } from './client-error.ts'
import type { KafkaClient } from './kafka-client.ts'

/** ClientQuotaEntity's types. */
export type QuotaEntityType = 'user' | 'client-id' | 'ip'

/** Names by type; null stands for all that have no quota of their own. */
export type QuotaEntity = ReadonlyMap<QuotaEntityType, string | null>

/** Of each type one name, null as in an entity, or undefined: any. */
export type QuotaFilter = ReadonlyMap<QuotaEntityType, string | null | undefined>

export interface EntityQuotas {
  readonly entity: QuotaEntity
  readonly values: ReadonlyMap<string, number>
}

export interface QuotaChanges {
  readonly set: readonly (readonly [name: string, value: number])[]
  readonly deleted: readonly string[]
}

/** The codes of ClientQuotaFilterComponent. */
const matchTypes = { exact: 0, default: 1, any: 2 } as const

/** Of the entities that have exactly the types of the filter. */
export async function describeClientQuotas(
  client: KafkaClient,
  filter: QuotaFilter,
): Promise<Result<EntityQuotas[]>> {
  const answer = await client.request('any', calls.describeClientQuotas, {
    components: [...filter].map(([entityType, name]) => ({
      entityType,
      matchType: name === undefined ? matchTypes.any : name === null ? matchTypes.default : matchTypes.exact,
      match: name ?? null,
    })),
    strict: true,
  })
  if (!answer.ok) return answer
  const { errorCode, errorMessage, entries } = answer.value
  if (errorCode !== errors.NONE) return failure(errorCode, errorMessage)
  return success(
    (entries ?? []).map(({ entity, values }) => ({
      entity: new Map(
        entity.map(({ entityType, entityName }) => [entityType as QuotaEntityType, entityName]),
      ),
      values: new Map(values.map(({ key, value }) => [key, value])),
    })),
  )
}

/** All of the changes, or none. */
export async function alterClientQuotas(
  client: KafkaClient,
  entity: QuotaEntity,
  { set, deleted }: QuotaChanges,
): Promise<Result<void>> {
  const answer = await client.request('controller', calls.alterClientQuotas, {
    entries: [
      {
        entity: [...entity].map(([entityType, entityName]) => ({ entityType, entityName })),
        ops: [
          ...set.map(([key, value]) => ({ key, value, remove: false })),
          ...deleted.map((key) => ({ key, value: 0, remove: true })),
        ],
      },
    ],
    validateOnly: false,
  })
  return answer.ok ? outcome(answer.value.entries[0]) : answer
}
