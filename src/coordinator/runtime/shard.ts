// The contract between the runtime and one shard, the state of one partition of an internal topic.
// An operation decides and answers `{ records, response }`; `replay` is the only mutator of state that is
// in the log, live and while loading. State that is not in the log (a classic group's join phase, sessions)
// dies with the shard.

export interface ReplayContext {
  /** The record's offset; while live the offset it is expected to get. Never decreases within a shard. */
  readonly offset: number
  /** -1 unless the record is part of a transaction. */
  readonly producerId: number
  readonly producerEpoch: number
}

export interface CoordinatorShard<U> {
  /** Applies a record and returns what takes it back, for the case that its append is refused. */
  replay(record: U, context: ReplayContext): () => void
  replayEndTransactionMarker(producerId: number, committed: boolean): void
  onLoaded(nowMs: number): void
  /** Answers everything that waits in the shard with `error`. */
  onUnloaded(error: number): void
}

export interface WriteResult<U, T> {
  readonly records: readonly U[]
  readonly response: T
  /** False: the shard holds the new state already, or takes it over in `onCommitted`. */
  readonly replay?: boolean
  /** Called once, if there are records: with 0 when they are committed, or with the error of their append. */
  readonly onCommitted?: (error: number) => void
}

export type WriteOperation<S, U, T> = (shard: S, nowMs: number) => WriteResult<U, T>

/** What a shard's timers run. Nobody waits for the answer. */
export type TimedOperation<U> = (nowMs: number) => WriteResult<U, undefined>

/** The result of an operation that has nothing to write and nothing to say. */
export const nothingToWrite: WriteResult<never, undefined> = { records: [], response: undefined }
