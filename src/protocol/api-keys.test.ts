import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goldenLines } from '../../test/support/golden-values.ts'
import { errorMessage, errorName, errors, isRetriable } from '../base/errors.ts'
import { apiByKey, apiKeys } from './api-keys.ts'

interface GoldenApi {
  readonly key: number
  readonly name: string
  readonly versions: [number, number] | null
  readonly stableVersionMax: number
  readonly listeners: string[]
  readonly requestHeaderVersions: number[]
  readonly responseHeaderVersions: number[]
}

test('[API1] the table of APIs is that of Kafka 4.3', () => {
  const golden = goldenLines<GoldenApi>('api-versions.jsonl')
  for (const expected of golden) {
    const api = apiByKey(expected.key)
    if (expected.versions === null) {
      assert.equal(api, undefined)
      continue
    }
    assert.ok(api !== undefined, expected.name)
    const [from, to] = api.requestVersions
    const versions = Array.from({ length: to - from + 1 }, (_, index) => from + index)
    assert.deepEqual(
      {
        key: api.key,
        name: api.name,
        versions: api.requestVersions,
        stableVersionMax: api.request.stableVersionMax,
        listeners: api.listeners,
        requestHeaderVersions: versions.map((version) => api.requestHeaderVersion(version)),
        responseHeaderVersions: versions.map((version) => api.responseHeaderVersion(version)),
      },
      expected,
    )
    assert.deepEqual(api.response.versions, api.requestVersions, expected.name)
  }
  assert.equal(apiKeys.size, golden.filter((api) => api.versions !== null).length)
  assert.equal(apiByKey(1000), undefined)
})

test('[API2] errors have names and words, unknown codes are UNKNOWN_SERVER_ERROR', () => {
  for (const [name, code] of Object.entries(errors)) {
    assert.equal(errorName(code), name)
    assert.equal(errorMessage(code) === '', code === errors.NONE, name)
  }
  assert.equal(errorName(9999), 'UNKNOWN_SERVER_ERROR')
  assert.equal(isRetriable(9999), false)
  assert.equal(isRetriable(errors.NOT_LEADER_OR_FOLLOWER), true)
  assert.equal(isRetriable(errors.INVALID_REQUEST), false)
})
