// `meta.properties`: whose directory this is. Written when a directory is formatted, last, and read at every
// start, so that no node writes into the data of another.

import { isUuid } from '../base/uuid.ts'
import { parseProperties } from '../config/parse-properties.ts'
import type { Disk, Outcome } from '../env/env.ts'
import { readTextFile, replaceFile } from '../log/files.ts'

const fileName = 'meta.properties'

export interface MetaProperties {
  readonly clusterId: string
  readonly nodeId: number
  readonly directoryId: string
}

/** Undefined when the directory is not formatted; a message when the file is of another kind. */
export async function readMetaProperties(
  disk: Disk,
  directory: string,
): Promise<Outcome<MetaProperties | undefined, string>> {
  const path = `${directory}/${fileName}`
  const text = await readTextFile(disk, path)
  if (text === undefined) return { ok: true, value: undefined }
  const parsed = parseProperties(text)
  if (!parsed.ok) return { ok: false, error: `${path}: ${parsed.message}` }
  const value = (name: string): string => parsed.value.get(name) ?? ''
  if (value('version') !== '1') {
    return { ok: false, error: `${path} has version '${value('version')}', only version 1 can be used.` }
  }
  const directoryId = value('directory.id')
  if (!/^\d+$/.test(value('node.id')) || value('cluster.id') === '' || !isUuid(directoryId)) {
    return { ok: false, error: `${path} must name cluster.id, node.id and directory.id, each with a value.` }
  }
  const nodeId = Number(value('node.id'))
  return { ok: true, value: { clusterId: value('cluster.id'), nodeId, directoryId } }
}

export function writeMetaProperties(
  disk: Disk,
  directory: string,
  { clusterId, nodeId, directoryId }: MetaProperties,
): Promise<void> {
  const lines = ['version=1', `cluster.id=${clusterId}`, `node.id=${nodeId}`, `directory.id=${directoryId}`]
  return replaceFile(disk, directory, fileName, `${lines.join('\n')}\n`)
}
