// Control records as kafka-dump-log.sh shows them.

import { kraftVersionRecord } from '../../protocol/generated/kraft-version-record.ts'
import { leaderChangeMessage } from '../../protocol/generated/leader-change-message.ts'
import { snapshotFooterRecord } from '../../protocol/generated/snapshot-footer-record.ts'
import { snapshotHeaderRecord } from '../../protocol/generated/snapshot-header-record.ts'
import { votersRecord } from '../../protocol/generated/voters-record.ts'
import type { MessageCodec } from '../../protocol/message.ts'
import { Reader } from '../../protocol/reader.ts'
import { readControlType, readCoordinatorEpoch } from '../../protocol/records/control-records.ts'
import type { Record } from '../../protocol/records/record.ts'
import { messageJson } from './message-json.ts'

/** Throws DecodeError for a damaged one. */
export function controlText(record: Record): string {
  const type = readControlType(record.key)
  switch (type) {
    case 'abort':
    case 'commit':
      return `endTxnMarker: ${type.toUpperCase()} coordinatorEpoch: ${readCoordinatorEpoch(record)}`
    case 'leader-change':
      return `LeaderChange: ${valueJson(leaderChangeMessage, record)}`
    case 'snapshot-header':
      return `SnapshotHeader ${valueJson(snapshotHeaderRecord, record)}`
    case 'snapshot-footer':
      return `SnapshotFooter ${valueJson(snapshotFooterRecord, record)}`
    case 'kraft-version':
      return `KRaftVersion ${valueJson(kraftVersionRecord, record)}`
    case 'kraft-voters':
      return `KRaftVoters ${valueJson(votersRecord, record)}`
    case 'unknown':
      return `controlType: UNKNOWN(${new Reader(record.key!, 2).int16()})`
  }
}

/** These values begin with their version as a field of their own. */
function valueJson(codec: MessageCodec<unknown>, { value }: Record): string {
  const bytes = value ?? new Uint8Array(0)
  const version = Math.min(new Reader(bytes).int16(), codec.versions[1])
  return messageJson(codec.decode(new Reader(bytes), version), codec.name, version)
}
