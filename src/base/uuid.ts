// Ids of 128 bits (topics, directories, incarnations), kept as Kafka prints them: base64url without padding,
// 22 characters. A string is a map key, a log field and an answer at once; the 16 bytes exist on the wire only.

const uuidBytes = 16
const canonicalForm = /^[A-Za-z0-9_-]{21}[AQgw]$/

/** "No id": 16 zero bytes (Kafka's Uuid.ZERO_UUID). */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA'

/** The id of `__cluster_metadata` (Kafka's Uuid.METADATA_TOPIC_ID). */
export const metadataTopicId = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** Whether `text` is the one written form of an id. Two spellings of one id must not become two map keys. */
export function isUuid(text: string): boolean {
  return canonicalForm.test(text)
}

/** The id in the 16 bytes at `at`; the caller has checked that they are there. */
export function uuidFromBytes(bytes: Uint8Array, at = 0): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, uuidBytes).toString('base64url')
}

/** The 16 bytes of `uuid`, or undefined if it is not one (see isUuid). */
export function uuidToBytes(uuid: string): Uint8Array | undefined {
  return isUuid(uuid) ? new Uint8Array(Buffer.from(uuid, 'base64url')) : undefined
}
