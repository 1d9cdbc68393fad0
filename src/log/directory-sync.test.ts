import { deepEqual, equal, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryDisk } from '../platform/memory-disk.ts'
import { DirectorySync } from './directory-sync.ts'

/** A disk whose syncs end when the test says so. */
class SlowDisk extends MemoryDisk {
  readonly ends: { resolve: () => void; reject: (error: Error) => void }[] = []

  override syncDirectory(): Promise<void> {
    return new Promise((resolve, reject) => this.ends.push({ resolve, reject }))
  }
}

test('[LOG43] callers that come while a directory is being synced share the next sync', async () => {
  const disk = new SlowDisk()
  const directories = new DirectorySync({ disk })
  const done: string[] = []
  const first = directories.sync('/a').then(() => done.push('first'))
  const second = directories.sync('/a').then(() => done.push('second'))
  const third = directories.sync('/a').then(() => done.push('third'))
  equal(disk.ends.length, 1)
  disk.ends[0]!.resolve()
  await first
  await Promise.resolve()
  equal(disk.ends.length, 2)
  disk.ends[1]!.resolve()
  await Promise.all([second, third])
  deepEqual(done, ['first', 'second', 'third'])
  void directories.sync('/a')
  equal(disk.ends.length, 3)
})

test('[LOG43] a sync that fails is told to those who shared it, and the next one is tried', async () => {
  const disk = new SlowDisk()
  const directories = new DirectorySync({ disk })
  const first = rejects(directories.sync('/a'), /broken/)
  const second = directories.sync('/a')
  disk.ends[0]!.reject(new Error('broken'))
  await first
  await new Promise((resolve) => queueMicrotask(() => resolve(undefined)))
  disk.ends[1]!.resolve()
  await second
})
