// kcat, on librdkafka.

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import {
  CannotDo,
  type ConformanceClient,
  type ConformanceRecord,
  cannot,
  lines,
  reasonOf,
  run,
  until,
} from '../client.ts'

// Never in the records of a case.
const keyMark = '\u0001'
const noAdmin = cannot('kcat has no admin operations')

export const kcat: ConformanceClient = {
  name: 'kcat',
  source: 'clients/kcat.ts',
  missing: () => reasonOf(run('kcat', ['-V'])),
  operations: {
    async produce(server, { topic, records, codec, idempotent }) {
      const settings = ['acks=all', `compression.codec=${codec}`, `enable.idempotence=${idempotent}`]
      // Headers are an argument: one kcat for each run of records that share them.
      for (const group of runsOf(records)) {
        const headers = group[0]!.headers.flatMap(([name, value]) => ['-H', `${name}=${value}`])
        const input = group.map(({ key, value }) => `${key ?? ''}${keyMark}${value ?? ''}\n`).join('')
        await run(
          'kcat',
          ['-P', '-b', server, '-t', topic, '-Z', '-K', keyMark, ...headers, ...withSettings(settings)],
          input,
        )
      }
    },
    consume: (server, topic, group, count) =>
      // -c counts before the commit: a graceful end commits what was delivered.
      group === null
        ? read(server, count, ['-C', '-t', topic, '-o', 'beginning'])
        : read(server, count, ['-G', group, topic]),
    consumeFrom: (server, topic, timestampMs, count) =>
      read(server, count, ['-C', '-t', topic, '-p', '0', '-o', `s@${timestampMs}`]),
    async rebalance(server, topic, group) {
      const [first, second] = [join(server, topic, group), join(server, topic, group)]
      try {
        await until(() => first.partitions.length === 2 && second.partitions.length === 2)
        const both = [first.partitions, second.partitions]
        first.child.kill('SIGTERM')
        await until(() => second.partitions.length === 4)
        return { both, alone: second.partitions }
      } finally {
        for (const { child } of [first, second]) child.kill('SIGTERM')
      }
    },
    createTopic: noAdmin,
    async describeTopic(server, topic) {
      const metadata = JSON.parse(await run('kcat', ['-L', '-J', '-b', server]))
      const found = metadata.topics.find((each: { topic: string }) => each.topic === topic)
      return found?.partitions.length
    },
    addPartitions: noAdmin,
    deleteTopic: noAdmin,
  },
}

interface Member {
  readonly child: ChildProcess
  partitions: readonly number[]
}

/** Its partitions are in what it tells people. */
function join(server: string, topic: string, group: string): Member {
  const args = ['-b', server, '-G', group, topic, ...withSettings(['heartbeat.interval.ms=300'])]
  const child = spawn('kcat', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const member: Member = { child, partitions: [] }
  createInterface({ input: child.stderr }).on('line', (line) => {
    const assigned = /rebalanced .*: assigned: (.*)/.exec(line)?.[1]
    if (assigned !== undefined)
      member.partitions = [...assigned.matchAll(/\[(\d+)\]/g)].map(([, partition]) => Number(partition))
  })
  return member
}

async function read(server: string, count: number, how: readonly string[]): Promise<ConformanceRecord[]> {
  const printed = await run('kcat', [
    ...['-b', server, '-c', String(count), '-q', '-J', ...withSettings(['auto.offset.reset=earliest'])],
    ...how,
  ])
  return lines(printed).map((line) => {
    const { key, payload, headers = [] } = JSON.parse(line)
    const pairs = Array.from({ length: headers.length / 2 }, (_, index) =>
      headers.slice(2 * index, 2 * index + 2),
    )
    return { key, value: payload, headers: pairs }
  })
}

function runsOf(records: readonly ConformanceRecord[]): ConformanceRecord[][] {
  const groups: ConformanceRecord[][] = []
  for (const record of records) {
    if (record.key === '' || record.value === '') throw new CannotDo('kcat sends empty as null')
    const last = groups.at(-1)
    if (last !== undefined && sameHeaders(last[0]!, record)) last.push(record)
    else groups.push([record])
  }
  return groups
}

function sameHeaders(one: ConformanceRecord, other: ConformanceRecord): boolean {
  return JSON.stringify(one.headers) === JSON.stringify(other.headers)
}

function withSettings(settings: readonly string[]): string[] {
  return settings.flatMap((setting) => ['-X', setting])
}
