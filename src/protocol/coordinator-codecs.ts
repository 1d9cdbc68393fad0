// The codecs of one type of coordinator record: a key and a value, as in `schemas/records-group` and its like.

import type { MessageCodec } from './message.ts'

export interface CoordinatorCodecs {
  /** The API key of both codecs is the type of the record. */
  readonly key: MessageCodec<unknown>
  readonly value: MessageCodec<unknown>
}
