// A field that is set in a version without it closes the connection: no answer may do that, in any version.

import { deepEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { apiByKey } from '../../src/protocol/api-keys.ts'
import { apiVersionsRequest } from '../../src/protocol/generated/api-versions-request.ts'
import { apiVersionsResponse } from '../../src/protocol/generated/api-versions-response.ts'
import { createTopics, newTopic } from '../support/admin-apis.ts'
import { NodeUnderTest } from './node-under-test.ts'

const apiVersions = { request: apiVersionsRequest, response: apiVersionsResponse }
/** What a client that only knows defaults would send; the answer may be an error, but it is an answer. */
const admin = [3, 10, 19, 20, 32, 37, 60]
const groups = [8, 9, 11, 12, 13, 14, 15, 16, 42, 47]

test('[ADMIN1] every version of every admin and group API is answered', async (t) => {
  const node = await NodeUnderTest.start(t)
  await node.call(createTopics, 7, { topics: [newTopic('a')], timeoutMs: 5000 })
  const { apiKeys } = await node.call(apiVersions, 2)
  const asked: number[] = []
  for (const { apiKey, minVersion, maxVersion } of apiKeys.filter(({ apiKey }) =>
    [...admin, ...groups].includes(apiKey),
  )) {
    const api = apiByKey(apiKey)!
    for (let version = minVersion; version <= maxVersion; version++)
      ok(await node.call(api, version), `${api.name} version ${version}`)
    asked.push(apiKey)
  }
  deepEqual(
    asked.sort((a, b) => a - b),
    [...admin, ...groups].sort((a, b) => a - b),
  )
})
