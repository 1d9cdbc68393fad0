// What files and directories do alike in every environment.

import assert from 'node:assert/strict'
import { isAbsolute } from 'node:path'
import { describe, test } from 'node:test'
import { type Disk, DiskError, type DiskErrorKind, type File } from '../../src/env/env.ts'
import { type Subject, within } from './subject.ts'

export function runDiskTests(subject: Subject): void {
  describe(`files: ${subject.name}`, () => {
    test('[DISK1] chunks are written one after another and read back, short at the end of the file', () =>
      within(subject, async ({ env, directory }) => {
        const file = await env.disk.open(`${directory}/a`, 'create')
        await file.write([bytes(1, 2), bytes(), bytes(3)], 0)
        await file.write([], 3)
        await file.write([bytes(9)], 1)
        assert.equal(await file.size(), 3)
        assert.deepEqual(await contents(file), bytes(1, 9, 3))
        const into = new Uint8Array(5)
        assert.equal(await file.read(into, 1), 2)
        assert.deepEqual(into, bytes(9, 3, 0, 0, 0))
        assert.equal(await file.read(into, 3), 0)
        assert.equal(await file.read(into, 1000), 0)
        await file.sync()
        await file.close()
      }))

    test('[DISK1] large writes of many chunks at odd positions come back whole', () =>
      within(subject, async ({ env, directory }) => {
        const file = await env.disk.open(`${directory}/large`, 'create')
        const chunks = Array.from({ length: 3000 }, (_, index) => new Uint8Array(997).fill(index % 251))
        await file.write(chunks, 4095)
        const read = await contents(file)
        assert.deepEqual(Buffer.from(read.subarray(4095)), Buffer.concat(chunks))
        await file.close()
      }))

    test('[DISK2] bytes never written read as zeros, also those cut off before', () =>
      within(subject, async ({ env, directory }) => {
        const file = await env.disk.open(`${directory}/a`, 'create')
        await file.write([bytes(1, 2, 3, 4)], 0)
        await file.truncate(2)
        assert.deepEqual(await contents(file), bytes(1, 2))
        await file.truncate(4)
        assert.deepEqual(await contents(file), bytes(1, 2, 0, 0))
        await file.truncate(1)
        await file.write([bytes(7)], 3)
        assert.deepEqual(await contents(file), bytes(1, 0, 0, 7))
        await file.close()
      }))

    test('[DISK3] opening creates only when asked to, and keeps what is there', () =>
      within(subject, async ({ env, directory }) => {
        await rejectsWith('not-found', env.disk.open(`${directory}/a`, 'read'))
        await rejectsWith('not-found', env.disk.open(`${directory}/none/a`, 'create'))
        await writeFile(env.disk, `${directory}/a`, 5)
        await rejectsWith('not-a-directory', env.disk.open(`${directory}/a/b`, 'create'))
        const again = await env.disk.open(`${directory}/a`, 'create')
        assert.deepEqual(await contents(again), bytes(5))
        await again.close()
        const read = await env.disk.open(`${directory}/a`, 'read')
        assert.deepEqual(await contents(read), bytes(5))
        await rejectsWith('io', read.write([bytes(6)], 0))
        await read.close()
      }))

    test('[DISK4] a closed file is not used again', () =>
      within(subject, async ({ env, directory }) => {
        const file = await env.disk.open(`${directory}/a`, 'create')
        await file.close()
        await assert.rejects(file.write([bytes(1)], 0), { name: 'AssertionError' })
        await assert.rejects(file.close(), { name: 'AssertionError' })
      }))
  })
  runDirectoryTests(subject)
}

function runDirectoryTests(subject: Subject): void {
  describe(`directories: ${subject.name}`, () => {
    test('[DISK5] directories are made with those above them, and listed by name', () =>
      within(subject, async ({ env: { disk }, directory }) => {
        await disk.makeDirectory(`${directory}/b/c`)
        await disk.makeDirectory(`${directory}/b`)
        for (const name of ['z', 'a-1', 'B']) await writeFile(disk, `${directory}/${name}`, 1)
        assert.deepEqual(await disk.list(directory), [
          { name: 'B', kind: 'file' },
          { name: 'a-1', kind: 'file' },
          { name: 'b', kind: 'directory' },
          { name: 'z', kind: 'file' },
        ])
        await rejectsWith('exists', disk.makeDirectory(`${directory}/z`))
        await rejectsWith('not-found', disk.list(`${directory}/none`))
        await rejectsWith('not-a-directory', disk.list(`${directory}/z`))
        await disk.syncDirectory(directory)
        await rejectsWith('not-found', disk.syncDirectory(`${directory}/none`))
      }))

    test('[DISK6] renaming replaces a file, moves a directory with all it holds, and spares a filled directory', () =>
      within(subject, async ({ env: { disk }, directory }) => {
        await writeFile(disk, `${directory}/a`, 1)
        await writeFile(disk, `${directory}/b`, 2)
        await disk.rename(`${directory}/a`, `${directory}/b`)
        assert.deepEqual(await readFile(disk, `${directory}/b`), bytes(1))
        await rejectsWith('not-found', disk.rename(`${directory}/a`, `${directory}/c`))
        for (const name of ['t-0', 't-1']) {
          await disk.makeDirectory(`${directory}/${name}`)
          await writeFile(disk, `${directory}/${name}/log`, 3)
        }
        await rejectsWith('exists', disk.rename(`${directory}/t-0`, `${directory}/t-1`))
        await disk.rename(`${directory}/t-0`, `${directory}/t-0-delete`)
        assert.deepEqual(await readFile(disk, `${directory}/t-0-delete/log`), bytes(3))
        await rejectsWith('not-found', disk.list(`${directory}/t-0`))
      }))

    test('[DISK7] removing takes a directory with all it holds, and a missing path is no error', () =>
      within(subject, async ({ env: { disk }, directory }) => {
        await disk.makeDirectory(`${directory}/a/b`)
        await writeFile(disk, `${directory}/a/b/c`, 1)
        await disk.remove(`${directory}/a`)
        await disk.remove(`${directory}/a`)
        await disk.remove(`${directory}/none/a`)
        assert.deepEqual(await disk.list(directory), [])
      }))

    test('[DISK8] one at a time holds the lock of a directory', () =>
      within(subject, async ({ env: { disk }, directory }) => {
        const lock = await disk.lock(directory)
        await rejectsWith('locked', disk.lock(directory))
        await rejectsWith('not-found', disk.lock(`${directory}/none`))
        await lock.release()
        await lock.release()
        const again = await disk.lock(directory)
        await again.release()
      }))

    test('[DISK13] a path is told from the root', () =>
      within(subject, async ({ env: { disk }, directory }) => {
        assert.ok(isAbsolute(disk.absolutePath('relative')))
        assert.equal(disk.absolutePath(disk.absolutePath(directory)), disk.absolutePath(directory))
      }))

    test('[DISK9] usage tells the size of the volume and what is left', () =>
      within(subject, async ({ env: { disk }, directory }) => {
        const { totalBytes, usableBytes } = await disk.usage(directory)
        assert.ok(usableBytes > 0 && usableBytes <= totalBytes)
      }))
  })
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values)
}

async function contents(file: File): Promise<Uint8Array> {
  const into = new Uint8Array(await file.size())
  assert.equal(await file.read(into, 0), into.length)
  return into
}

async function readFile(disk: Disk, path: string): Promise<Uint8Array> {
  const file = await disk.open(path, 'read')
  const read = await contents(file)
  await file.close()
  return read
}

async function writeFile(disk: Disk, path: string, value: number): Promise<void> {
  const file = await disk.open(path, 'create')
  await file.write([bytes(value)], 0)
  await file.close()
}

async function rejectsWith(kind: DiskErrorKind, call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof DiskError, String(error))
    assert.equal(error.kind, kind, error.message)
    return true
  })
}
