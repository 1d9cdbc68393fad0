// `npm run bench -- --quick`: Ottla and Apache Kafka on this machine, in one run, under Kafka's own perf tools.
// Prints one line per workload with both figures and their ratio. Ratios and processor seconds are what counts;
// wall time on a small machine is noise. Needs Java, and ../shared/tools for Apache Kafka's jars.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Broker, delay, KafkaBroker, OttlaBroker } from '../conformance/brokers.ts'
import { kafkaTool } from './kafka-tool.ts'
import { usageOf } from './process-usage.ts'

const program = join(import.meta.dirname, '../dist/ottla.js')

interface Workload {
  readonly name: string
  readonly topic: string
  readonly records: number
  readonly recordBytes: number
  readonly producerProps: readonly string[]
}

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, out: { type: 'string' } } })
const scale = values.quick === true ? 1 : 4

const workloads: readonly Workload[] = [
  {
    name: '1 KB records, 1 MB batches, acks=1',
    topic: 'large-batches',
    records: 500_000 * scale,
    recordBytes: 1000,
    producerProps: [
      'acks=1',
      'batch.size=1000000',
      'linger.ms=20',
      'buffer.memory=134217728',
      'max.request.size=2000000',
    ],
  },
  {
    name: '1 KB records, 16 KB batches, acks=all',
    topic: 'small-batches',
    records: 250_000 * scale,
    recordBytes: 1000,
    producerProps: ['acks=all', 'batch.size=16384', 'linger.ms=0'],
  },
  {
    name: '100 B records, acks=1',
    topic: 'small-records',
    records: 1_000_000 * scale,
    recordBytes: 100,
    producerProps: ['acks=1', 'batch.size=262144', 'linger.ms=20'],
  },
]

interface Figure {
  readonly name: string
  readonly unit: string
  readonly value: number
}

async function measure(brokerIn: (folder: string) => Broker): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ottla-bench-'))
  const figures: Figure[] = []
  const broker = brokerIn(folder)
  const startedMs = performance.now()
  try {
    await broker.start()
    figures.push({ name: 'start until it listens', unit: 's', value: (performance.now() - startedMs) / 1000 })
    const { server } = broker
    await createTopic(server, 'warm-up')
    await produce(server, { ...workloads[0]!, topic: 'warm-up', records: 20_000 })
    await delay(2000)
    figures.push({ name: 'memory idle', unit: 'MB', value: usageOf(broker).residentMb })
    for (const workload of workloads) figures.push(...(await measureWorkload(broker, workload)))
    figures.push({ name: 'memory after the load', unit: 'MB', value: usageOf(broker).residentMb })
  } finally {
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return figures
}

async function measureWorkload(broker: Broker, workload: Workload): Promise<Figure[]> {
  const { server } = broker
  await createTopic(server, workload.topic)
  const gigabytes = (workload.records * workload.recordBytes) / 1e9
  const before = usageOf(broker).cpuSeconds
  const printed = await produce(server, workload)
  const produced = usageOf(broker).cpuSeconds
  await kafkaTool(
    'org.apache.kafka.tools.ConsumerPerformance',
    ...['--bootstrap-server', server, '--topic', workload.topic, '--num-records', String(workload.records)],
  )
  const fetched = usageOf(broker).cpuSeconds
  return [
    { name: `produce, ${workload.name}: broker CPU`, unit: 's/GB', value: (produced - before) / gigabytes },
    {
      name: `produce, ${workload.name}: throughput`,
      unit: 'MB/s',
      value: lastNumber(printed, /\(([\d.]+) MB\/sec\)/g),
    },
    { name: `fetch, ${workload.name}: broker CPU`, unit: 's/GB', value: (fetched - produced) / gigabytes },
  ]
}

function createTopic(server: string, topic: string): Promise<string> {
  return kafkaTool(
    'org.apache.kafka.tools.TopicCommand',
    ...['--bootstrap-server', server, '--create', '--topic', topic, '--partitions', '4'],
  )
}

function produce(server: string, { topic, records, recordBytes, producerProps }: Workload): Promise<string> {
  return kafkaTool(
    'org.apache.kafka.tools.ProducerPerformance',
    ...['--topic', topic, '--num-records', String(records), '--record-size', String(recordBytes)],
    ...['--throughput', '-1', '--producer-props', `bootstrap.servers=${server}`, ...producerProps],
  )
}

function lastNumber(text: string, pattern: RegExp): number {
  return Number([...text.matchAll(pattern)].at(-1)?.[1] ?? Number.NaN)
}

function table(ottla: readonly Figure[], kafka: readonly Figure[]): string {
  const rows = ottla.map(({ name, unit, value }, index) => {
    const other = kafka[index]!.value
    return `| ${name} | ${value.toFixed(2)} ${unit} | ${other.toFixed(2)} ${unit} | ${(value / other).toFixed(2)} |`
  })
  return ['| work | Ottla | Apache Kafka | ratio |', '|---|---|---|---|', ...rows, ''].join('\n')
}

execFileSync(process.execPath, [join(import.meta.dirname, '../build/build.ts')], { stdio: 'inherit' })
const ottla = await measure((folder) => new OttlaBroker(program, folder, 19_092))
const kafka = await measure((folder) => new KafkaBroker(folder, 19_192))
const text = table(ottla, kafka)
process.stdout.write(text)
if (values.out !== undefined) writeFileSync(values.out, text)
