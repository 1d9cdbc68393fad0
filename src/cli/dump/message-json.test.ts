import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { parseSchemas } from '../../../generator/generate.ts'
import { readSchemas } from '../../../generator/read-schemas.ts'
import type { Field, Message } from '../../../generator/schema.ts'
import { zeroUuid } from '../../base/uuid.ts'
import { partitionRecord } from '../../protocol/generated/partition-record.ts'
import { messageJson } from './message-json.ts'
import { sparseFields } from './sparse-fields.ts'

test('[CLI30] fields that a version lacks and tagged defaults are left out of JSON', () => {
  const value = {
    ...partitionRecord.defaults(),
    directories: [zeroUuid],
    eligibleLeaderReplicas: [1],
    unknownTaggedFields: [{ tag: 9, bytes: new Uint8Array(1) }],
  }
  const base =
    `{"partitionId":-1,"topicId":"${zeroUuid}","replicas":[],"isr":[],"removingReplicas":[],` +
    '"addingReplicas":[],"leader":-1,'
  const epochs = '"leaderEpoch":-1,"partitionEpoch":-1'
  equal(messageJson(value, 'PartitionRecord', 0), `${base}${epochs}}`)
  const directories = `"directories":["${zeroUuid}"]`
  equal(messageJson(value, 'PartitionRecord', 1), `${base}${epochs},${directories}}`)
  const recovering = { ...value, leaderRecoveryState: 1 }
  equal(
    messageJson(recovering, 'PartitionRecord', 2),
    `${base}"leaderRecoveryState":1,${epochs},${directories},"eligibleLeaderReplicas":[1]}`,
  )
  const nested = { members: [{ groupInstanceId: null, rebalanceTimeout: 5, memberId: 'm' }] }
  equal(messageJson(nested, 'GroupMetadataValue', 2), '{"members":[{"rebalanceTimeout":5,"memberId":"m"}]}')
})

test('[CLI30] the fields that may be missing are those of the schemas', () => {
  const known = Object.entries(sparseFields).flatMap(([name, fields]) =>
    fields.map(({ path, from, to, tagDefault }) => `${name} ${path} ${from}-${to} ${tagDefault ?? ''}`),
  )
  const files = [...parseSchemas(readSchemas())].filter(([file]) => /^(?:control-)?records/.test(file))
  const messages = files
    .flatMap(([, each]) => each)
    .filter(({ kind, versions }) => kind !== 'key' && versions)
  deepEqual(known.sort(), messages.flatMap((message) => sparseIn(message, message.fields, '')).sort())
})

function sparseIn(message: Message, fields: readonly Field[], path: string): string[] {
  return fields.flatMap((field) => {
    const fieldPath = path === '' ? field.name : `${path}.${field.name}`
    const { from, to } = field.versions!
    const isSparse = from > message.versions!.from || to < message.versions!.to || field.tag !== undefined
    const last = to < message.versions!.to ? to : Number.POSITIVE_INFINITY
    const element = field.type.kind === 'array' ? field.type.element : field.type
    const inner =
      element.kind === 'struct' ? sparseIn(message, message.structs.get(element.name)!.fields, fieldPath) : []
    const own = `${message.name} ${fieldPath} ${from}-${last} ${field.tag === undefined ? '' : defaultOf(field)}`
    return isSparse ? [own, ...inner] : inner
  })
}

function defaultOf({ type, default: value }: Field): string {
  if (value !== undefined) return `${value}`
  if (type.kind === 'array') return '[]'
  return type.kind === 'primitive' && type.name === 'uuid' ? `"${zeroUuid}"` : '0'
}
