// The first batch of a transaction in a partition is appended only after the coordinator has confirmed that the
// partition belongs to an open transaction (KIP-890): a late batch must not open one that nobody will end.
// Between the question and the append a marker may arrive; the guard, an object that only the asker holds,
// then no longer fits. Kafka: VerificationGuard, VerificationStateEntry.

/** Proof that a verification was begun and that nothing ended the transaction since; compared by identity. */
export interface VerificationGuard {
  readonly producerId: number
}

export interface Verification {
  readonly guard: VerificationGuard
  readonly sinceMs: number
  /** Transactions of version 2: a producer that is new here begins at sequence 0. */
  readonly supportsEpochBump: boolean
  /** No later batch goes before the earliest one that was seen waiting. */
  lowestSequence: number
  epoch: number
}

export class TransactionVerifications {
  readonly #byProducer = new Map<number, Verification>()

  /** Begins a verification, or joins the one that is going on. */
  begin(batch: VerifiedBatch, nowMs: number): VerificationGuard {
    const { producerId, producerEpoch, baseSequence, supportsEpochBump } = batch
    const known = this.#byProducer.get(producerId)
    if (known === undefined) {
      const guard = { producerId }
      const numbers = { lowestSequence: baseSequence, epoch: producerEpoch }
      this.#byProducer.set(producerId, { guard, sinceMs: nowMs, supportsEpochBump, ...numbers })
      return guard
    }
    if (
      producerEpoch > known.epoch ||
      (producerEpoch === known.epoch && baseSequence < known.lowestSequence)
    ) {
      known.lowestSequence = baseSequence
      known.epoch = producerEpoch
    }
    return known.guard
  }

  get(producerId: number): Verification | undefined {
    return this.#byProducer.get(producerId)
  }

  /** The transaction has begun here, or has ended: what was being verified is decided. */
  end(producerId: number): void {
    this.#byProducer.delete(producerId)
  }

  removeExpired(nowMs: number, expirationMs: number): void {
    for (const [producerId, { sinceMs }] of this.#byProducer) {
      if (nowMs - sinceMs >= expirationMs) this.#byProducer.delete(producerId)
    }
  }
}

/** The batch that waits for the coordinator's answer. */
export interface VerifiedBatch {
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly supportsEpochBump: boolean
}
