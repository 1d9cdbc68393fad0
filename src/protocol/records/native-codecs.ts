// The codecs that Node lacks, from native packages that are loaded with the first batch that needs them: a broker
// without such batches starts sooner and keeps ten megabytes.

import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

export function snappy(): typeof import('snappy') {
  return load('snappy')
}

export function lz4(): typeof import('lz4-napi') {
  return load('lz4-napi')
}
