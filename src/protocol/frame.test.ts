import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiKeys } from './api-keys.ts'
import { decodeRequestHeader, decodeResponse, encodeRequestFrame, encodeResponseFrame } from './frame.ts'
import { apiVersionsRequest } from './generated/api-versions-request.ts'
import { apiVersionsResponse } from './generated/api-versions-response.ts'
import { heartbeatResponse } from './generated/heartbeat-response.ts'
import { produceRequest } from './generated/produce-request.ts'
import { Reader } from './reader.ts'

test('[FRAME4] a request of every API comes back with its header', () => {
  for (const [key, api] of apiKeys) {
    for (const version of api.requestVersions) {
      const value = api.request.defaults()
      const bytes = Buffer.concat(encodeRequestFrame(api.request, version, 77, 'client', value))
      assert.equal(bytes.readInt32BE(), bytes.length - 4)
      const reader = new Reader(bytes, 4)
      assert.deepEqual(decodeRequestHeader(reader), {
        requestApiKey: key,
        requestApiVersion: version,
        correlationId: 77,
        clientId: 'client',
      })
      assert.deepEqual(api.request.decode(reader, version), value)
    }
  }
})

test('[FRAME4] flexible requests have tagged fields in the header, others have not', () => {
  const hex = (version: number) =>
    Buffer.concat(
      encodeRequestFrame(apiVersionsRequest, version, 1, null, apiVersionsRequest.defaults()),
    ).toString('hex')
  assert.equal(hex(0), '0000000a' + '00120000' + '00000001' + 'ffff')
  assert.equal(hex(3), '0000000e' + '00120003' + '00000001' + 'ffff' + '00' + '010100')
})

test('[FRAME4] ApiVersions is answered with header 0, others by their version', () => {
  const hex = (chunks: Uint8Array[]) => Buffer.concat(chunks).toString('hex')
  const versions = { ...apiVersionsResponse.defaults() }
  assert.equal(
    hex(encodeResponseFrame(apiVersionsResponse, 3, 7, versions)),
    '0000000c' + '00000007' + '0000' + '01' + '00000000' + '00',
  )
  const heartbeat = { ...heartbeatResponse.defaults(), errorCode: 27 }
  assert.equal(
    hex(encodeResponseFrame(heartbeatResponse, 4, 7, heartbeat)),
    '0000000c' + '00000007' + '00' + '00000000' + '001b' + '00',
  )
  const frame = Buffer.concat(encodeResponseFrame(heartbeatResponse, 4, 7, heartbeat)).subarray(4)
  assert.deepEqual(decodeResponse(heartbeatResponse, 4, frame), { correlationId: 7, value: heartbeat })
})

test('[FRAME4] the header of an unknown API can be read', () => {
  const reader = new Reader(Buffer.from('03e8' + '0005' + '00000009' + '000161', 'hex'))
  assert.deepEqual(decodeRequestHeader(reader), {
    requestApiKey: 1000,
    requestApiVersion: 5,
    correlationId: 9,
    clientId: 'a',
  })
})

test('[WIRE11] the records of a request are chunks of its frame', () => {
  const records = new Uint8Array(5000)
  const partitionData = [{ index: 0, records }]
  const topicData = [{ name: 't', topicId: 'AAAAAAAAAAAAAAAAAAAAAA', partitionData }]
  const value = { ...produceRequest.defaults(), topicData }
  assert.ok(encodeRequestFrame(produceRequest, 9, 1, 'c', value).includes(records))
})

test('[WIRE6] bytes after the body of a response are ignored', () => {
  const value = heartbeatResponse.defaults()
  const chunks = encodeResponseFrame(heartbeatResponse, 1, 3, value)
  const frame = Buffer.concat([...chunks, Buffer.from([1, 2, 3])]).subarray(4)
  assert.deepEqual(decodeResponse(heartbeatResponse, 1, frame), { correlationId: 3, value })
})
