// How the runtime turns records into one batch and a log's chunks back into records. The seam keeps the
// runtime free of the batch format and lets its tests run on plain data.

export interface EncodedRecord {
  readonly key: Uint8Array
  /** Null is a tombstone. */
  readonly value: Uint8Array | null
}

export interface DecodedRecord {
  readonly offset: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}

export interface DecodedBatch {
  readonly lastOffset: number
  /** -1 outside a transaction: records of a plain idempotent batch are not pending on a marker. */
  readonly transactionalProducerId: number
  readonly producerEpoch: number
  /** What a control batch says; undefined for a batch of data. */
  readonly marker: 'commit' | 'abort' | 'other' | undefined
  readonly records: Iterable<DecodedRecord>
}

export interface BatchCodec {
  /** One batch of magic 2 with all records at `nowMs`. */
  encode(records: readonly EncodedRecord[], nowMs: number): Uint8Array
  /** The batches of a chunk that holds whole batches. Throws the decode error on damage. */
  decode(chunk: Uint8Array): Iterable<DecodedBatch>
}

/** Record type of key and value of one internal topic. */
export interface RecordSerde<U> {
  /** Undefined for a record that its format cannot hold: the operation that made it is refused. */
  encode(record: U): EncodedRecord | undefined
  /** Undefined for an unknown record type: the load skips it. Bytes of the result are views on the input. */
  decode(key: Uint8Array, value: Uint8Array | null): U | undefined
}
