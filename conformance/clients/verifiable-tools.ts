// Kafka's verifiable producer and consumer, which tell as lines of JSON what was acknowledged, read and assigned: what
// the one was told must be what the other reads, through a rebalance, a kill -9 and a restart.

import { deepEqual, equal } from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lines, reasonOf, until } from '../client.ts'
import { createTopic } from '../look.ts'
import type { Program } from '../program.ts'
import { endTool, kafkaJars, kafkaTool, startTool } from './java.ts'

/** What the tools print; which fields are there depends on `name`. */
export interface ToolEvent {
  readonly name?: string
  readonly key?: string | null
  readonly value?: string
  readonly partition?: number
  readonly offset?: number
  readonly message?: string
  readonly partitions?: readonly { readonly partition: number }[]
}

const topic = 'verifiable'
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const recordsPerCodec = 100
const later = 200
const group = 'verifiable-readers'

export const verifiableTools: Program = {
  name: "Kafka's verifiable producer and consumer",
  source: 'clients/verifiable-tools.ts',
  missing: () => reasonOf(kafkaJars()),
  cases: [
    {
      title: 'every codec, with keys: the group reads what was acknowledged',
      stage: 'first',
      async run(server) {
        await createTopic(server, topic, 2)
        const sent: string[] = []
        for (const codec of codecs) sent.push(...(await produce(server, codec, recordsPerCodec)))
        deepEqual(await consume(server, group, sent.length), sent.toSorted())
      },
    },
    {
      title: 'a group of two members, one leaves',
      stage: 'first',
      async run(server) {
        const shared = `${topic}-rebalance`
        await createTopic(server, shared, 4)
        const members = [startMember(server, shared), startMember(server, shared)]
        try {
          await until(() => members.every(({ partitions }) => partitions.length === 2))
          deepEqual(members.flatMap(({ partitions }) => partitions).toSorted(), [0, 1, 2, 3])
          await endTool(members[0]!.child)
          await until(() => members[1]!.partitions.length === 4)
        } finally {
          for (const { child } of members) await endTool(child)
        }
      },
    },
    {
      title: 'after kill -9: produce more, the group reads that and nothing else',
      stage: 'after kill -9',
      async run(server) {
        const more = await produce(server, 'none', later)
        deepEqual(await consume(server, group, more.length), more.toSorted())
      },
    },
    {
      title: 'after a restart: another group reads every record once',
      stage: 'after restart',
      async run(server) {
        const count = codecs.length * recordsPerCodec + later
        const places = (await consume(server, `${group}-2`, count)).map((each) =>
          JSON.parse(each).slice(0, 2).join(),
        )
        equal(new Set(places).size, count)
      },
    },
  ],
}

/** What was acknowledged, each with its place. */
async function produce(server: string, codec: string, count: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ottla-verifiable-'))
  const config = join(folder, 'producer.properties')
  writeFileSync(config, `compression.type=${codec}\nenable.idempotence=true\nretries=2147483647\n`)
  const printed = await kafkaTool('VerifiableProducer', [
    ...[
      '--bootstrap-server',
      server,
      '--topic',
      topic,
      '--max-messages',
      String(count),
      '--command-config',
      config,
    ],
    ...['--repeating-keys', '7'],
  ])
  rmSync(folder, { recursive: true })
  const sent = eventsOf(printed, 'producer_send_success')
  equal(sent.length, count, 'acknowledged')
  return sent.map(placed)
}

/** What the group reads next, in the order of `placed`. */
async function consume(server: string, groupId: string, count: number): Promise<string[]> {
  const printed = await kafkaTool('VerifiableConsumer', [
    ...[
      '--bootstrap-server',
      server,
      '--topic',
      topic,
      '--group-id',
      groupId,
      '--max-messages',
      String(count),
    ],
    ...['--reset-policy', 'earliest', '--verbose'],
  ])
  return eventsOf(printed, 'record_data').map(placed).toSorted()
}

function placed({ partition, offset, key, value }: ToolEvent): string {
  return JSON.stringify([partition, offset, key, value])
}

function eventsOf(printed: string, name: string): ToolEvent[] {
  return lines(printed)
    .filter((line) => line.startsWith('{'))
    .map((line): ToolEvent => JSON.parse(line))
    .filter((event) => event.name === name)
}

interface Member {
  readonly child: ChildProcess
  partitions: readonly number[]
}

function startMember(server: string, shared: string): Member {
  const child = startTool('VerifiableConsumer', [
    ...['--bootstrap-server', server, '--topic', shared, '--group-id', `${shared}-group`],
  ])
  const member: Member = { child, partitions: [] }
  onEvents(child, ({ name, partitions = [] }) => {
    if (name === 'partitions_revoked') member.partitions = []
    if (name === 'partitions_assigned') member.partitions = partitions.map(({ partition }) => partition)
  })
  return member
}

export function onEvents(child: ChildProcess, onEvent: (event: ToolEvent) => void): void {
  let rest = ''
  child.stdout!.on('data', (chunk) => {
    const text = rest + chunk
    const end = text.lastIndexOf('\n') + 1
    rest = text.slice(end)
    for (const line of lines(text.slice(0, end))) if (line.startsWith('{')) onEvent(JSON.parse(line))
  })
}
