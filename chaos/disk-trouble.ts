// A disk that is full while the broker writes, then one that may only be read when it starts, on a small file system in
// memory. Acknowledged records are there when the disk is well again.

import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { OttlaBroker } from '../conformance/brokers.ts'
import { attempt, type DiskOutcome, lastLine, mount, produceUntilRefused, verify } from './disk-clients.ts'
import { Ledger } from './ledger.ts'

const sizeMb = 24

export async function diskTrouble(program: string, folder: string, port: number): Promise<DiskOutcome> {
  // The node's own output stays on a disk that is well.
  const data = join(folder, 'data')
  mkdirSync(data, { recursive: true })
  const reason = attempt(() => mount('-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', data))
  if (reason !== undefined) return { line: `not run: ${reason}`, findings: [] }
  // One small segment at a time, or preallocated indexes alone fill such a disk.
  const settings = ['log.index.size.max.bytes=65536', 'offsets.topic.num.partitions=1']
  const broker = new OttlaBroker(program, folder, port, settings)
  const ledger = new Ledger()
  try {
    await broker.start()
    await produceUntilRefused(broker.server, ledger)
    await broker.kill()
    const startedOnFull = await startsOrSays(broker, folder)
    mount('-o', `remount,size=${4 * sizeMb}m`, data)
    await broker.start()
    await verify(broker.server, ledger)
    await broker.stop()
    mount('-o', 'remount,ro', data)
    const startedReadOnly = await startsOrSays(broker, folder)
    mount('-o', 'remount,rw', data)
    await broker.start()
    await verify(broker.server, ledger)
    await broker.stop()
    const records = `${ledger.acknowledgedCount} records acknowledged before the disk was full`
    const line = `${records}; started on the full disk: ${startedOnFull}; on the read-only disk: ${startedReadOnly}`
    return { line, findings: ledger.findings }
  } finally {
    await broker.kill()
    attempt(() => execFileSync('umount', ['-l', data]))
  }
}

/** `yes`, or the last thing the node said. */
async function startsOrSays(broker: OttlaBroker, folder: string): Promise<string> {
  try {
    await broker.start()
    await broker.kill()
    return 'yes'
  } catch {
    return `no (${lastLine(folder)})`
  }
}
