// The one exception of decoding. Bytes from outside that do not follow their format throw it and nothing else;
// whoever owns the connection, the log or the request turns it into an answer.

/** The bytes do not hold what they should. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  /** Counted from the start of the bytes; undefined when no single place is to blame. */
  readonly position: number | undefined

  constructor(problem: string, position?: number) {
    super(position === undefined ? problem : `${problem} (at byte ${position})`)
    this.position = position
  }
}
