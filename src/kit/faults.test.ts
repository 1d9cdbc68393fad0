import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { apiKeys } from '../protocol/api-keys.ts'
import { apiNames } from './api-names.ts'
import { Faults } from './faults.ts'

const produceKey = 0
const fetchKey = 1

test('[KIT14] a fault matches by API and topic, and is used up by count', () => {
  const faults = new Faults()
  const added = faults.add({ api: 'Produce', topic: 'orders', error: 'NOT_LEADER_OR_FOLLOWER', times: 2 })
  ok(added.ok)
  equal(faults.take(fetchKey, ['orders']), undefined)
  equal(faults.take(produceKey, ['other']), undefined)
  equal(faults.take(produceKey, ['other', 'orders']), added.value)
  equal(faults.take(produceKey, ['orders']), added.value)
  equal(faults.take(produceKey, ['orders']), undefined)
  equal(added.value.hits, 2)
})

test('[KIT14] faults on the same requests happen one after another, in the order they were asked for', () => {
  const faults = new Faults()
  faults.add({ api: 0, delayMs: 5 })
  faults.add({ api: 'Produce', close: 'after', times: Infinity })
  const taken = [1, 2, 3].map(() => faults.take(produceKey, []))
  deepEqual(
    taken.map((fault) => [fault?.delayMs, fault?.close]),
    [
      [5, undefined],
      [0, 'after'],
      [0, 'after'],
    ],
  )
  faults.clear()
  equal(faults.take(produceKey, []), undefined)
})

test('[KIT15] whoever waits for a hit is told when it came', async () => {
  const faults = new Faults()
  const added = faults.add({ api: 'Produce', delayMs: 1, times: 2 })
  ok(added.ok)
  const second = faults.whenHit(added.value, 2)
  faults.take(produceKey, [])
  await faults.whenHit(added.value, 1)
  faults.take(produceKey, [])
  await second
})

const refused: readonly [spec: unknown, message: RegExp][] = [
  [null, /a fault is an object/],
  [{ api: 'Produse', delayMs: 1 }, /"Produse" is not an API of Kafka; did you mean Produce\?/],
  [{ api: 4, delayMs: 1 }, /api 4 is not an API/],
  [{ delayMs: 1 }, /api undefined/],
  [{ api: 'Produce' }, /needs one of error, close, drop and delayMs/],
  [{ api: 'Produce', close: 'before', drop: true }, /one of error, close and drop/],
  [{ api: 'Produce', error: 'NOT_LEADER' }, /"NOT_LEADER" is not an error of Kafka/],
  [{ api: 'Produce', error: 'NONE' }, /"NONE" is not an error/],
  [{ api: 'Produce', error: 'toString' }, /"toString" is not an error/],
  [{ api: 'Heartbeat', topic: 'orders', delayMs: 1 }, /Heartbeat requests name no topics/],
  [{ api: 'Produce', topic: '', delayMs: 1 }, /topic ""/],
  [{ api: 'Produce', times: 0, delayMs: 1 }, /times 0/],
  [{ api: 'Produce', times: 1.5, delayMs: 1 }, /times 1\.5/],
  [{ api: 'Produce', delayMs: -1 }, /delayMs -1/],
  [{ api: 'Produce', delayMs: Infinity }, /delayMs/],
  [{ api: 'Produce', close: 'later' }, /close "later" is neither/],
  [{ api: 'Produce', drop: 'yes' }, /drop "yes"/],
  [{ api: 'Produce', delayMS: 5 }, /a fault has no delayMS; did you mean delayMs\?/],
]

test('[KIT16] a fault that makes no sense is refused in a sentence that names the field', () => {
  for (const [spec, message] of refused) {
    const added = new Faults().add(spec)
    ok(!added.ok, JSON.stringify(spec))
    match(added.error, message)
  }
})

test('[KIT16] the names of APIs are those of the protocol', () => {
  deepEqual(
    apiNames(),
    [...apiKeys.values()].map(({ name }) => name),
  )
})
