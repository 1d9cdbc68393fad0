import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DirectoryLocks } from './directory-lock.ts'

const holder = `
  import { DirectoryLocks } from ${JSON.stringify(new URL('./directory-lock.ts', import.meta.url).href)}
  new DirectoryLocks().lock(process.argv[1])
  process.stdout.write('held')
  setInterval(() => {}, 1000)
`

test('[DISK10] the lock of another process holds until it ends, also by a kill, and says what to do', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ottla-lock-'))
  const child = spawn(process.execPath, ['--input-type=module', '--eval', holder, directory])
  try {
    await once(child.stdout, 'data')
    assert.throws(() => new DirectoryLocks().lock(directory), {
      name: 'Error',
      kind: 'locked',
      message: /is in use: another Ottla or Kafka process .* Stop that process or choose another directory/,
    })
    child.kill('SIGKILL')
    await once(child, 'exit')
    const release = new DirectoryLocks().lock(directory)
    release()
    assert.deepEqual(await readdir(directory), ['.lock'])
    assert.equal((await stat(join(directory, '.lock'))).size, 0)
  } finally {
    child.kill('SIGKILL')
    await rm(directory, { recursive: true })
  }
})
