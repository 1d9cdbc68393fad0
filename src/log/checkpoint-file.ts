// The text checkpoints of Kafka (CheckpointFile): a version line, a count line, one line an entry.
//
//   0                        0
//   <n>                      <n>
//   <topic> <partition> <offset>     <epoch> <start offset>
//
// A file that breaks the form anywhere is refused as a whole: a half-believed checkpoint could let
// recovery skip data that was never flushed.

import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import type { Outcome } from '../env/env.ts'

export interface EpochEntry {
  readonly epoch: number
  readonly startOffset: number
}

/** Offsets by `topicPartitionKey`. */
export type OffsetCheckpoint = ReadonlyMap<string, number>

/** One of recovery-point-, replication-, log-start- and cleaner-offset-checkpoint. */
export function parseOffsetCheckpoint(text: string): Outcome<OffsetCheckpoint, string> {
  const lines = parseLines(text, 3)
  if (!lines.ok) return lines
  const offsets = new Map<string, number>()
  for (const [topic, partition, offset] of lines.value) {
    if (!isCount(partition) || !isCount(offset))
      return bad(`the entry of ${topic} is not a partition and an offset`)
    offsets.set(topicPartitionKey({ topic: topic!, partition: Number(partition) }), Number(offset))
  }
  return { ok: true, value: offsets }
}

export function formatOffsetCheckpoint(entries: readonly (readonly [TopicPartition, number])[]): string {
  const lines = entries.map(([{ topic, partition }, offset]) => `${topic} ${partition} ${offset}\n`)
  return `0\n${entries.length}\n${lines.join('')}`
}

/** leader-epoch-checkpoint: epochs and start offsets both grow from line to line. */
export function parseEpochCheckpoint(text: string): Outcome<EpochEntry[], string> {
  const lines = parseLines(text, 2)
  if (!lines.ok) return lines
  const entries: EpochEntry[] = []
  for (const [epoch, startOffset] of lines.value) {
    if (!isCount(epoch) || !isCount(startOffset))
      return bad(`'${epoch} ${startOffset}' is not an epoch and an offset`)
    const entry = { epoch: Number(epoch), startOffset: Number(startOffset) }
    const last = entries.at(-1)
    if (last !== undefined && (entry.epoch <= last.epoch || entry.startOffset < last.startOffset)) {
      return bad(`epoch ${entry.epoch} at ${entry.startOffset} does not follow epoch ${last.epoch}`)
    }
    entries.push(entry)
  }
  return { ok: true, value: entries }
}

export function formatEpochCheckpoint(entries: readonly EpochEntry[]): string {
  return `0\n${entries.length}\n${entries.map((entry) => `${entry.epoch} ${entry.startOffset}\n`).join('')}`
}

function parseLines(text: string, fieldCount: number): Outcome<string[][], string> {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const [version, count, ...entries] = lines
  if (version !== '0') return bad(`its version is '${version}', known is 0`)
  if (Number(count) !== entries.length)
    return bad(`it announces ${count} entries and holds ${entries.length}`)
  const fields = entries.map((line) => line.split(/\s+/))
  const wrong = fields.findIndex((entry) => entry.length !== fieldCount)
  if (wrong !== -1) return bad(`line ${wrong + 3} has ${fields[wrong]!.length} fields, not ${fieldCount}`)
  return { ok: true, value: fields }
}

function isCount(text: string | undefined): boolean {
  return text !== undefined && /^\d+$/.test(text)
}

function bad(message: string): { ok: false; error: string } {
  return { ok: false, error: message }
}
