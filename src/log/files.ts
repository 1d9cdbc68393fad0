// Whole small files: read at once, replaced atomically. And the names of the files of a segment.

import { type Disk, isDiskError } from '../env/env.ts'

export type SegmentFile = 'log' | 'index' | 'timeindex' | 'txnindex' | 'snapshot'

export const epochCheckpointName = 'leader-epoch-checkpoint'
const offsetDigits = 20

/** `00000000000000000042.log`, as Kafka's LogFileUtils names it. */
export function segmentFileName(offset: number, kind: SegmentFile): string {
  return `${offset.toString().padStart(offsetDigits, '0')}.${kind}`
}

/** The offset and the extension (what follows the first dot) of a segment file, or undefined for another name. */
export function parseSegmentFileName(name: string): { offset: number; extension: string } | undefined {
  const match = /^(\d{20})\.(.+)$/.exec(name)
  return match === null ? undefined : { offset: Number(match[1]), extension: match[2]! }
}

/** The whole file, or undefined when there is none. */
export async function readWholeFile(disk: Disk, path: string): Promise<Uint8Array | undefined> {
  let file: Awaited<ReturnType<Disk['open']>>
  try {
    file = await disk.open(path, 'read')
  } catch (error) {
    if (isDiskError(error, 'not-found')) return undefined
    throw error
  }
  try {
    const bytes = new Uint8Array(await file.size())
    return bytes.subarray(0, await file.read(bytes, 0))
  } finally {
    await file.close()
  }
}

/** The whole file as UTF-8, or undefined when there is none. */
export async function readTextFile(disk: Disk, path: string): Promise<string | undefined> {
  const bytes = await readWholeFile(disk, path)
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}

/**
 * Replaces `directory/name` so that a crash leaves the old or the new content, never a mixture:
 * `<name>.tmp`, fsync, rename, fsync of the directory (Kafka's CheckpointFile).
 */
export async function replaceFile(
  disk: Disk,
  directory: string,
  name: string,
  content: Uint8Array | string,
): Promise<void> {
  const temporary = `${directory}/${name}.tmp`
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  await writeFile(disk, temporary, bytes, true)
  await disk.rename(temporary, `${directory}/${name}`)
  await disk.syncDirectory(directory)
}

/** Writes a file from its start and cuts it there; `sync` makes the content durable (not the name). */
export async function writeFile(disk: Disk, path: string, bytes: Uint8Array, sync: boolean): Promise<void> {
  const file = await disk.open(path, 'create')
  try {
    if (bytes.length > 0) await file.write([bytes], 0)
    if ((await file.size()) > bytes.length) await file.truncate(bytes.length)
    if (sync) await file.sync()
  } finally {
    await file.close()
  }
}
