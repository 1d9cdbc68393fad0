// The one exception of decoding. Bytes from outside that do not follow their format throw it and nothing else;
// whoever owns the connection, the log or the request turns it into an answer.

export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}
