// Assertions for broken invariants, always on: a node that finds one stops before it can write.
// What a client or the world can cause is never asserted; it is a value (a Kafka error code).

export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** Throws AssertionError with `message` (what should have been true) unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** The end of an exhaustive switch: the compiler proves it unreachable, the run time checks it. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable value: ${JSON.stringify(value)}`)
}
