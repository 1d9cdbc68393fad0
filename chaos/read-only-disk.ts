// A disk that becomes read-only under the running broker: what a kernel does with a file system in which it finds an
// error. On an ext4 in a file, whose driver can be told of an error; nobody else may take writing away from a process
// that has files open. What was in the page cache then is lost, so each record is synced before it is acknowledged.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { OttlaBroker } from '../conformance/brokers.ts'
import { attempt, type DiskOutcome, mount, produceUntilRefused, verify } from './disk-clients.ts'
import { Ledger } from './ledger.ts'

const sizeMb = 96
const acknowledgedBefore = 300
/** Behind the time. */
const saidFrom = '[2026-01-01 00:00:00,000] '.length
const saidTo = 200

export async function readOnlyWhileRunning(
  program: string,
  folder: string,
  port: number,
): Promise<DiskOutcome> {
  const data = join(folder, 'data')
  const image = join(folder, 'image')
  mkdirSync(data, { recursive: true })
  const reason = attempt(() => {
    execFileSync('truncate', ['-s', `${sizeMb}M`, image], { stdio: 'pipe' })
    execFileSync('mkfs.ext4', ['-q', image], { stdio: 'pipe' })
    mount('-o', 'loop,errors=remount-ro', image, data)
  })
  if (reason !== undefined) return { line: `not run: ${reason}`, findings: [] }
  const settings = [
    'log.flush.interval.messages=1',
    'log.index.size.max.bytes=65536',
    'offsets.topic.num.partitions=1',
  ]
  const broker = new OttlaBroker(program, folder, port, settings)
  const ledger = new Ledger()
  try {
    await broker.start()
    await produceUntilRefused(broker.server, ledger, (count) => {
      if (count === acknowledgedBefore) reportError(data)
    })
    const said = saidOfReadOnly(folder)
    if (said === undefined) ledger.find('the node does not say that its disk is read-only')
    const line = `${ledger.acknowledgedCount} records acknowledged before; said: ${said}`
    await broker.kill()
    execFileSync('umount', [data])
    mount('-o', 'loop', image, data)
    await broker.start()
    await verify(broker.server, ledger)
    await broker.stop()
    return { line, findings: ledger.findings }
  } finally {
    await broker.kill()
    attempt(() => execFileSync('umount', ['-l', data]))
  }
}

/** What the node said of it first, without the place where its files are. */
function saidOfReadOnly(folder: string): string | undefined {
  const lines = readFileSync(join(folder, 'out.log'), 'utf8').replaceAll(folder, '…').split('\n')
  return lines.find((line) => /EROFS|read-only/i.test(line))?.slice(saidFrom, saidTo)
}

/** To the driver of the file system at `directory`, which makes it read-only at once. */
function reportError(directory: string): void {
  const mounted = readFileSync('/proc/mounts', 'utf8').split('\n')
  const device = mounted.map((line) => line.split(' ')).find(([, place]) => place === directory)![0]!
  writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, '1')
}
