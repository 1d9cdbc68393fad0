import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { NodeDisk } from './node-disk.ts'

async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ottla-disk-'))
  try {
    await work(directory)
  } finally {
    await rm(directory, { recursive: true })
  }
}

const isLinux = process.platform === 'linux'

test('[DISK11] a full device is told as such', {
  skip: isLinux ? false : '/dev/full is of Linux',
}, async () => {
  const file = await new NodeDisk().open('/dev/full', 'create')
  await assert.rejects(file.write([Uint8Array.of(1)], 0), { kind: 'full', path: '/dev/full' })
  await file.close()
})

const isPrivileged = process.getuid?.() === 0 || process.platform === 'win32'

test(
  '[DISK11] a refused permission is told as such',
  { skip: isPrivileged ? 'nothing is refused to root' : false },
  () =>
    withDirectory(async (directory) => {
      await chmod(directory, 0o500)
      await assert.rejects(new NodeDisk().open(join(directory, 'a'), 'create'), { kind: 'not-permitted' })
      await chmod(directory, 0o700)
    }),
)

test('[DISK11] a link to a directory is listed as a directory', () =>
  withDirectory(async (directory) => {
    await mkdir(join(directory, 'volume'))
    await symlink(join(directory, 'volume'), join(directory, 'orders-0'), 'junction')
    assert.deepEqual(await new NodeDisk().list(directory), [
      { name: 'orders-0', kind: 'directory' },
      { name: 'volume', kind: 'directory' },
    ])
  }))

test('[DISK5] a directory that takes no entries refuses one at once', {
  skip: !existsSync('/proc/self'),
}, async () => {
  await assert.rejects(new NodeDisk().makeDirectory('/proc/none/at/all'), { kind: 'not-found' })
})
