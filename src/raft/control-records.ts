// Control records of the quorum: who leads, which version of KRaft holds, who votes, and the ends of a snapshot.
// Several may share a batch; consumers of metadata skip it.

import { type KRaftVersionRecord, kraftVersionRecord } from '../protocol/generated/kraft-version-record.ts'
import { leaderChangeMessage } from '../protocol/generated/leader-change-message.ts'
import { snapshotFooterRecord } from '../protocol/generated/snapshot-footer-record.ts'
import { snapshotHeaderRecord } from '../protocol/generated/snapshot-header-record.ts'
import { type VotersRecord, votersRecord } from '../protocol/generated/voters-record.ts'
import type { MessageCodec } from '../protocol/message.ts'
import { Reader } from '../protocol/reader.ts'
import { controlKey, readControlType } from '../protocol/records/control-records.ts'
import { encodeBatch, records } from '../protocol/records/record-batch.ts'
import { Writer } from '../protocol/writer.ts'

/** What the control records of a log or snapshot say about the quorum itself. */
export interface QuorumRecords {
  /** 0: voters are static configuration; 1: they are the `voters` here (KIP-853). */
  readonly kraftVersion: number
  readonly voters: VotersRecord | undefined
}

export const staticQuorum: QuorumRecords = { kraftVersion: 0, voters: undefined }

export interface ControlRecord {
  readonly type: Parameters<typeof controlKey>[0]
  readonly value: Uint8Array
}

export interface BatchPlace {
  readonly baseOffset: number
  readonly epoch: number
  readonly timestampMs: number
}

/** The first record of an epoch: the voter that leads, elected by itself alone. */
export function leaderChange(nodeId: number): ControlRecord {
  const voter = { ...defaultVoter, voterId: nodeId }
  const value = { version: 0, leaderId: nodeId, voters: [voter], grantingVoters: [voter] }
  return { type: 'leader-change', value: encoded(leaderChangeMessage, value) }
}

const defaultVoter = { voterDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAA' }

/** None for a static quorum. */
export function quorumRecords({ kraftVersion, voters }: QuorumRecords): ControlRecord[] {
  if (kraftVersion === 0 || voters === undefined) return []
  return [
    {
      type: 'kraft-version',
      value: encoded(kraftVersionRecord, { version: 0, kRaftVersion: kraftVersion }),
    },
    { type: 'kraft-voters', value: encoded(votersRecord, voters) },
  ]
}

/** `lastContainedLogTimestampMs`: of the newest record that the snapshot covers, 0 for none. */
export function snapshotHeader(lastContainedLogTimestampMs: number): ControlRecord {
  const value = { version: 0, lastContainedLogTimestamp: lastContainedLogTimestampMs }
  return { type: 'snapshot-header', value: encoded(snapshotHeaderRecord, value) }
}

export function snapshotFooter(): ControlRecord {
  return { type: 'snapshot-footer', value: encoded(snapshotFooterRecord, { version: 0 }) }
}

export function controlBatch(
  controls: readonly ControlRecord[],
  { baseOffset, epoch, timestampMs }: BatchPlace,
): Uint8Array {
  return encodeBatch({
    baseOffset,
    partitionLeaderEpoch: epoch,
    isControl: true,
    records: controls.map(({ type, value }) => ({ timestamp: timestampMs, key: controlKey(type), value })),
  })
}

/** The types in the control batch at `at`, and the quorum as it is after them. Throws DecodeError. */
export function readControlBatch(
  bytes: Uint8Array,
  at: number,
  before: QuorumRecords,
): { types: string[]; quorum: QuorumRecords } {
  let quorum = before
  const types: string[] = []
  for (const { key, value } of records(bytes, at)) {
    const type = readControlType(key)
    types.push(type)
    if (value === null) continue
    if (type === 'kraft-version') {
      const record: KRaftVersionRecord = kraftVersionRecord.decode(new Reader(value), 0)
      quorum = { ...quorum, kraftVersion: record.kRaftVersion }
    }
    if (type === 'kraft-voters') quorum = { ...quorum, voters: votersRecord.decode(new Reader(value), 0) }
  }
  return { types, quorum }
}

/** In version 0, the one that a voter of every release reads; the version is the message's first field. */
function encoded<T>(codec: MessageCodec<T>, value: T): Uint8Array {
  const writer = new Writer()
  codec.encode(writer, value, 0)
  return writer.toBytes()
}
