// What the coordinator knows of a request beside its body.

export interface RequestContext {
  readonly apiVersion: number
  /** Empty when the client gave none. */
  readonly clientId: string
  /** As Java prints an address: `/127.0.0.1`. */
  readonly clientHost: string
}
