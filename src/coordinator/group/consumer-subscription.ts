// The one part of the consumer embedded protocol a coordinator reads: the topic names at the front of a
// subscription (ConsumerProtocolSubscription; after its version every one starts with them).

import { DecodeError } from '../../protocol/decode-error.ts'
import { stringElement } from '../../protocol/elements.ts'
import { Reader } from '../../protocol/reader.ts'

/** The subscribed topics, or undefined when the bytes are not a consumer subscription. */
export function subscribedTopicsOf(subscription: Uint8Array): ReadonlySet<string> | undefined {
  try {
    const reader = new Reader(subscription)
    const version = reader.int16()
    return version < 0 ? undefined : new Set(reader.array(false, version, stringElement.decode))
  } catch (problem) {
    if (problem instanceof DecodeError) return undefined
    throw problem
  }
}
