// Kafka's Java client by a program of ours, and Kafka's own command-line tools, all from the jars of Kafka.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kafkaScript } from '../brokers.ts'
import { type ConformanceClient, type ConformanceRecord, lines, reasonOf, run } from '../client.ts'
import { programOperations } from '../program-client.ts'

const classes = join(tmpdir(), 'ottla-conformance-java')
export const javaOfKafka = ['java', '-Xmx256m', '-XX:TieredStopAtLevel=1']

/** Where the jars are, fetched if need be. */
export async function kafkaJars(): Promise<string> {
  return (await run(kafkaScript, ['jars'])).trim()
}

/** Where compiled programs of `clients/` find themselves, Kafka's jars and `more` of them. */
export async function classPath(...more: readonly string[]): Promise<string> {
  return [classes, `${await kafkaJars()}/*`, ...more].join(':')
}

/** Compiles a program of `clients/`: once, before both brokers are tried with it. */
export async function compile(file: string, ...more: readonly string[]): Promise<void> {
  await run('javac', ['-cp', await classPath(...more), '-d', classes, join(import.meta.dirname, file)])
}

export function javaClient(jars: string): ConformanceClient {
  return {
    name: 'Kafka Java client',
    source: 'clients/ClientProgram.java',
    missing: () => reasonOf(compile('ClientProgram.java')),
    operations: programOperations([...javaOfKafka, '-cp', `${classes}:${jars}/*`, 'ClientProgram']),
  }
}

const headerMark = '|'
const headerSeparator = ','
const keyMark = '\u0001'
const nullMark = '<null>'

export const javaTools: ConformanceClient = {
  name: "Kafka's command-line tools",
  source: 'clients/java.ts',
  missing: () => reasonOf(kafkaJars()),
  operations: {
    async produce(server, { topic, records, codec, idempotent }) {
      const properties = {
        'parse.key': 'true',
        'parse.headers': 'true',
        'key.separator': keyMark,
        'headers.delimiter': headerMark,
        'headers.separator': headerSeparator,
        'null.marker': nullMark,
      }
      const settings = {
        acks: 'all',
        'enable.idempotence': String(idempotent),
        'max.request.size': '2000000',
      }
      const input = records.map(({ key, value, headers }) => {
        const head = headers.map(([name, text]) => `${name}:${text}`).join(headerSeparator) || nullMark
        return `${head}${headerMark}${key ?? nullMark}${keyMark}${value ?? nullMark}\n`
      })
      await kafkaTool(
        'ConsoleProducer',
        [
          ...['--bootstrap-server', server, '--topic', topic, '--compression-codec', codec],
          ...options('--reader-property', properties),
          ...options('--command-property', settings),
        ],
        input.join(''),
      )
    },
    consume: (server, topic, group, count) =>
      read(
        server,
        topic,
        count,
        group === null ? ['--from-beginning'] : ['--from-beginning', '--group', group],
      ),
    async consumeFrom(server, topic, timestampMs, count) {
      const asked = ['--bootstrap-server', server, '--topic', topic, '--time', String(timestampMs)]
      const offset = lines(await kafkaTool('GetOffsetShell', asked))[0]!.split(':')[2]!
      return read(server, topic, count, ['--partition', '0', '--offset', offset])
    },
    async rebalance(server, topic, group) {
      const members = [startMember(server, topic, group), startMember(server, topic, group)]
      try {
        const both = await assignedTo(server, topic, group, [2, 2])
        await endTool(members[0])
        const [alone] = await assignedTo(server, topic, group, [4])
        return { both, alone: alone! }
      } finally {
        for (const member of members) await endTool(member)
      }
    },
    async createTopic(server, topic, partitions) {
      await topics(server, '--create', '--topic', topic, '--partitions', String(partitions))
    },
    async describeTopic(server, topic) {
      if (!lines(await topics(server, '--list')).includes(topic)) return undefined
      const described = await topics(server, '--describe', '--topic', topic)
      return Number(/PartitionCount: (\d+)/.exec(described)![1])
    },
    async addPartitions(server, topic, total) {
      await topics(server, '--alter', '--topic', topic, '--partitions', String(total))
    },
    async deleteTopic(server, topic) {
      await topics(server, '--delete', '--topic', topic)
    },
  },
}

/** `className` within `org.apache.kafka.tools`. */
export function kafkaTool(className: string, args: readonly string[], input = ''): Promise<string> {
  return run(kafkaScript, ['tool', `org.apache.kafka.tools.${className}`, ...args], input)
}

/** A tool that runs until `endTool`. */
export function startTool(name: string, args: readonly string[]): ChildProcess {
  return spawn(kafkaScript, ['tool', `org.apache.kafka.tools.${name}`, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, KAFKA_HEAP_OPTS: '-Xmx256m' },
  })
}

export async function endTool(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}

function topics(server: string, ...args: readonly string[]): Promise<string> {
  return kafkaTool('TopicCommand', ['--bootstrap-server', server, ...args])
}

function startMember(server: string, topic: string, group: string): ChildProcess {
  return startTool('consumer.ConsoleConsumer', [
    ...['--bootstrap-server', server, '--topic', topic, '--group', group],
    ...['--command-property', 'heartbeat.interval.ms=300'],
  ])
}

/** The partitions of each member, which the group's coordinator tells, as soon as they have `counts` of them. */
async function assignedTo(
  server: string,
  topic: string,
  group: string,
  counts: readonly number[],
): Promise<number[][]> {
  for (;;) {
    const asked = ['--bootstrap-server', server, '--group', group, '--describe', '--members', '--verbose']
    const described = await kafkaTool('consumer.group.ConsumerGroupCommand', asked)
    const assigned = [...described.matchAll(new RegExp(` ${topic}:([0-9,]+)`, 'g'))]
    const partitions = assigned.map(([, list]) => list!.split(',').map(Number))
    if (String(partitions.map(({ length }) => length)) === String(counts)) return partitions
  }
}

function options(flag: string, values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`])
}

async function read(
  server: string,
  topic: string,
  count: number,
  how: readonly string[],
): Promise<ConformanceRecord[]> {
  const properties = {
    'print.key': 'true',
    'print.headers': 'true',
    'key.separator': keyMark,
    'headers.separator': headerSeparator,
    'null.literal': nullMark,
  }
  const printed = await kafkaTool('consumer.ConsoleConsumer', [
    ...['--bootstrap-server', server, '--topic', topic, '--max-messages', String(count)],
    ...['--timeout-ms', '60000', ...options('--formatter-property', properties), ...how],
  ])
  return lines(printed).map((line) => {
    const [head, key, value] = line.split(keyMark)
    const headers = head === 'NO_HEADERS' ? [] : head!.split(headerSeparator).map(pairOf)
    return { key: orNull(key!), value: orNull(value!), headers }
  })
}

function pairOf(header: string): [string, string] {
  const at = header.indexOf(':')
  return [header.slice(0, at), header.slice(at + 1)]
}

function orNull(text: string): string | null {
  return text === nullMark ? null : text
}
