// `node bench/hour.ts [--minutes N]`: whether memory grows under a load that goes on. Ottla alone takes and gives
// 10 GB over the time, records of 1 KB with acks=all, from Kafka's perf tools, while retention deletes what is old.
// Writes bench/results/hour.md: memory and CPU of each twelfth of the time.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { delay, firstPort, OttlaBroker } from '../conformance/brokers.ts'
import { createTopic } from './create-topic.ts'
import { kafkaTool, producerPerformance } from './kafka-tool.ts'
import { cpuSecondsOf, residentMbOf } from './process-usage.ts'

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } })
const minutes = Number(values.minutes)
const records = 10_000_000
const samples = 12
const stepMs = (minutes * 60_000) / samples
const retention = [
  'log.segment.bytes=50000000',
  'log.retention.bytes=200000000',
  'log.retention.check.interval.ms=30000',
]

interface Sample {
  readonly minute: number
  readonly residentMb: number
  readonly cpuPercent: number
}

async function measure(broker: OttlaBroker): Promise<Sample[]> {
  const topic = await createTopic(broker.server, 4)
  const throughput = records / (minutes * 60)
  const load = { records, recordBytes: 1000, throughput, props: ['acks=all'] }
  const produced = producerPerformance(broker.server, topic, load)
  const consumed = kafkaTool(
    'org.apache.kafka.tools.ConsumerPerformance',
    ...['--bootstrap-server', broker.server, '--topic', topic, '--num-records', String(records)],
    ...['--timeout', '60000'],
  )
  const taken: Sample[] = []
  for (let step = 1; step <= samples; step++) {
    const cpuSeconds = cpuSecondsOf(broker.pid)
    await delay(stepMs)
    const cpuPercent = ((cpuSecondsOf(broker.pid) - cpuSeconds) / (stepMs / 1000)) * 100
    taken.push({ minute: (step * minutes) / samples, residentMb: residentMbOf(broker.pid), cpuPercent })
    process.stdout.write(`${JSON.stringify(taken.at(-1))}\n`)
  }
  await Promise.all([produced, consumed])
  return taken
}

function page(taken: readonly Sample[]): string {
  const rate = (records / 1000 / (minutes * 60)).toFixed(1)
  const lines = taken.map(
    ({ minute, residentMb, cpuPercent }) =>
      `| ${minute.toFixed(1)} | ${residentMb.toFixed(0)} MB | ${cpuPercent.toFixed(1)} % |`,
  )
  return [
    '# Memory over time\n',
    `\`node bench/hour.ts --minutes ${minutes}\`: 10 GB in and out at ${rate} MB/s,`,
    'with retention. Memory at the end of each step, CPU of one core over it.\n',
    '| minute | resident memory | CPU |\n|---|---|---|',
    ...lines,
    '',
  ].join('\n')
}

execFileSync(process.execPath, [join(root, 'build/build.ts')], { stdio: 'inherit' })
const folder = mkdtempSync(join(tmpdir(), 'ottla-bench-'))
const broker = new OttlaBroker(join(root, 'dist/ottla.js'), folder, firstPort, retention)
try {
  await broker.start()
  writeFileSync(join(root, 'bench/results/hour.md'), page(await measure(broker)))
} finally {
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
}
