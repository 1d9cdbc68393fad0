// Quotas, credentials, ACLs and delegation tokens of a whole node without security, in every version.

import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import type { ComponentData } from '../../src/protocol/generated/describe-client-quotas-request.ts'
import {
  alterClientQuotas,
  alterUserScramCredentials,
  createAcls,
  createDelegationToken,
  deleteAcls,
  describeAcls,
  describeClientQuotas,
  describeDelegationToken,
  describeUserScramCredentials,
  expireDelegationToken,
  renewDelegationToken,
} from '../support/cluster-apis.ts'
import { versionsFrom } from '../support/data-requests.ts'
import { NodeUnderTest } from './node-under-test.ts'

const match = { exact: 0, default: 1, specified: 2 } as const

function part(entityType: string, entityName: string | null) {
  return { entityType, entityName }
}

async function setQuota(
  node: NodeUnderTest,
  version: number,
  entity: ReturnType<typeof part>[],
  key: string,
  value: number,
) {
  const entries = [{ entity, ops: [{ key, value, remove: false }] }]
  const response = await node.call(alterClientQuotas, version, { entries })
  return response.entries[0]!.errorCode
}

async function describedQuotas(
  node: NodeUnderTest,
  version: number,
  components: ComponentData[],
  strict = false,
) {
  const { errorCode, entries } = await node.call(describeClientQuotas, version, { components, strict })
  return errorCode === errors.NONE ? entries : errorCode
}

test('[QUOTA3] quotas that were set are told to the filters that match them', async (t) => {
  const node = await NodeUnderTest.start(t)
  for (const version of versionsFrom(0, 1)) {
    const pair = [part('client-id', null), part('user', 'ann')]
    equal(await setQuota(node, version, pair, 'producer_byte_rate', 1024), errors.NONE)
    equal(await setQuota(node, version, [part('ip', '10.0.0.1')], 'connection_creation_rate', 5), errors.NONE)
    const wrong = await setQuota(node, version, [part('ip', '10.0.0.1')], 'producer_byte_rate', 5)
    equal(wrong, errors.INVALID_REQUEST)
    const ofPair = { entity: pair, values: [{ key: 'producer_byte_rate', value: 1024 }] }
    const ofIp = {
      entity: [part('ip', '10.0.0.1')],
      values: [{ key: 'connection_creation_rate', value: 5 }],
    }
    const exactly = (entityType: string, name: string) => [
      { entityType, matchType: match.exact, match: name },
    ]
    const any = (entityType: string) => ({ entityType, matchType: match.specified, match: null })
    const byDefault = { entityType: 'client-id', matchType: match.default, match: null }
    equal(((await describedQuotas(node, version, [])) as unknown[]).length, 2)
    deepEqual(await describedQuotas(node, version, exactly('user', 'ann')), [ofPair])
    deepEqual(await describedQuotas(node, version, exactly('user', 'ann'), true), [])
    deepEqual(await describedQuotas(node, version, [any('user'), byDefault], true), [ofPair])
    deepEqual(await describedQuotas(node, version, exactly('user', 'bob')), [])
    deepEqual(await describedQuotas(node, version, [any('ip')]), [ofIp])
  }
  await node.restart()
  equal(((await describedQuotas(node, 1, [])) as unknown[]).length, 2)
})

test('[QUOTA4] a filter that makes no sense is refused', async (t) => {
  const node = await NodeUnderTest.start(t)
  const filters: readonly (readonly [parts: readonly [string, number, string | null][], error: number])[] = [
    [[['', match.specified, null]], errors.INVALID_REQUEST],
    [[['cat', match.specified, null]], errors.UNSUPPORTED_VERSION],
    [[['user', match.exact, null]], errors.INVALID_REQUEST],
    [[['user', match.default, 'ann']], errors.INVALID_REQUEST],
    [[['user', match.specified, 'ann']], errors.INVALID_REQUEST],
    [[['user', 9, 'ann']], errors.INVALID_REQUEST],
    [
      [
        ['user', match.specified, null],
        ['user', match.specified, null],
      ],
      errors.INVALID_REQUEST,
    ],
    [
      [
        ['user', match.specified, null],
        ['ip', match.specified, null],
      ],
      errors.INVALID_REQUEST,
    ],
  ]
  for (const version of versionsFrom(0, 1))
    for (const [parts, error] of filters) {
      const components = parts.map(([entityType, matchType, name]) => ({
        entityType,
        matchType,
        match: name,
      }))
      equal(await describedQuotas(node, version, components), error)
    }
})

test('[SCRAM3] mechanisms and iterations of users are told, and nothing else of their credentials', async (t) => {
  const node = await NodeUnderTest.start(t)
  const upsertion = { name: 'ann', salt: Buffer.from('salt'), saltedPassword: Buffer.from('0123456789') }
  const { results: altered } = await node.call(alterUserScramCredentials, 0, {
    upsertions: [{ ...upsertion, mechanism: 1, iterations: 4096 }],
    deletions: [{ name: 'nobody', mechanism: 1 }],
  })
  deepEqual(new Map(altered.map(({ user, errorCode }) => [user, errorCode])).get('ann'), errors.NONE)
  deepEqual(
    new Map(altered.map(({ user, errorCode }) => [user, errorCode])).get('nobody'),
    errors.RESOURCE_NOT_FOUND,
  )
  const described = async (...users: string[]) => {
    const asked = users.length === 0 ? null : users.map((name) => ({ name }))
    const { results } = await node.call(describeUserScramCredentials, 0, { users: asked })
    return results.map(({ user, errorCode, credentialInfos }) => [user, errorCode, credentialInfos])
  }
  const ann = ['ann', errors.NONE, [{ mechanism: 1, iterations: 4096 }]]
  deepEqual(await described(), [ann])
  deepEqual(await described('ann', 'bob', 'cat', 'cat'), [
    ann,
    ['bob', errors.RESOURCE_NOT_FOUND, []],
    ['cat', errors.DUPLICATE_RESOURCE, []],
  ])
})

test('[SECURITY1] without an authorizer ACLs are SECURITY_DISABLED', async (t) => {
  const node = await NodeUnderTest.start(t)
  const acl = { resourceType: 2, resourceName: 't', principal: 'User:ann', host: '*', operation: 3 }
  const creation = { ...acl, resourcePatternType: 3, permissionType: 3 }
  const filter = {
    resourceTypeFilter: 2,
    resourceNameFilter: null,
    patternTypeFilter: 3,
    principalFilter: null,
    hostFilter: null,
    operation: 1,
    permissionType: 1,
  }
  for (const version of versionsFrom(1, 3)) {
    const described = await node.call(describeAcls, version, filter)
    deepEqual([described.errorCode, described.resources], [errors.SECURITY_DISABLED, []])
    const created = await node.call(createAcls, version, { creations: [creation, creation] })
    deepEqual(
      created.results.map(({ errorCode }) => errorCode),
      [errors.SECURITY_DISABLED, errors.SECURITY_DISABLED],
    )
    const deleted = await node.call(deleteAcls, version, { filters: [filter] })
    deepEqual(
      deleted.filterResults.map(({ errorCode, matchingAcls }) => [errorCode, matchingAcls]),
      [[errors.SECURITY_DISABLED, []]],
    )
  }
})

test('[SECURITY2] delegation tokens are not allowed over a connection that anybody may open', async (t) => {
  const node = await NodeUnderTest.start(t)
  const refused = errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED
  for (const version of versionsFrom(1, 3)) {
    const created = await node.call(createDelegationToken, version, { maxLifetimeMs: -1 })
    equal(created.errorCode, refused)
    deepEqual([created.principalType, created.principalName], ['User', 'ANONYMOUS'])
    equal(created.tokenRequesterPrincipalName, version >= 3 ? 'ANONYMOUS' : '')
    const described = await node.call(describeDelegationToken, version, { owners: null })
    deepEqual([described.errorCode, described.tokens], [refused, []])
  }
  for (const version of versionsFrom(1, 2)) {
    equal((await node.call(renewDelegationToken, version)).errorCode, refused)
    equal((await node.call(expireDelegationToken, version)).errorCode, refused)
  }
})
