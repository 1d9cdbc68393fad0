// MirrorMaker 2 in dedicated mode, from the other broker of the run to the one that a column is about: partitions,
// configs, records and the committed offsets of a group, prepared and looked at with Ottla's own client.

import { deepEqual, equal, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commitOffsets, fetchCommitted } from '../../src/client/committed-offsets.ts'
import { alterConfigs, describeConfigs } from '../../src/client/config-admin.ts'
import { Consumer, consumerDefaults } from '../../src/client/consumer.ts'
import type { ConsumedRecord } from '../../src/client/fetched-records.ts'
import type { KafkaClient } from '../../src/client/kafka-client.ts'
import { lookUpOffsets } from '../../src/client/offset-lookup.ts'
import { Producer, producerDefaults } from '../../src/client/producer.ts'
import type { ProducerRecord } from '../../src/client/producer-batch.ts'
import { createPartitions, createTopic, describeTopics } from '../../src/client/topic-admin.ts'
import { delay } from '../brokers.ts'
import { build, CannotDo, lines, reasonOf, run } from '../client.ts'
import { given, withOwnClient } from '../own-client.ts'
import type { Program } from '../program.ts'
import { classPath, compile, javaOfKafka } from './java.ts'

const mirrorFolder = join(tmpdir(), 'ottla-conformance-mirror-maker')
const mirrorJars = `${mirrorFolder}/*`
const mirrorMsMax = 150_000
/** A broker makes the topic of the offsets first. */
const coordinatorMsMax = 30_000
const topic = 'mirrored'
/** As MirrorMaker names it: after the alias of where it came from. */
const remoteTopic = `source.${topic}`
const group = 'mirror-readers'
const partitions = [0, 1]
type Configs = readonly (readonly [name: string, value: string])[]
const configs: Configs = [
  ['retention.ms', '-1'],
  ['max.message.bytes', '654321'],
]
const laterPartitions = 3
const laterConfigs: Configs = [['max.message.bytes', '765432']]
const perPartition = 100
const firstHalf = partitions.flatMap((partition) => recordsOf(partition, 0))
const secondHalf = partitions.flatMap((partition) => recordsOf(partition, perPartition))

export const mirrorMaker: Program = {
  name: 'MirrorMaker 2',
  source: 'clients/mirror-maker.ts',
  missing: () => reasonOf(prepare()),
  cases: [
    {
      title: 'from the other broker to this one: partitions, configs, records, committed offsets',
      stage: 'first',
      async run(server, other) {
        const source = sourceOf(other)
        await withOwnClient(source, async (client) => {
          const shape = { partitions: partitions.length, replicationFactor: 1, assignments: null, configs }
          given(await createTopic(client, { name: topic, ...shape }))
          await produce(client, firstHalf)
          const offsets = [perPartition / 2, perPartition].map((offset, partition) => ({
            topic,
            partition,
            offset,
          }))
          given(await client.retrying(coordinatorMsMax, () => commitOffsets(client, group, offsets)))
        })
        await withOwnClient(server, async (client) => {
          await mirror(source, server, async () => {
            const [, end] = await committed(client)
            return end === perPartition && (await count(client)) >= firstHalf.length
          })
          await expectRecords(client, firstHalf)
          ok(await hasShape(client, partitions.length, configs), 'partitions and configs')
          // MirrorMaker translates exactly at the end of a partition; before that it may stay behind, never go ahead.
          const [middle = 0] = await committed(client)
          ok(middle <= perPartition / 2, `partition 0 is committed at ${middle}`)
        })
      },
    },
    {
      title:
        'after kill -9 of both brokers: goes on where it stood, with another partition and another config',
      stage: 'after kill -9',
      async run(server, other) {
        const source = sourceOf(other)
        await withOwnClient(source, async (client) => {
          given(await createPartitions(client, topic, laterPartitions, null))
          given(
            await alterConfigs(client, { type: 'topic', name: topic }, { set: laterConfigs, deleted: [] }),
          )
          await produce(client, secondHalf)
        })
        const all = [...firstHalf, ...secondHalf]
        await withOwnClient(server, async (client) => {
          const isDone = async () =>
            (await count(client)) >= all.length && (await hasShape(client, laterPartitions, laterConfigs))
          await mirror(source, server, isDone)
          await expectRecords(client, all)
        })
      },
    },
    {
      title: 'after a restart: RemoteClusterUtils translates the offsets of the group',
      stage: 'after restart',
      async run(server) {
        const [java, ...flags] = javaOfKafka
        const args = [
          ...flags,
          '-cp',
          await classPath(mirrorJars),
          'TranslateOffsets',
          server,
          'source',
          group,
        ]
        const translated = JSON.parse(lines(await run(java!, args)).at(-1)!)
        equal(translated[`${remoteTopic}-1`], perPartition)
      },
    },
    {
      title: 'after a restart: the group reads here what it had not read there',
      stage: 'after restart',
      async run(server) {
        await withOwnClient(server, async (client) => {
          const unread = secondHalf.filter(({ partition }) => partition === 1)
          const consumer = new Consumer(
            { ...consumerDefaults, groupId: group, autoOffsetReset: 'earliest' },
            client,
          )
          consumer.subscribe([remoteTopic])
          const read: ConsumedRecord[] = []
          const ends = () => read.filter(({ offset }) => offset === 2 * perPartition - 1).length
          while (ends() < partitions.length) read.push(...given(await consumer.poll(500)))
          given(await consumer.close())
          deepEqual(read.filter(({ partition }) => partition === 1).map(textOf), unread.map(textOf))
          const start = read.find(({ partition }) => partition === 0)!.offset
          ok(start <= perPartition / 2, `partition 0 is read from ${start}`)
        })
      },
    },
  ],
}

function sourceOf(other: string | undefined): string {
  if (other === undefined) throw new CannotDo('there is no other broker')
  return other
}

function recordsOf(partition: number, from: number): ProducerRecord[] {
  return Array.from({ length: perPartition }, (_, at) => ({
    partition,
    key: at % 3 === 0 ? null : Buffer.from(`key ${at}`),
    value: at % 5 === 0 ? null : Buffer.from(`value ${from + at} of ${partition}`),
    headers: at % 2 === 0 ? [] : ['one', 'two'].map((key) => ({ key, value: Buffer.from(`header ${at}`) })),
    timestamp: 1_700_000_000_000 + 1000 * (from + at),
  }))
}

async function produce(client: KafkaClient, records: readonly ProducerRecord[]): Promise<void> {
  const producer = new Producer({ ...producerDefaults, compression: 'lz4' }, client)
  for (const result of await Promise.all(records.map((record) => producer.send(topic, record)))) given(result)
}

/** How many records the remote topic has, if it is there. */
async function count(client: KafkaClient): Promise<number> {
  const asked = partitions.map((partition) => ({ topic: remoteTopic, partition }))
  const ends = await lookUpOffsets(client, asked, 'latest')
  return ends.reduce((sum, end) => sum + (end.ok ? end.value.offset : 0), 0)
}

/** The group's offsets in the remote topic, by partition. */
async function committed(client: KafkaClient): Promise<(number | undefined)[]> {
  const found = await fetchCommitted(
    client,
    group,
    partitions.map((partition) => ({ topic: remoteTopic, partition })),
  )
  const offsets = found.ok ? found.value : []
  return partitions.map((partition) => offsets.find((each) => each.partition === partition)?.offset)
}

async function expectRecords(client: KafkaClient, expected: readonly ProducerRecord[]): Promise<void> {
  equal(await count(client), expected.length, 'number of records')
  const consumer = new Consumer({ ...consumerDefaults, autoOffsetReset: 'earliest' }, client)
  consumer.assign(partitions.map((partition) => ({ topic: remoteTopic, partition })))
  const read: ProducerRecord[] = []
  while (read.length < expected.length) read.push(...given(await consumer.poll(500)))
  for (const partition of partitions) {
    const ofPartition = (records: readonly ProducerRecord[]) =>
      records.filter((each) => each.partition === partition).map(textOf)
    deepEqual(ofPartition(read), ofPartition(expected))
  }
}

async function hasShape(client: KafkaClient, partitionCount: number, expected: Configs): Promise<boolean> {
  const described = await describeTopics(client, [remoteTopic])
  const found = await describeConfigs(client, { type: 'topic', name: remoteTopic })
  return (
    described.ok &&
    described.value[0]!.partitions.length === partitionCount &&
    found.ok &&
    expected.every(([name, value]) => found.value.find((config) => config.name === name)?.value === value)
  )
}

function textOf({ key, value, headers = [], timestamp }: ProducerRecord): string {
  const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString())
  return JSON.stringify([
    text(key),
    text(value),
    headers.map(({ key, value }) => [key, text(value)]),
    timestamp,
  ])
}

/** Runs MirrorMaker from `source` to `target` until `isDone`, then stops it in order. */
async function mirror(source: string, target: string, isDone: () => Promise<boolean>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ottla-mirror-'))
  const [java, ...flags] = javaOfKafka
  const child = spawn(
    java!,
    [
      ...[...flags, '-cp', await classPath(mirrorJars)],
      ...['org.apache.kafka.connect.mirror.MirrorMaker', settingsFile(folder, source, target)],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], timeout: mirrorMsMax, killSignal: 'SIGKILL' },
  )
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const closed = once(child, 'close')
  while (child.exitCode === null && child.signalCode === null && !(await isDone())) await delay(200)
  const hasEnded = child.exitCode ?? child.signalCode
  child.kill('SIGTERM')
  await closed
  rmSync(folder, { recursive: true })
  if (hasEnded !== null)
    throw new Error(`MirrorMaker ended with ${hasEnded} before all was there: ${said.slice(-600)}`)
}

function settingsFile(folder: string, source: string, target: string): string {
  const seconds = [
    'refresh.topics',
    'refresh.groups',
    'sync.topic.configs',
    'emit.checkpoints',
    'sync.group.offsets',
  ]
  const internalTopics = ['checkpoints.topic', 'heartbeats.topic', 'offset-syncs.topic']
  const stores = ['offset.storage', 'status.storage', 'config.storage']
  const settings: [name: string, value: string | number | boolean][] = [
    ['clusters', 'source,target'],
    ['source.bootstrap.servers', source],
    ['target.bootstrap.servers', target],
    ['source->target.enabled', true],
    ['source->target.topics', topic],
    ['source->target.groups', group],
    ['sync.group.offsets.enabled', true],
    // Every record's offset may be translated, not only every hundredth.
    ['offset.lag.max', 0],
    ['offset.flush.interval.ms', 1000],
    ['replication.factor', 1],
    ...seconds.map((name) => [`${name}.interval.seconds`, 1] as [string, number]),
    ...[...internalTopics, ...stores].map((name) => [`${name}.replication.factor`, 1] as [string, number]),
  ]
  const file = join(folder, 'mirror.properties')
  writeFileSync(file, settings.map(([name, value]) => `${name}=${value}\n`).join(''))
  return file
}

/** MirrorMaker's jars come beside Kafka's own, which are those of Connect too. */
async function prepare(): Promise<void> {
  for (const name of ['connect-mirror', 'connect-mirror-client'])
    await build('mvn', [
      ...['-q', '-B', 'org.apache.maven.plugins:maven-dependency-plugin:copy'],
      ...[`-Dartifact=org.apache.kafka:${name}:4.3.1`, `-DoutputDirectory=${mirrorFolder}`],
    ])
  await compile('TranslateOffsets.java', mirrorJars)
}
