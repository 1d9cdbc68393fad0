// `partition.metadata`: the topic id of a partition's directory (KIP-516). Written before any data, so that data
// of a deleted topic is never taken for that of a new one with its name.

import type { Disk } from '../env/env.ts'
import { readTextFile, writeFile } from './files.ts'

export const partitionMetadataName = 'partition.metadata'

/** The topic id, or undefined when the file is missing or is none: it was never made durable. */
export async function readTopicId(disk: Disk, directory: string): Promise<string | undefined> {
  const text = await readTextFile(disk, `${directory}/${partitionMetadataName}`)
  return text === undefined ? undefined : /^version: 0\ntopic_id: ([A-Za-z0-9_-]{22})\n?$/.exec(text)?.[1]
}

/** Becomes durable with the first flush of the log. */
export async function writeTopicId(disk: Disk, directory: string, topicId: string): Promise<void> {
  const bytes = new TextEncoder().encode(`version: 0\ntopic_id: ${topicId}`)
  await writeFile(disk, `${directory}/${partitionMetadataName}`, bytes, false)
}
