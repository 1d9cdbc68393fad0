import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeGroupsResponse } from './generated/describe-groups-response.ts'
import { fetchRequest } from './generated/fetch-request.ts'
import { metadataRequest } from './generated/metadata-request.ts'
import { encodeMessage, hasVersion } from './message.ts'
import { DecodeError, Reader } from './reader.ts'
import { EncodeError } from './writer.ts'

function bytes(hex: string): Reader {
  return new Reader(new Uint8Array(Buffer.from(hex, 'hex')))
}

test('[WIRE8] a field that the version cannot carry is refused unless default or ignorable', () => {
  const value = { ...fetchRequest.defaults(), rackId: 'r1', sessionId: 9 }
  assert.ok(encodeMessage(fetchRequest, value, 4).length > 0, 'ignorable fields are left out')
  const replica = { ...fetchRequest.defaults(), replicaId: 3 }
  assert.throws(
    () => encodeMessage(fetchRequest, replica, 15),
    (error) =>
      error instanceof EncodeError &&
      error.message === 'FetchRequest.replicaId is set, but version 15 cannot carry it',
  )
  const state = { ...fetchRequest.defaults(), replicaState: { replicaId: 3, replicaEpoch: 0 } }
  assert.throws(() => encodeMessage(fetchRequest, state, 14), /FetchRequest.replicaState is set/)
  const unknown = { ...fetchRequest.defaults(), unknownTaggedFields: [{ tag: 99, bytes: new Uint8Array(0) }] }
  assert.throws(() => encodeMessage(fetchRequest, unknown, 11), /FetchRequest.unknownTaggedFields is set/)
})

test('[WIRE8] null is refused in a version where the field may not be null', () => {
  const all = { ...metadataRequest.defaults(), topics: null }
  assert.ok(encodeMessage(metadataRequest, all, 1).length > 0)
  assert.throws(
    () => encodeMessage(metadataRequest, all, 0),
    /MetadataRequest.topics is null, which version 0/,
  )
})

test('[WIRE5] a tag that the version does not define, or of another size, is refused', () => {
  const body = Buffer.from(encodeMessage(fetchRequest, fetchRequest.defaults(), 13))
    .toString('hex')
    .slice(0, -2)
  assert.throws(() => fetchRequest.decode(bytes(`${body}010100`), 13), /tag 1 is not valid in version 13/)
  assert.throws(
    () => fetchRequest.decode(bytes(`${body}0100030261ff`), 13),
    /tagged field 0 should end at byte/,
  )
  assert.throws(() => fetchRequest.decode(bytes(`${body}0100090261`), 13), DecodeError)
  assert.equal(fetchRequest.decode(bytes(`${body}0100020261`), 13).clusterId, 'a')
})

test('[WIRE5] the versions of a codec are known', () => {
  assert.equal(hasVersion(describeGroupsResponse, describeGroupsResponse.versions[1]), true)
  assert.equal(hasVersion(describeGroupsResponse, describeGroupsResponse.versions[1] + 1), false)
  assert.equal(hasVersion(describeGroupsResponse, -1), false)
})
