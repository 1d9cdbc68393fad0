// Java's String.hashCode, which decides the coordinator partition of a group: every broker and client that
// places a group must agree with it, so it is part of the disk format.

/** The 32-bit hash over UTF-16 code units. */
export function javaStringHash(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0
  return hash
}

/** The partition of `text` among `count`; the one hash without a positive counterpart counts as 0. */
export function coordinatorPartition(text: string, count: number): number {
  const hash = javaStringHash(text)
  return hash === -0x80000000 ? 0 : Math.abs(hash) % count
}
