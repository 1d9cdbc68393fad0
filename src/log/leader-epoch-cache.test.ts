import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { LeaderEpochCache } from './leader-epoch-cache.ts'

function cacheOf(...entries: [epoch: number, startOffset: number][]): LeaderEpochCache {
  const cache = new LeaderEpochCache()
  for (const [epoch, startOffset] of entries) cache.assign(epoch, startOffset)
  return cache
}

function entriesOf(cache: LeaderEpochCache): number[][] {
  return cache.entries.map(({ epoch, startOffset }) => [epoch, startOffset])
}

test('[LOG45] an epoch begins once; an entry that contradicts later ones replaces them', () => {
  const cache = cacheOf([0, 0], [0, 5], [2, 10], [4, 20])
  deepEqual(entriesOf(cache), [
    [0, 0],
    [2, 10],
    [4, 20],
  ])
  cache.assign(5, 20)
  cache.assign(3, 12)
  deepEqual(entriesOf(cache), [
    [0, 0],
    [2, 10],
    [3, 12],
  ])
  cache.assign(-1, 30)
  equal(cache.latestEpoch, 3)
})

test('[LOG45] the end of an epoch is the start of the next one, for the largest epoch not above the asked one', () => {
  const cache = cacheOf([1, 0], [3, 10], [5, 20])
  deepEqual(cache.endOffsetFor(1, 30), { epoch: 1, endOffset: 10 })
  deepEqual(cache.endOffsetFor(2, 30), { epoch: 1, endOffset: 10 })
  deepEqual(cache.endOffsetFor(4, 30), { epoch: 3, endOffset: 20 })
  deepEqual(cache.endOffsetFor(5, 30), { epoch: 5, endOffset: 30 })
  deepEqual(cache.endOffsetFor(6, 30), { epoch: -1, endOffset: -1 })
  deepEqual(cache.endOffsetFor(0, 30), { epoch: 0, endOffset: 0 })
  deepEqual(cache.endOffsetFor(-1, 30), { epoch: -1, endOffset: -1 })
  deepEqual(new LeaderEpochCache().endOffsetFor(0, 0), { epoch: -1, endOffset: -1 })
})

test('[LOG45] cutting the log forgets the epochs that are gone; the first one left begins at the log start', () => {
  const cache = cacheOf([1, 0], [3, 10], [5, 20])
  cache.truncateFromEnd(20)
  deepEqual(entriesOf(cache), [
    [1, 0],
    [3, 10],
  ])
  cache.truncateFromStart(15)
  deepEqual(entriesOf(cache), [[3, 15]])
  equal(cache.epochForOffset(14), undefined)
  equal(cache.epochForOffset(15), 3)
})

test('[LOG45] the cache knows whether it changed since it was stored', () => {
  const cache = new LeaderEpochCache([{ epoch: 1, startOffset: 0 }])
  cache.assign(1, 10)
  cache.truncateFromEnd(5)
  cache.truncateFromStart(0)
  equal(cache.hasChanged, false)
  cache.assign(2, 10)
  equal(cache.hasChanged, true)
})
