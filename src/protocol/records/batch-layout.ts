// Where the header of a record batch of magic 2 keeps its fields (Kafka: DefaultRecordBatch). The records
// follow it, compressed as a whole. The checksum covers everything from the attributes on.

export const batchFields = {
  baseOffset: 0,
  batchLength: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
} as const

export const batchAttributes = {
  compressionMask: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
  deleteHorizon: 0x40,
} as const

/** What `batchLength` does not count: base offset and itself. */
export const batchLengthOverhead = 12
