// Memory of the machine that both brokers find alike.

import { execFileSync } from 'node:child_process'
import { freemem } from 'node:os'
import type { Broker } from '../conformance/brokers.ts'

const chunkBytes = 2 ** 30
const touchedBytesMax = 4 * chunkBytes

/**
 * Uses as much memory once as a run of this scale may fill. A virtual machine may get its memory from its host only
 * then, at ten times the price of a later write, and gives back within seconds what it does not use: the broker that
 * fills the page cache would pay for it.
 */
export function touchMemory(scale: number): void {
  const chunks = Math.floor(Math.min(touchedBytesMax * scale, freemem() * 0.7) / chunkBytes)
  const script = `const all = Array.from({ length: ${chunks} }, () => Buffer.alloc(${chunkBytes}, 1))`
  execFileSync(process.execPath, ['-e', script])
}

/**
 * Of all segments of the broker: what is read of them next comes from the disk, what is written next takes memory that
 * was used just now, which the host has not yet taken back, and has no older writes to wait for.
 */
export function dropFromPageCache({ folder }: Broker): void {
  execFileSync('sync')
  const drop = 'dd if="$0" iflag=nocache count=0 status=none'
  execFileSync('find', [folder, '-name', '*.log', '-size', '+1M', '-exec', 'sh', '-c', drop, '{}', ';'])
}
