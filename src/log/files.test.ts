import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryDisk } from '../platform/memory-disk.ts'
import { readTextFile, replaceFile } from './files.ts'

/** Notes what is done to files and names, in order. */
class RecordingDisk extends MemoryDisk {
  readonly done: string[] = []

  override async open(path: string, mode: 'read' | 'create') {
    const file = await super.open(path, mode)
    const { write, sync } = file
    file.write = (chunks, position) => {
      this.done.push(`write ${path}`)
      return write.call(file, chunks, position)
    }
    file.sync = () => {
      this.done.push(`sync ${path}`)
      return sync.call(file)
    }
    return file
  }

  override rename(from: string, to: string): Promise<void> {
    this.done.push(`rename ${from} ${to}`)
    return super.rename(from, to)
  }

  override syncDirectory(path: string): Promise<void> {
    this.done.push(`sync ${path}`)
    return super.syncDirectory(path)
  }
}

test('[LOG50] a small file is replaced by a durable one, and then its name is made durable', async () => {
  const disk = new RecordingDisk()
  await disk.makeDirectory('/data')
  await replaceFile(disk, '/data', 'state', 'new')
  deepEqual(disk.done, [
    'write /data/state.tmp',
    'sync /data/state.tmp',
    'rename /data/state.tmp /data/state',
    'sync /data',
  ])
  deepEqual(await readTextFile(disk, '/data/state'), 'new')
})
