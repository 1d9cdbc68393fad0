// The isolation level of a consumer's request, from its number on the wire (IsolationLevel).

import type { FetchPosition } from '../replication/partition.ts'

const readCommitted = 1

/** Any other number reads what is committed by the log, as 0 does. */
export function isolationOf(isolationLevel: number): FetchPosition['isolation'] {
  return isolationLevel === readCommitted ? 'read-committed' : 'read-uncommitted'
}
