// The generator of the random comparison, without brokers.

import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { type RandomApi, randomSequence, stepText } from '../conformance/differential/random-sequence.ts'
import { Symbols } from '../conformance/differential/symbols.ts'
import { apiKeys } from '../src/protocol/api-keys.ts'
import { Reader } from '../src/protocol/reader.ts'
import { Writer } from '../src/protocol/writer.ts'
import { loadCodecs } from './support/codecs.ts'

const codecs = await loadCodecs()
/** Every API of a broker in every stable version. */
const apis: readonly RandomApi[] = [...apiKeys.values()]
  .filter(({ listeners }) => listeners.includes('broker'))
  .map(({ name, request, response }) => {
    const { message } = codecs.get(request.name)!
    return {
      name,
      message,
      request,
      response,
      versions: [request.versions[0], request.stableVersionMax] as const,
    }
  })
const sequences = Array.from({ length: 300 }, (_, index) => `test/${index}`)

test('[CONFORM1] the same seed draws the same requests', () => {
  const textsOf = (seed: string) => randomSequence(seed, apis).map(stepText)
  for (const seed of sequences.slice(0, 50)) deepEqual(textsOf(seed), textsOf(seed))
  ok(textsOf('test/0').join() !== textsOf('test/1').join())
})

test('[CONFORM2] every request can be written and read again, and every API comes', () => {
  const symbols = new Symbols('z000000001-', 1_700_000_000_000)
  const seen = new Set<string>()
  for (const { api, version, fields } of sequences.flatMap((seed) => randomSequence(seed, apis))) {
    seen.add(api.name)
    const writer = new Writer()
    const value = { ...(api.request.defaults() as object), ...(symbols.resolve(fields) as object) }
    api.request.encode(writer, value, version)
    const reader = new Reader(writer.toBytes())
    api.request.decode(reader, version)
    equal(reader.remaining, 0, `${api.name} ${version}`)
  }
  deepEqual(
    apis.map(({ name }) => name).filter((name) => !seen.has(name)),
    [],
  )
})
