import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { encodeEndTxnMarker } from '../protocol/records/control-records.ts'
import type { AppendResult } from './append-result.ts'
import type { PartitionLog } from './partition-log.ts'
import { appendTo, batchOf, LogWorld, nowMs } from './testing/log-world.ts'

interface Producer {
  readonly id?: number
  readonly epoch?: number
  readonly isTransactional?: boolean
}

/** The base offset of the answer, or the error's number below zero. */
function send(log: PartitionLog, sequence: number, count: number, producer: Producer = {}): number {
  const values = Array.from({ length: count }, (_, index) => `${sequence + index}`)
  const fields = {
    producerId: producer.id ?? 7,
    producerEpoch: producer.epoch ?? 0,
    baseSequence: sequence,
    isTransactional: producer.isTransactional ?? false,
  }
  return outcome(appendTo(log, batchOf(values, fields)))
}

function outcome(result: AppendResult): number {
  return result.ok ? result.baseOffset : -result.error
}

function endTransaction(
  log: PartitionLog,
  type: 'abort' | 'commit',
  { id = 7, epoch = 0, coordinatorEpoch = 0, transactionVersion = 0 } = {},
): number {
  const marker = encodeEndTxnMarker({
    type,
    producerId: id,
    producerEpoch: epoch,
    coordinatorEpoch,
    baseOffset: 0,
    partitionLeaderEpoch: 0,
    timestampMs: nowMs,
  })
  return outcome(log.append(marker, { leaderEpoch: 0, origin: 'coordinator', nowMs, transactionVersion }))
}

const transactional = { isTransactional: true }

test('[LOG21] a batch equal to one of the last five is answered with its first offset and not appended', async () => {
  const log = await new LogWorld().create()
  for (let i = 0; i < 6; i++) equal(send(log, i * 2, 2), i * 2)
  equal(send(log, 10, 2), 10)
  equal(send(log, 2, 2), 2)
  equal(log.logEndOffset, 12)
  equal(send(log, 0, 2), -errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
})

test('[LOG21] duplicates are known after a clean stop and after a crash', async () => {
  for (const isClean of [true, false]) {
    const world = new LogWorld()
    const log = await world.create()
    send(log, 0, 3)
    send(log, 3, 2)
    await (isClean ? log.close() : log.flush())
    const loaded = await world.load({ isClean })
    equal(send(loaded, 3, 2), 3)
    equal(send(loaded, 5, 1), 5)
  }
})

test('[LOG22] sequences follow one another and wrap; a new epoch begins at 0; an unknown producer may begin anywhere', async () => {
  const log = await new LogWorld().create()
  equal(send(log, 2147483646, 2), 0)
  equal(send(log, 0, 1), 2)
  equal(send(log, 2, 1), -errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
  equal(send(log, 5, 1, { epoch: 1 }), -errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
  equal(send(log, 0, 1, { epoch: 1 }), 3)
  equal(send(log, 1, 1, { epoch: 0 }), -errors.INVALID_PRODUCER_EPOCH)
})

test('[LOG23] the last stable offset stays below an open transaction until its marker is below the high watermark', async () => {
  const log = await new LogWorld().create()
  send(log, 0, 1, { id: 1, ...transactional })
  send(log, 0, 1, { id: 2, ...transactional })
  log.highWatermark = 2
  equal(log.lastStableOffset, 0)
  endTransaction(log, 'commit', { id: 1 })
  equal(log.lastStableOffset, 0)
  log.highWatermark = 3
  equal(log.lastStableOffset, 1)
  endTransaction(log, 'abort', { id: 2 })
  log.highWatermark = 4
  equal(log.lastStableOffset, 4)
  deepEqual(log.abortedTransactions(0, 4), [
    { producerId: 2, firstOffset: 1, lastOffset: 3, lastStableOffset: 4 },
  ])
})

test('[LOG23] an open transaction is still open after a restart', async () => {
  const world = new LogWorld()
  const log = await world.create()
  send(log, 0, 2, transactional)
  await log.close()
  const loaded = await world.load({ highWatermark: 2 })
  equal(loaded.lastStableOffset, 0)
  equal(send(loaded, 2, 1), -errors.INVALID_TXN_STATE)
  endTransaction(loaded, 'abort')
  loaded.highWatermark = 3
  equal(loaded.lastStableOffset, 3)
  deepEqual(loaded.abortedTransactions(0, 3).length, 1)
  await loaded.close()
  deepEqual((await world.load()).abortedTransactions(0, 3).length, 1)
})

test('[LOG24] a marker of an older epoch or an older coordinator is refused', async () => {
  const log = await new LogWorld().create()
  send(log, 0, 1, { epoch: 3, ...transactional })
  equal(endTransaction(log, 'commit', { epoch: 2 }), -errors.INVALID_PRODUCER_EPOCH)
  equal(endTransaction(log, 'commit', { epoch: 3, coordinatorEpoch: 5 }), 1)
  send(log, 1, 1, { epoch: 3, ...transactional })
  equal(
    endTransaction(log, 'commit', { epoch: 3, coordinatorEpoch: 4 }),
    -errors.TRANSACTION_COORDINATOR_FENCED,
  )
})

test('[LOG24] with transactions of version 2 a marker raises the epoch; its retry is taken, others of that epoch are not', async () => {
  const log = await new LogWorld().create()
  send(log, 0, 1, { epoch: 3, ...transactional })
  equal(endTransaction(log, 'commit', { epoch: 3, transactionVersion: 2 }), -errors.INVALID_PRODUCER_EPOCH)
  equal(endTransaction(log, 'commit', { epoch: 4, transactionVersion: 2 }), 1)
  equal(endTransaction(log, 'commit', { epoch: 4, transactionVersion: 2 }), 2)
  equal(send(log, 1, 1, { epoch: 4, ...transactional }), -errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
  equal(send(log, 0, 1, { epoch: 4, ...transactional }), 3)
})

test('[LOG25] an idle producer is forgotten after producer.id.expiration.ms, one with an open transaction never', async () => {
  const log = await new LogWorld().create()
  send(log, 0, 1, { id: 1 })
  send(log, 0, 1, { id: 2, ...transactional })
  log.removeExpiredProducers(nowMs + 999, 1000)
  equal(log.activeProducers().length, 2)
  log.removeExpiredProducers(nowMs + 1000, 1000)
  deepEqual(
    log.activeProducers().map((producer) => producer.producerId),
    [2],
  )
})

test('[LOG48] the first batch of a transaction needs a guard that still fits; later ones need none', async () => {
  const log = await new LogWorld().create()
  const batch = { producerId: 7, producerEpoch: 0, baseSequence: 0, supportsEpochBump: false }
  const sendVerified = (sequence: number, guard: ReturnType<PartitionLog['beginVerification']>) => {
    const producer = { producerId: 7, producerEpoch: 0, baseSequence: sequence, isTransactional: true }
    const options = { leaderEpoch: 0, origin: 'client', nowMs, verification: { guard } } as const
    return outcome(log.append(batchOf([`${sequence}`], producer), options))
  }
  equal(sendVerified(0, undefined), -errors.INVALID_TXN_STATE)
  const stale = log.beginVerification(batch, nowMs)
  endTransaction(log, 'abort')
  equal(sendVerified(0, stale), -errors.INVALID_TXN_STATE)
  const guard = log.beginVerification(batch, nowMs)
  equal(log.beginVerification(batch, nowMs), guard)
  equal(sendVerified(0, guard), 1)
  equal(log.beginVerification(batch, nowMs), undefined)
  equal(sendVerified(1, undefined), 2)
})

test('[LOG48] while a transaction is verified, a later batch does not go before the first; new producers begin at 0', async () => {
  const log = await new LogWorld().create()
  const batch = { producerId: 7, producerEpoch: 0, baseSequence: 3, supportsEpochBump: false }
  log.beginVerification(batch, nowMs)
  equal(send(log, 4, 1, transactional), -errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
  equal(send(log, 3, 1, transactional), 0)
  log.beginVerification({ ...batch, producerId: 8, supportsEpochBump: true }, nowMs)
  equal(send(log, 3, 1, { id: 8, ...transactional }), -errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
})
