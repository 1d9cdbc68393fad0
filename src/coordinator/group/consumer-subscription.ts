// The one part of the consumer embedded protocol a coordinator reads: the topic names at the front of a
// subscription (ConsumerProtocolSubscription, every version starts with them). Grammar:
//   version int16, topic count int32, then each topic as int16 length and UTF-8 bytes.

/** The subscribed topics, or undefined when the bytes are not a consumer subscription. */
export function subscribedTopicsOf(subscription: Uint8Array): ReadonlySet<string> | undefined {
  const view = new DataView(subscription.buffer, subscription.byteOffset, subscription.byteLength)
  if (view.byteLength < 6 || view.getInt16(0) < 0) return undefined
  const count = view.getInt32(2)
  // Each topic takes two bytes at least, so a larger count is a lie and not worth a loop.
  if (count < 0 || count > (view.byteLength - 6) / 2) return undefined
  const decoder = new TextDecoder()
  const topics = new Set<string>()
  let position = 6
  for (let index = 0; index < count; index++) {
    if (position + 2 > view.byteLength) return undefined
    const length = view.getInt16(position)
    const end = position + 2 + length
    if (length < 0 || end > view.byteLength) return undefined
    topics.add(decoder.decode(subscription.subarray(position + 2, end)))
    position = end
  }
  return topics
}
