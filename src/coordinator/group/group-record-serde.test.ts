import { deepEqual, equal, throws } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { errors } from '../../base/errors.ts'
import { zeroUuid } from '../../base/uuid.ts'
import { DecodeError } from '../../protocol/decode-error.ts'
import { GroupWorld } from '../testing/group-world.ts'
import { groupRecordSerde } from './group-record-serde.ts'
import type { GroupRecord } from './group-records.ts'

interface GoldenRecord {
  readonly topic: string
  readonly record: string
  readonly type: number
  readonly valueVersion: number
  readonly keyHex: string
  readonly valueHex: string
  readonly key: { readonly group: string; readonly topic: string; readonly partition: number }
  // biome-ignore lint/suspicious/noExplicitAny: the golden values differ by type and version
  readonly value: any
}

const goldenPath = new URL('../../../test/golden/coordinator-records.jsonl', import.meta.url)
const golden = readFileSync(goldenPath, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as GoldenRecord)
  .filter(({ topic }) => topic === '__consumer_offsets')

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

function expectedRecord({ record, key, value }: GoldenRecord): GroupRecord | undefined {
  if (record === 'GroupMetadata') {
    // biome-ignore lint/suspicious/noExplicitAny: see above
    const members = value.members.map((member: any) => ({
      groupInstanceId: null,
      rebalanceTimeout: -1,
      ...member,
      subscription: hex(member.subscription),
      assignment: hex(member.assignment),
    }))
    return {
      name: 'GroupMetadata',
      key: { group: key.group },
      value: { currentStateTimestamp: -1, ...value, members },
    }
  }
  if (record !== 'OffsetCommit' && record !== 'LegacyOffsetCommit') return undefined
  const defaults = { leaderEpoch: -1, expireTimestamp: -1, topicId: zeroUuid }
  return { name: 'OffsetCommit', key, value: { ...defaults, ...value, offset: BigInt(value.offset) } }
}

test('[GROUP28] every version of the classic records reads as Kafka wrote it, other types are skipped', () => {
  equal(golden.length > 20, true)
  for (const entry of golden) {
    const decoded = groupRecordSerde.decode(hex(entry.keyHex), hex(entry.valueHex))
    deepEqual(decoded, expectedRecord(entry), `${entry.record} ${entry.valueVersion}`)
  }
})

test('[GROUP28] the versions Kafka 4.3 writes are written byte by byte', () => {
  let count = 0
  for (const entry of golden) {
    const { record, valueVersion, type } = entry
    const isWritten =
      (record === 'OffsetCommit' && valueVersion === 4) ||
      (record === 'OffsetCommit' && valueVersion === 1 && entry.value.expireTimestamp >= 0) ||
      (record === 'GroupMetadata' && valueVersion === 3)
    if (!isWritten || type === 0) continue
    const { key, value } = groupRecordSerde.encode(expectedRecord(entry)!)!
    equal(Buffer.from(key).toString('hex'), entry.keyHex)
    equal(Buffer.from(value!).toString('hex'), entry.valueHex)
    count++
  }
  equal(count, 5)
})

test('[GROUP28] a null value is a tombstone', () => {
  const tombstones: GroupRecord[] = [
    { name: 'OffsetCommit', key: { group: 'g', topic: 't', partition: 3 }, value: null },
    { name: 'GroupMetadata', key: { group: 'g' }, value: null },
  ]
  for (const record of tombstones) {
    const { key, value } = groupRecordSerde.encode(record)!
    equal(value, null)
    deepEqual(groupRecordSerde.decode(key, value), record)
  }
})

test('[GROUP29] a record cut short anywhere, of an unknown version or with a false length is refused', () => {
  for (const entry of golden.filter(({ type }) => type <= 2)) {
    const value = hex(entry.valueHex)
    for (let length = 0; length < value.length; length++)
      throws(() => groupRecordSerde.decode(hex(entry.keyHex), value.subarray(0, length)), DecodeError)
  }
  const key = groupRecordSerde.encode({ name: 'GroupMetadata', key: { group: 'g' }, value: null })!.key
  throws(() => groupRecordSerde.decode(key, new Uint8Array([0, 5])), /version 5/)
  const hugeArray = hex('0003' + '0000' + '00000001' + 'ffff' + 'ffff' + '0000000000000000' + '7fffffff')
  throws(() => groupRecordSerde.decode(key, hugeArray), DecodeError)
})

test('[GROUP30] a group id that its record cannot hold is refused and leaves nothing behind', async () => {
  const world = await GroupWorld.start()
  const groupId = 'g'.repeat(40_000)
  equal((await world.join({ groupId, apiVersion: 3 })).response?.errorCode, errors.UNKNOWN_SERVER_ERROR)
  equal(await world.commitError({ groupId }), errors.UNKNOWN_SERVER_ERROR)
  equal((await world.describe(groupId)).errorCode, errors.GROUP_ID_NOT_FOUND)
  equal(world.log.batches.length, 0)
})
