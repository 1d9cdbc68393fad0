import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerConfig } from '../config/broker-config.ts'
import type { PartitionLog } from './partition-log.ts'
import { logRounds, Rounds } from './rounds.ts'

const settings = new Map([
  ['node.id', '1'],
  ['process.roles', 'broker,controller'],
  ['controller.listener.names', 'CONTROLLER'],
  ['controller.quorum.bootstrap.servers', 'localhost:9093'],
  ['listeners', 'PLAINTEXT://:9092,CONTROLLER://:9093'],
  ['producer.id.expiration.check.interval.ms', '10'],
])

test('[LIVE3] producers expire by what producer.id.expiration.ms says when they are looked at', async () => {
  const parsed = BrokerConfig.parse(settings)
  if (!parsed.ok) throw new Error(parsed.message)
  const expirations: number[] = []
  const log: Partial<PartitionLog> = {
    deleteOldSegments: async () => 0,
    flushIfDue: () => undefined,
    removeDeletedFiles: () => undefined,
    removeExpiredProducers: (_, expirationMs) => expirations.push(expirationMs),
  }
  let expirationMs = 100
  const logs = { all: () => [log as PartitionLog] }
  const rounds = new Rounds(
    logRounds(logs, [], parsed.config, () => expirationMs),
    0,
  )
  await rounds.run(9)
  await rounds.run(10)
  expirationMs = 50
  await rounds.run(20)
  deepEqual(expirations, [100, 50])
})

test('[CLEAN17] a clock that is set back does not keep rounds waiting for longer than their interval', async () => {
  const ranAtMs: number[] = []
  const round = { intervalMs: 10, run: async (nowMs: number) => void ranAtMs.push(nowMs) }
  const rounds = new Rounds([round], 1000)
  for (const nowMs of [1005, 1010, 500, 505, 510]) await rounds.run(nowMs)
  deepEqual(ranAtMs, [1010, 500, 510])
})
