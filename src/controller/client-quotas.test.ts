import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errorName } from '../base/errors.ts'
import type { QuotaEntity } from '../metadata/metadata-image.ts'
import { startWorld, type World } from './testing/controller-world.ts'

type Entity = Readonly<Record<string, string | null>>
type Ops = Readonly<Record<string, number | null>>

const entityOf = (entity: Entity): QuotaEntity[] =>
  Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName }))

async function alter(
  { controller }: World,
  changes: readonly (readonly [Entity, Ops])[],
  validateOnly = false,
) {
  const entries = changes.map(([entity, ops]) => ({
    entity: entityOf(entity),
    ops: Object.entries(ops).map(([key, value]) => ({ key, value: value ?? 0, remove: value === null })),
  }))
  const response = await controller.alterClientQuotas({ entries, validateOnly })
  return response.entries.map(({ errorCode }) => errorName(errorCode))
}

const quotasOf = ({ controller }: World) =>
  [...controller.image.clientQuotas.values()].map(({ entity, values }) => [
    entity.map(({ entityType, entityName }) => `${entityType}=${entityName}`).join(),
    Object.fromEntries(values),
  ])

test('[QUOTA1] quotas of every kind of entity are set, changed and removed', async () => {
  const world = await startWorld()
  const alice = { user: 'alice', 'client-id': 'app' }
  deepEqual(await alter(world, [[alice, { producer_byte_rate: 1000, request_percentage: 12.5 }]]), ['NONE'])
  deepEqual(await alter(world, [[{ 'client-id': 'app', user: 'alice' }, { producer_byte_rate: null }]]), [
    'NONE',
  ])
  deepEqual(quotasOf(world), [['client-id=app,user=alice', { request_percentage: 12.5 }]])
  deepEqual(await alter(world, [[alice, { request_percentage: null }]]), ['NONE'])
  deepEqual(await alter(world, [[{ user: null }, { consumer_byte_rate: 1 }]]), ['NONE'])
  deepEqual(quotasOf(world), [['user=null', { consumer_byte_rate: 1 }]])
  const before = world.log.records.length
  deepEqual(await alter(world, [[{ user: null }, { consumer_byte_rate: 1, producer_byte_rate: null }]]), [
    'NONE',
  ])
  deepEqual(await alter(world, [[{ ip: '::1' }, { connection_creation_rate: 5 }]], true), ['NONE'])
  equal(world.log.records.length, before)
})

test('[QUOTA2] entities, keys and values that mean nothing are refused, each on its own', async () => {
  const world = await startWorld()
  const cases: (readonly [Entity, Ops])[] = [
    [{}, { producer_byte_rate: 1 }],
    [{ host: 'a' }, { producer_byte_rate: 1 }],
    [{ user: '' }, { producer_byte_rate: 1 }],
    [{ user: 'a', ip: '10.0.0.1' }, { connection_creation_rate: 1 }],
    [{ ip: 'not an address' }, { connection_creation_rate: 1 }],
    [{ ip: '10.0.0.2' }, { producer_byte_rate: 1 }],
    [{ user: 'g' }, { consumer_byte_rate: Infinity }],
    [{ ip: '10.0.0.3' }, { connection_creation_rate: 2 ** 31 }],
    [{ user: 'b' }, { unknown: 1 }],
    [{ user: 'c' }, { producer_byte_rate: 0 }],
    [{ user: 'd' }, { producer_byte_rate: 1.5 }],
    [{ user: 'e' }, { producer_byte_rate: Number.NaN }],
    [{ user: 'f' }, { producer_byte_rate: 2 }],
  ]
  deepEqual(await alter(world, cases), [...Array<string>(12).fill('INVALID_REQUEST'), 'NONE'])
  deepEqual(await alter(world, [cases.at(-1)!, cases.at(-1)!]), ['INVALID_REQUEST'])
})
