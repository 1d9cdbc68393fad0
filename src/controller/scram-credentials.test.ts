import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { errorName } from '../base/errors.ts'
import { startWorld, type World } from './testing/controller-world.ts'

const sha256 = 1
const sha512 = 2
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex')

const credential = {
  name: 'alice',
  mechanism: sha256,
  iterations: 4096,
  salt: bytes('66697865642d73616c742d34303936'),
  saltedPassword: bytes('4e0a906a922ef0726a824ecd7cdab1cd499eb55db86f3bf146b494c4f58351ad'),
}

async function alter(
  { controller }: World,
  upsertions: (typeof credential)[],
  deletions: { name: string; mechanism: number }[] = [],
) {
  const { results } = await controller.alterUserScramCredentials({ upsertions, deletions })
  return results.map(({ errorCode }) => errorName(errorCode))
}

test('[SCRAM1] the keys are those that Kafka derives', async () => {
  const world = await startWorld()
  deepEqual(await alter(world, [credential]), ['NONE'])
  const [kept] = world.controller.image.scram.values()
  deepEqual(
    [kept!.name, kept!.iterations, hex(kept!.salt), hex(kept!.storedKey), hex(kept!.serverKey)],
    [
      'alice',
      4096,
      hex(credential.salt),
      'dce38d5e573603a65b5e9cbba5388a6fa03ff66d2c1a2311712d7e896eb63ca6',
      'a3975d5a793244428babb0261ed5d2c7517e3372bc961eaf5301bbfb19a5adbd',
    ],
  )
  deepEqual(await alter(world, [], [{ name: 'alice', mechanism: sha256 }]), ['NONE'])
  deepEqual(world.controller.image.scram.size, 0)
})

test('[SCRAM2] changes that name nobody, nothing known or too little work are refused', async () => {
  const world = await startWorld()
  const named = (name: string, over = {}) => ({ ...credential, name, ...over })
  const upsertions = [
    named(''),
    named('a', { mechanism: 7 }),
    named('b', { iterations: 4095 }),
    named('c', { iterations: 16_385 }),
    named('d'),
    named('d'),
    named('e', { mechanism: sha512 }),
  ]
  const deletions = [
    { name: 'a', mechanism: sha256 },
    { name: 'f', mechanism: sha256 },
  ]
  deepEqual(await alter(world, upsertions, deletions), [
    'RESOURCE_NOT_FOUND',
    'RESOURCE_NOT_FOUND',
    'UNACCEPTABLE_CREDENTIAL',
    'UNACCEPTABLE_CREDENTIAL',
    'UNACCEPTABLE_CREDENTIAL',
    'DUPLICATE_RESOURCE',
    'NONE',
  ])
  const old = await startWorld({ brokers: 0, features: [['metadata.version', 10]] })
  deepEqual(await alter(old, [credential]), ['UNSUPPORTED_VERSION'])
})
