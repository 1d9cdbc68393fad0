// One partition of an internal topic and the shard that lives in it.
//
//   from            to        cause
//   initial         loading   this broker was elected
//   loading         active    the whole log was replayed
//   loading         failed    the log is missing or damaged
//   active          failed    the log or leadership was lost
//   any             closed    resignation or shutdown
//
// All operations of one turn share one record batch. A response leaves when everything its operation could
// have seen is committed: reads run at once on the newest state and wait for the pending watermark, so no
// older version of the state is ever needed.

import { assert } from '../../base/assert.ts'
import { errors } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import type { TopicPartition } from '../../base/topic-partition.ts'
import type { Clock, Outcome, Timers } from '../../env/env.ts'
import { coordinatorError } from './append-errors.ts'
import type { BatchCodec, DecodedBatch, EncodedRecord, RecordSerde } from './batch-codec.ts'
import type { LoadablePartition, PartitionReader, PartitionWriter } from './partition-writer.ts'
import type { CoordinatorShard, WriteOperation, WriteResult } from './shard.ts'
import { ShardTimers } from './shard-timers.ts'

export type PartitionShardState = 'initial' | 'loading' | 'active' | 'failed' | 'closed'

export interface PartitionShardModules<S, U> {
  readonly clock: Clock
  readonly timers: Timers
  readonly writer: PartitionWriter
  readonly reader: PartitionReader
  readonly serde: RecordSerde<U>
  readonly batches: BatchCodec
  readonly logger: Logger
  readonly createShard: (timers: ShardTimers<U>) => S
}

/** Called once, with 0 or the error of the append. */
type Completion = (error: number) => void

interface OpenBatch {
  readonly records: EncodedRecord[]
  readonly undos: (() => void)[]
  readonly completions: Completion[]
  sizeBytes: number
}

interface WrittenBatch {
  readonly endOffset: number
  readonly completions: Completion[]
}

/** What a record adds to a batch beside key and value at most: lengths, deltas and attributes as varints. */
const recordOverheadBytesMax = 31
const batchHeaderBytes = 61

export class PartitionShard<S extends CoordinatorShard<U>, U> {
  readonly #partition: TopicPartition
  readonly #modules: PartitionShardModules<S, U>
  readonly #timers: ShardTimers<U>
  readonly #shard: S
  #state: PartitionShardState = 'initial'
  #open: OpenBatch | undefined
  #written: WrittenBatch[] = []
  #endOffset = 0
  #loadedCount = 0
  #highWatermark = 0
  #stopListening: (() => void) | undefined

  constructor(partition: TopicPartition, modules: PartitionShardModules<S, U>) {
    this.#partition = partition
    this.#modules = modules
    this.#timers = new ShardTimers<U>({
      timers: modules.timers,
      run: (operation) => {
        void this.write((_, nowMs) => operation(nowMs))
      },
    })
    this.#shard = modules.createShard(this.#timers)
  }

  get state(): PartitionShardState {
    return this.#state
  }

  /** Replays the partition's log and becomes active, failed, or stays closed when closed meanwhile. */
  async load(): Promise<void> {
    assert(this.#state === 'initial', 'a shard is loaded once')
    this.#state = 'loading'
    this.#stopListening = this.#modules.writer.listen(this.#partition, {
      onHighWatermark: (offset) => this.#onHighWatermark(offset),
      onFailed: () => this.#unload('failed'),
    })
    const log = this.#modules.reader.open(this.#partition)
    if (log === undefined) {
      this.#unload('failed')
      return
    }
    try {
      await this.#replayLog(log)
    } catch (problem) {
      const message = problem instanceof Error ? problem.message : String(problem)
      this.#modules.logger.error('cannot load the coordinator partition', { ...this.#partition, message })
      this.#unload('failed')
      return
    }
    if (this.#state !== 'loading') return
    this.#endOffset = Math.max(this.#endOffset, log.endOffset)
    this.#highWatermark = Math.max(this.#highWatermark, log.highWatermark)
    // Replayed records above the watermark may still be lost with leadership: answers wait for them too.
    if (this.#endOffset > this.#highWatermark)
      this.#written.push({ endOffset: this.#endOffset, completions: [] })
    this.#state = 'active'
    const { topic, partition } = this.#partition
    this.#modules.logger.info(
      `loaded ${this.#loadedCount} records of a coordinator partition, ${topic}-${partition}`,
    )
    this.#shard.onLoaded(this.#modules.clock.wallMs())
  }

  /** Runs `operation` now and answers when its records, or all it depends on, are committed. */
  write<T>(operation: WriteOperation<S, U, T>): Promise<Outcome<T, number>> {
    if (this.#state !== 'active') return Promise.resolve({ ok: false, error: this.#inactiveError() })
    const nowMs = this.#modules.clock.wallMs()
    const result = operation(this.#shard, nowMs)
    return new Promise((resolve) => {
      const completion: Completion = (error) => {
        if (result.records.length > 0) result.onCommitted?.(error)
        resolve(
          error === errors.NONE
            ? { ok: true, value: result.response }
            : { ok: false, error: coordinatorError(error) },
        )
      }
      if (result.records.length === 0) this.#whenCommitted(completion)
      else this.#gather(result, completion)
    })
  }

  /** Reads the newest state now and answers when what was read is committed. */
  read<T>(operation: (shard: S) => T): Promise<Outcome<T, number>> {
    return this.write<T>((shard) => ({ records: [], response: operation(shard) }))
  }

  /** Gives the partition up; everything that waits is answered NOT_COORDINATOR. */
  close(): void {
    this.#unload('closed')
  }

  #inactiveError(): number {
    return this.#state === 'loading' || this.#state === 'initial'
      ? errors.COORDINATOR_LOAD_IN_PROGRESS
      : errors.NOT_COORDINATOR
  }

  async #replayLog(log: LoadablePartition): Promise<void> {
    for await (const chunk of log.batches) {
      if (this.#state !== 'loading') return
      for (const batch of this.#modules.batches.decode(chunk)) {
        this.#replayBatch(batch)
        this.#endOffset = batch.lastOffset + 1
      }
    }
  }

  #replayBatch(batch: DecodedBatch): void {
    if (batch.marker !== undefined) {
      if (batch.marker !== 'other')
        this.#shard.replayEndTransactionMarker(batch.transactionalProducerId, batch.marker === 'commit')
      return
    }
    for (const { offset, key, value } of batch.records) {
      if (key === null) continue
      const record = this.#modules.serde.decode(key, value)
      if (record === undefined) continue
      const { transactionalProducerId: producerId, producerEpoch } = batch
      this.#shard.replay(record, { offset, producerId, producerEpoch })
      this.#loadedCount++
    }
  }

  #gather(result: WriteResult<U, unknown>, completion: Completion): void {
    const encoded = result.records.flatMap((record) => this.#modules.serde.encode(record) ?? [])
    if (encoded.length < result.records.length) {
      completion(errors.UNKNOWN_SERVER_ERROR)
      return
    }
    const sizeBytes = encoded.reduce(
      (sum, { key, value }) => sum + key.length + (value?.length ?? 0) + recordOverheadBytesMax,
      0,
    )
    const bytesMax = this.#modules.writer.messageBytesMax(this.#partition)
    if (batchHeaderBytes + sizeBytes > bytesMax) {
      completion(errors.RECORD_LIST_TOO_LARGE)
      return
    }
    if (this.#open !== undefined && this.#open.sizeBytes + sizeBytes > bytesMax) this.#flush()
    const batch = this.#openBatch()
    if (result.replay !== false) {
      result.records.forEach((record, index) => {
        const offset = this.#endOffset + batch.records.length + index
        batch.undos.push(this.#shard.replay(record, { offset, producerId: -1, producerEpoch: -1 }))
      })
    }
    batch.records.push(...encoded)
    batch.completions.push(completion)
    batch.sizeBytes += sizeBytes
  }

  #openBatch(): OpenBatch {
    if (this.#open !== undefined) return this.#open
    const batch: OpenBatch = { records: [], undos: [], completions: [], sizeBytes: batchHeaderBytes }
    this.#open = batch
    this.#modules.timers.soon(() => {
      if (this.#open === batch) this.#flush()
    })
    return batch
  }

  #flush(): void {
    const batch = this.#open
    if (batch === undefined) return
    this.#open = undefined
    const bytes = this.#modules.batches.encode(batch.records, this.#modules.clock.wallMs())
    const appended = this.#modules.writer.append(this.#partition, bytes)
    if (!appended.ok) {
      for (const undo of batch.undos.reverse()) undo()
      for (const complete of batch.completions) complete(appended.error)
      return
    }
    if (this.#state !== 'active') {
      for (const complete of batch.completions) complete(errors.NOT_COORDINATOR)
      return
    }
    this.#endOffset = appended.lastOffset + 1
    this.#written.push({ endOffset: this.#endOffset, completions: batch.completions })
    this.#completeCommitted()
  }

  #whenCommitted(completion: Completion): void {
    const pending = this.#open ?? this.#written.at(-1)
    if (pending === undefined) completion(errors.NONE)
    else pending.completions.push(completion)
  }

  #onHighWatermark(offset: number): void {
    if (offset <= this.#highWatermark) return
    this.#highWatermark = offset
    this.#completeCommitted()
  }

  #completeCommitted(): void {
    for (;;) {
      const oldest = this.#written[0]
      if (oldest === undefined || oldest.endOffset > this.#highWatermark) return
      this.#written.shift()
      for (const complete of oldest.completions) complete(errors.NONE)
    }
  }

  #unload(state: 'failed' | 'closed'): void {
    const wasLive = this.#state === 'active' || this.#state === 'loading'
    if (this.#state !== 'closed') this.#state = state
    if (!wasLive) return
    this.#stopListening?.()
    this.#timers.cancelAll()
    const waiting = [...this.#written, ...(this.#open === undefined ? [] : [this.#open])]
    this.#written = []
    this.#open = undefined
    for (const batch of waiting) for (const complete of batch.completions) complete(errors.NOT_COORDINATOR)
    // Completions may have started timers again; they belong to state that is gone.
    this.#timers.cancelAll()
    this.#shard.onUnloaded(errors.NOT_COORDINATOR)
  }
}
