import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isUuid, uuidFromBytes, uuidToBytes, zeroUuid } from './uuid.ts'

const vectorsFile = join(import.meta.dirname, '../../test/golden/wire-vectors.json')
const vectors: { uuid: { base64: string; hex: string }[] } = JSON.parse(readFileSync(vectorsFile, 'utf8'))

test('[WIRE12] ids are written as Kafka writes them', () => {
  for (const { base64, hex } of vectors.uuid) {
    assert.equal(uuidFromBytes(new Uint8Array(Buffer.from(hex, 'hex'))), base64)
    assert.equal(Buffer.from(uuidToBytes(base64)!).toString('hex'), hex)
  }
  assert.equal(uuidFromBytes(new Uint8Array(20), 4), zeroUuid)
})

test('[WIRE12] another spelling of an id is not an id', () => {
  for (const text of [
    '',
    'AAAAAAAAAAAAAAAAAAAAA',
    'AAAAAAAAAAAAAAAAAAAAAB',
    `${zeroUuid}==`,
    '+'.repeat(22),
  ]) {
    assert.equal(isUuid(text), false, text)
    assert.equal(uuidToBytes(text), undefined, text)
  }
})
