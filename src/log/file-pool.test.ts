import { deepEqual, equal, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryDisk } from '../platform/memory-disk.ts'
import { FilePool } from './file-pool.ts'

async function pool(openFilesMax: number): Promise<FilePool> {
  const disk = new MemoryDisk()
  await disk.makeDirectory('/d')
  return new FilePool({ openFilesMax }, { disk })
}

test('[LOG46] files beyond the limit are closed, the least recently used first, those in use never', async () => {
  const files = await pool(2)
  await files.use('/d/a', async () => {
    await files.use('/d/b', async () => {})
    await files.use('/d/c', async () => {})
    await files.use('/d/d', async () => {})
    equal(files.openCount, 2)
  })
  equal(files.openCount, 2)
  await files.use('/d/a', (file) => file.write([new Uint8Array([1, 2])], 0))
  equal(await files.use('/d/a', (file) => file.size()), 2)
})

test('[LOG46] a file is released only when nobody uses it', async () => {
  const files = await pool(2)
  const events: string[] = []
  let finish = () => {}
  const using = files.use('/d/a', async (file) => {
    await new Promise<void>((resolve) => (finish = resolve))
    await file.size()
    events.push('used')
  })
  await Promise.resolve()
  const released = files.release('/d/a').then(() => events.push('released'))
  for (let i = 0; i < 10; i++) await Promise.resolve()
  finish()
  await Promise.all([using, released])
  deepEqual(events, ['used', 'released'])
  equal(files.openCount, 0)
})

test('[LOG46] a file that cannot be opened is told to all who asked and tried again by the next', async () => {
  const files = await pool(2)
  const refused = files.use('/missing/a', async () => {})
  await rejects(refused, { kind: 'not-found' })
  await rejects(
    files.use('/missing/a', async () => {}),
    { kind: 'not-found' },
  )
  equal(files.openCount, 0)
})
