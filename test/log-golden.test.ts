// The log against a real log directory of Apache Kafka (test/golden/logdir/README.md): what is in there is found,
// a clean stop changes no byte of it, and recovery without any index makes the same index files that Kafka made.

import { deepEqual, equal, ok } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Logger } from '../src/base/logger.ts'
import { BrokerConfig } from '../src/config/broker-config.ts'
import { TopicConfig } from '../src/config/topic-config.ts'
import { parseOffsetCheckpoint } from '../src/log/checkpoint-file.ts'
import { LogManager } from '../src/log/log-manager.ts'
import { makeLogModules } from '../src/log/log-modules.ts'
import type { PartitionLog } from '../src/log/partition-log.ts'
import { loadLog } from '../src/log/recovery.ts'
import { MemoryDisk } from '../src/platform/memory-disk.ts'
import { batchHeaders } from '../src/protocol/records/record-batch.ts'

interface DecodedFile {
  readonly file: string
  readonly batches?: readonly { readonly baseOffset: number; readonly lastOffset: number }[]
  readonly snapshot?: { readonly producerEntries: readonly Record<string, number>[] }
  readonly aborted?: readonly Record<string, number>[]
}

const goldenPath = new URL('golden/logdir/', import.meta.url)
const decoded: DecodedFile[] = readFileSync(new URL('decoded.jsonl', goldenPath), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

/** The files of the directory by their path below it. */
const files = new Map<string, Uint8Array>()
for (const entry of readdirSync(new URL('data/', goldenPath), { recursive: true, withFileTypes: true })) {
  const below = entry.parentPath.split('/logdir/data')[1]!.replace(/^\//, '')
  const path = below === '' ? entry.name : `${below}/${entry.name}`
  if (entry.isFile()) files.set(path, readFileSync(new URL(`data/${path}`, goldenPath)))
}

const partitions = [
  ...new Set([...files.keys()].flatMap((path) => /^(.*-\d+)\//.exec(path)?.[1] ?? [])),
].filter((name) => name !== '__cluster_metadata-0')
const timers = {
  after: () => ({ cancel: () => {} }),
  soon: (callback: () => void) => queueMicrotask(callback),
}
const logger = new Logger('kafka.log', { write: () => {} })
/** Before every record, so that no producer has expired. */
const nowMs = 0

async function diskWith(isKept: (path: string) => boolean): Promise<MemoryDisk> {
  const disk = new MemoryDisk()
  for (const [path, bytes] of files) {
    if (!isKept(path)) continue
    await disk.makeDirectory(`/data/${path}`.replace(/\/[^/]*$/, ''))
    const file = await disk.open(`/data/${path}`, 'create')
    await file.write([bytes], 0)
    await file.close()
  }
  return disk
}

async function readFile(disk: MemoryDisk, path: string): Promise<Buffer> {
  const file = await disk.open(`/data/${path}`, 'read')
  const bytes = Buffer.alloc(await file.size())
  await file.read(bytes, 0)
  await file.close()
  return bytes
}

function brokerConfig(): BrokerConfig {
  const entries = {
    'node.id': '1',
    'process.roles': 'broker,controller',
    listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': '1@localhost:9093',
  }
  const parsed = BrokerConfig.parse(new Map(Object.entries(entries)))
  ok(parsed.ok)
  return parsed.config
}

function openManager(disk: MemoryDisk): Promise<LogManager> {
  const clock = { wallMs: () => nowMs, monotonicMs: () => 0 }
  const random = { next: () => 0, bytes: (count: number) => new Uint8Array(count) }
  const options = { directories: ['/data'], brokerConfig: brokerConfig() }
  return LogManager.open(options, { disk, clock, timers, random, logger })
}

function loadRecovering(disk: MemoryDisk, name: string): Promise<PartitionLog> {
  const [, topic, partition] = /^(.*)-(\d+)$/.exec(name)!
  // The settings of these topics when Kafka wrote them.
  const overrides = new Map(['codecs', 'txn'].includes(topic!) ? [['index.interval.bytes', '200']] : [])
  const options = {
    directory: `/data/${name}`,
    topicPartition: { topic: topic!, partition: Number(partition) },
    config: TopicConfig.of(brokerConfig(), overrides),
    nowMs,
    isClean: false,
    mayHaveGaps: true,
    recoveryPoint: 0,
    logStartOffset: topic === 'trimmed' ? 6 : 0,
    highWatermark: 0,
    producerIdExpirationMs: 86_400_000,
  }
  return loadLog(options, makeLogModules({ disk, timers, logger }))
}

function checkpoint(name: string): ReadonlyMap<string, number> {
  const parsed = parseOffsetCheckpoint(new TextDecoder().decode(files.get(name)))
  ok(parsed.ok)
  return parsed.value
}

/** The producers of the newest snapshot of a partition. */
function lastProducers(name: string): readonly Record<string, number>[] {
  const snapshots = decoded.filter(
    ({ file, snapshot }) => snapshot !== undefined && file.startsWith(`${name}/`),
  )
  return snapshots.at(-1)?.snapshot?.producerEntries ?? []
}

async function wholeLog(log: PartitionLog): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for (let offset = log.logStartOffset; offset < log.logEndOffset; ) {
    const request = { offset, endOffset: log.logEndOffset, bytesMax: 1_000_000, minOneMessage: true }
    const result = await log.read(request)
    ok(result.ok)
    parts.push(result.records)
    for (const { header } of batchHeaders(result.records)) offset = header.lastOffset + 1
  }
  return Buffer.concat(parts)
}

function logFilesOf(name: string): Buffer {
  const paths = [...files.keys()].filter((path) => path.startsWith(`${name}/`) && path.endsWith('.log'))
  return Buffer.concat(paths.sort().map((path) => files.get(path)!))
}

test('[LOG40] every log of a directory that Kafka closed is found with its offsets, epochs, ids and records', async () => {
  const manager = await openManager(await diskWith(() => true))
  equal(manager.previousBrokerEpoch, 13)
  deepEqual(
    [...manager.all()].map((log) => log.directory.slice('/data/'.length)).sort(),
    [...partitions].sort(),
  )
  const ends = checkpoint('recovery-point-offset-checkpoint')
  for (const log of manager.all()) {
    const name = log.directory.slice('/data/'.length)
    equal(log.logEndOffset, ends.get(name), name)
    equal(log.highWatermark, ends.get(name), name)
    equal(log.lastStableOffset, ends.get(name), name)
    equal(log.logStartOffset, name === 'trimmed-0' ? 6 : 0, name)
    equal(
      log.topicId,
      /topic_id: (.*)/.exec(new TextDecoder().decode(files.get(`${name}/partition.metadata`)))?.[1],
    )
    deepEqual(await wholeLog(log), logFilesOf(name), name)
    const producers = log
      .activeProducers()
      .map(({ producerId, producerEpoch, lastSequence, lastTimestamp }) => {
        return [producerId, producerEpoch, lastSequence, lastTimestamp]
      })
    deepEqual(
      producers,
      lastProducers(name).map((entry) => [
        entry.producerId,
        entry.epoch,
        entry.lastSequence,
        entry.timestamp,
      ]),
      name,
    )
  }
})

test('[LOG40] the aborted transactions of a range are those of the index files', async () => {
  const manager = await openManager(await diskWith(() => true))
  const log = manager.get({ topic: 'txn', partition: 0 })!
  const all = decoded.flatMap(({ file, aborted }) => (file.startsWith('txn-0/') ? (aborted ?? []) : []))
  deepEqual(
    log.abortedTransactions(0, 24).map((entry) => ({ version: 0, ...entry })),
    all,
  )
  deepEqual(log.abortedTransactions(0, 10).length, 1)
  deepEqual(log.abortedTransactions(22, 24).length, 0)
})

test('[LOG41] a clean stop of an unchanged directory changes no byte of it', async () => {
  const disk = await diskWith(() => true)
  const manager = await openManager(disk)
  await manager.close({ brokerEpoch: 13 })
  for (const [path, bytes] of files) {
    // Kafka lists the partitions in the order of a hash table, and keeps the epoch of a log without records.
    if (path.endsWith('-offset-checkpoint') || path === 'appendtime-1/leader-epoch-checkpoint') continue
    deepEqual(await readFile(disk, path), bytes, path)
  }
  const written = parseOffsetCheckpoint((await readFile(disk, 'recovery-point-offset-checkpoint')).toString())
  deepEqual(
    new Map([...(written.ok ? written.value : [])].sort()),
    new Map([...checkpoint('recovery-point-offset-checkpoint')].sort()),
  )
  equal((await readFile(disk, 'log-start-offset-checkpoint')).toString(), '0\n1\ntrimmed 0 6\n')
})

for (const name of partitions) {
  test(`[LOG42] recovery of ${name} from nothing but its log files makes Kafka's index files`, async () => {
    const disk = await diskWith((path) => path.startsWith(`${name}/`) && /\.(log|metadata)$/.test(path))
    const log = await loadRecovering(disk, name)
    equal(log.logEndOffset, checkpoint('recovery-point-offset-checkpoint').get(name))
    await log.close()
    for (const [path, bytes] of files) {
      if (!path.startsWith(`${name}/`) || !/\.(log|index|timeindex|txnindex)$/.test(path)) continue
      // A log that was never filled gets no indexes: Kafka makes empty ones when it opens it.
      if (log.logEndOffset === 0 && !path.endsWith('.log')) continue
      deepEqual(await readFile(disk, path), bytes, path)
    }
  })
}
