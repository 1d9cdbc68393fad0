// ApiVersions over the wire: what it tells agrees with Apache Kafka's facts and with what is served.

import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { frame, header } from '../support/bad-frames.ts'
import { apiVersionsCodecs, versionsFrom } from '../support/data-requests.ts'
import { goldenLines } from '../support/golden-values.ts'
import { NodeUnderTest } from './node-under-test.ts'

interface KafkaApi {
  readonly key: number
  readonly versions: readonly [number, number]
  readonly stableVersionMax: number
  readonly listeners: readonly string[]
}

const named = { clientSoftwareName: 'test-client', clientSoftwareVersion: '1.0.0' }

test("[APIVERSIONS1] every version tells the same ranges: Kafka's own, and Produce from 0 for librdkafka", async (t) => {
  const node = await NodeUnderTest.start(t)
  const kafka = new Map(goldenLines<KafkaApi>('api-versions.jsonl').map((api) => [api.key, api]))
  for (const version of versionsFrom(0, 4)) {
    const answer = await node.call(apiVersionsCodecs, version, version >= 3 ? named : {})
    equal(answer.errorCode, errors.NONE)
    for (const { apiKey, minVersion, maxVersion } of answer.apiKeys) {
      const { versions, stableVersionMax, listeners } = kafka.get(apiKey)!
      deepEqual([minVersion, maxVersion], [apiKey === 0 ? 0 : versions[0], stableVersionMax], `key ${apiKey}`)
      ok(listeners.includes('broker'))
    }
    const keys = answer.apiKeys.map(({ apiKey }) => apiKey)
    deepEqual(
      keys,
      [...new Set(keys)].sort((a, b) => a - b),
    )
  }
})

test('[APIVERSIONS2] a version that is not served is answered in version 0, with the range of ApiVersions', async (t) => {
  const node = await NodeUnderTest.start(t)
  const connection = await node.connect()
  for (const version of [5, 99, 32767]) {
    connection.send(frame(header(18, version, 42), Buffer.of(0)))
    const reader = new Reader(await connection.receive())
    equal(reader.int32(), 42)
    const answer = apiVersionsCodecs.response.decode(reader, 0)
    equal(reader.remaining, 0)
    equal(answer.errorCode, errors.UNSUPPORTED_VERSION)
    deepEqual(answer.apiKeys, [{ apiKey: 18, minVersion: 0, maxVersion: 4 }])
  }
  equal((await connection.call(apiVersionsCodecs, 0)).errorCode, errors.NONE)
})

test('[APIVERSIONS3] from version 3 on a client names itself and its version, within a pattern', async (t) => {
  const node = await NodeUnderTest.start(t)
  const bad = ['', '-kit', 'kit-', 'k it', 'k\u00e4fka', 'kit.', 'a/b']
  for (const version of [3, 4]) {
    for (const name of ['k', 'apache-kafka-java', 'x.y-z'])
      equal(
        (await node.call(apiVersionsCodecs, version, { ...named, clientSoftwareName: name })).errorCode,
        0,
      )
    for (const name of bad)
      for (const fields of [{ clientSoftwareName: name }, { clientSoftwareVersion: name }]) {
        const { errorCode } = await node.call(apiVersionsCodecs, version, { ...named, ...fields })
        equal(errorCode, errors.INVALID_REQUEST, name)
      }
  }
  equal((await node.call(apiVersionsCodecs, 2, { ...named })).errorCode, errors.NONE)
})

test('[APIVERSIONS4] features come from version 3 on, those of minimum 0 from version 4 on', async (t) => {
  const node = await NodeUnderTest.start(t)
  for (const version of [3, 4]) {
    const answer = await node.call(apiVersionsCodecs, version, named)
    ok(answer.finalizedFeaturesEpoch >= 0)
    const metadata = answer.finalizedFeatures.find(({ name }) => name === 'metadata.version')!
    equal(metadata.maxVersionLevel, metadata.minVersionLevel)
    ok(answer.finalizedFeatures.every(({ maxVersionLevel }) => maxVersionLevel > 0))
    const zero = answer.supportedFeatures.filter(({ minVersion }) => minVersion === 0)
    equal(zero.length > 0, version >= 4)
  }
})
