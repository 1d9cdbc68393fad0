import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YoungBuffers } from './young-buffers.ts'

test('[ENV8] young garbage is collected once per so many bytes of buffers, and Node lets us ask for it', () => {
  let collections = 0
  const buffers = new YoungBuffers(() => () => collections++)
  for (let count = 0; count < 47; count++) buffers.filled(1024 * 1024)
  assert.equal(collections, 1)
  buffers.filled(1024 * 1024)
  assert.equal(collections, 2)
  new YoungBuffers().filled(24 * 1024 * 1024)
})
