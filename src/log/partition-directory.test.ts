import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { topicPartitionKey } from '../base/topic-partition.ts'
import { parsePartitionDirectory, renamedDirectory } from './partition-directory.ts'

test('[LOG47] a partition directory is named as Kafka names it, and other names are told apart', () => {
  const topicPartition = { topic: 'a-b.c', partition: 12 }
  equal(topicPartitionKey(topicPartition), 'a-b.c-12')
  deepEqual(parsePartitionDirectory('a-b.c-12'), { kind: 'log', topicPartition })
  const renamed = renamedDirectory(topicPartition, new Uint8Array(16).fill(0x1f), 'delete')
  equal(renamed, `a-b.c-12.${'1f'.repeat(16)}-delete`)
  deepEqual(parsePartitionDirectory(renamed), { kind: 'delete' })
  deepEqual(parsePartitionDirectory(`x-0.${'0'.repeat(32)}-stray`), { kind: 'stray' })
  equal(parsePartitionDirectory('remote-log-index-cache'), undefined)
  equal(parsePartitionDirectory('lost+found'), undefined)
})

test('[LOG47] the name of a renamed directory fits a file system, however long the topic', () => {
  const name = renamedDirectory({ topic: 't'.repeat(249), partition: 100_000 }, new Uint8Array(16), 'stray')
  equal(name.length, 255)
  deepEqual(parsePartitionDirectory(name), { kind: 'stray' })
})
