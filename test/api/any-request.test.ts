// Requests of every API with fields drawn at random, among them the names of what is there: a client can ask for
// anything, and the node goes on.

import { deepEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { zeroUuid } from '../../src/base/uuid.ts'
import { apiByKey } from '../../src/protocol/api-keys.ts'
import { apiVersionsRequest } from '../../src/protocol/generated/api-versions-request.ts'
import { apiVersionsResponse } from '../../src/protocol/generated/api-versions-response.ts'
import { byName, createTopics, metadata, newTopic, unknownId } from '../support/admin-apis.ts'
import { arbitraryValue } from '../support/arbitrary-values.ts'
import { loadCodecs } from '../support/codecs.ts'
import { coordinatorReady, groupNode, soleMember } from './group-node.ts'
import type { NodeUnderTest } from './node-under-test.ts'

const apiVersions = { request: apiVersionsRequest, response: apiVersionsResponse }
const requestsPerVersion = 6
const seed = 7

const small = fc.constantFrom(-2, -1, 0, 1, 2, 3, 16, 32)
const any = fc.oneof(small, fc.constant(10_000))
const defaults: ReadonlySet<unknown> = new Set([-1, 0, 1, '', zeroUuid])
const offsets = fc.constantFrom(-2n, -1n, 0n, 1n, 2n ** 63n - 1n)

/** Values that mean something, in place of most of those drawn; defaults stay, they may be all a version can say. */
function meaningful(value: unknown, names: readonly string[], ids: readonly string[], draw: Draw): unknown {
  if (defaults.has(value) || draw(fc.nat({ max: 9 })) > 7) return value
  if (typeof value === 'number') return draw(Math.abs(value) > 0x7f ? any : small)
  if (typeof value === 'bigint') return draw(offsets)
  if (typeof value === 'string') return draw(fc.constantFrom(...(isId(value) ? ids : names)))
  if (Array.isArray(value)) return value.map((element) => meaningful(element, names, ids, draw))
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  const fields = Object.entries(value).filter(([name]) => name !== 'unknownTaggedFields')
  return Object.fromEntries(fields.map(([name, inner]) => [name, meaningful(inner, names, ids, draw)]))
}

type Draw = <T>(arbitrary: fc.Arbitrary<T>) => T

function problemsOf(node: NodeUnderTest): string[] {
  return node.logLines.filter((line) => !line.startsWith('warn'))
}

function isId(text: string): boolean {
  return /^[\w-]{22}$/.test(text)
}

test('[ADMIN2] no request of any API breaks the node', async (t) => {
  const node = await groupNode(t)
  const member = await soleMember(node, 'g')
  const names = ['a', 'g', '', 'new', '1', member.memberId, 'consumer', 'range', 'retention.ms', '1000']
  const codecs = await loadCodecs()
  const { apiKeys } = await node.call(apiVersions, 2)
  for (const { apiKey, minVersion, maxVersion } of apiKeys) {
    const { name, request } = apiByKey(apiKey)!
    const { message } = [...codecs.values()].find(({ codec }) => codec.name === request.name)!
    for (let version = Math.max(minVersion, request.versions[0]); version <= maxVersion; version++) {
      // A request before may have deleted it.
      await node.call(createTopics, 7, { topics: [newTopic('a')], timeoutMs: 5000 })
      const { topics } = await node.call(metadata, 13, { topics: byName('a') })
      const ids = [topics[0]!.topicId, unknownId]
      const arbitrary = fc
        .tuple(arbitraryValue(message, version), fc.gen())
        .map(([value, gen]) => meaningful(value, names, ids, (drawn) => gen(() => drawn)))
      for (const value of fc.sample(arbitrary, { numRuns: requestsPerVersion, seed: seed + version })) {
        const connection = await node.connect()
        // An answer may come late or not at all (acks 0): what counts is that the node has dealt with it.
        connection
          .call({ request, response: apiByKey(apiKey)!.response }, version, value as object)
          .catch(() => {})
      }
      ok(await node.call(apiVersions, 2), `after ${name} version ${version}`)
      deepEqual(problemsOf(node), [], `${name} version ${version}`)
    }
  }
  await coordinatorReady(node)
  await node.restart()
  await coordinatorReady(node)
  deepEqual(problemsOf(node), [])
})
