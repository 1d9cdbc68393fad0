// Why a call of the kit failed.

/** Says in a sentence what happened, to which thing, and what to do about it. */
export class OttlaError extends Error {
  override readonly name = 'OttlaError'
}
