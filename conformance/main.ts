// `npm run conformance [-- --only TEXT …] [--skip-differentials]`: every client and every differential against Ottla
// and Apache Kafka, side by side; writes what it found into docs/compatibility.md. With `--only`: the programs whose
// name holds one of the texts, without the differentials.
// `npm run conformance -- --random [--seed N] [--sequences M]`: random sequences of requests only.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Broker, firstPort, KafkaBroker, OttlaBroker } from './brokers.ts'
import { type Case, casesOf, stages } from './cases.ts'
import { CannotDo, type ConformanceClient } from './client.ts'
import { adminTools } from './clients/admin-tools.ts'
import { kafkaJavascript } from './clients/confluent-kafka-javascript.ts'
import { goClient } from './clients/go.ts'
import { javaClient, javaTools, kafkaJars } from './clients/java.ts'
import { kafkajs } from './clients/kafkajs.ts'
import { kcat } from './clients/kcat.ts'
import { mirrorMaker } from './clients/mirror-maker.ts'
import { perfTools } from './clients/perf-tools.ts'
import { platformatic } from './clients/platformatic.ts'
import { rustClient } from './clients/rust.ts'
import { connect, streams } from './clients/streams-and-connect.ts'
import { verifiableTools } from './clients/verifiable-tools.ts'
import { type DifferentialResult, randomDifferential, runDifferentials } from './differentials.ts'
import { untilLeading } from './own-client.ts'
import { pageOf } from './page.ts'
import type { CaseResult, Program } from './program.ts'
import { pythonClient } from './python-client.ts'

const root = join(import.meta.dirname, '..')
const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    'skip-differentials': { type: 'boolean', default: false },
    random: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    sequences: { type: 'string', default: '100' },
  },
})
const ports = { ottla: firstPort, kafka: firstPort + 2 }
const caseMsMax = 180_000
/** Both brokers alike: what a test would wait for, and what the differentials ask for. */
const settings = [
  'group.initial.rebalance.delay.ms=0',
  'offsets.topic.num.partitions=4',
  // Which session is old enough to go would depend on the time.
  'max.incremental.fetch.session.cache.slots=100000',
]

/** Which kafka-python does not bring itself. */
const pythonCodecs = ['python-snappy', 'lz4', 'zstandard']

const jars = await kafkaJars().catch(() => '')
const clients: readonly ConformanceClient[] = [
  kafkajs,
  platformatic,
  kafkaJavascript(),
  kcat,
  // 2.0.2 carries a copy of six that newer Pythons cannot import.
  pythonClient('kafka-python 2.0.2', 'kafka_python.py', 'kafka', [
    'kafka-python==2.0.2',
    'six',
    ...pythonCodecs,
  ]),
  pythonClient('kafka-python 3.0.12', 'kafka_python.py', 'kafka', ['kafka-python==3.0.12', ...pythonCodecs]),
  pythonClient('confluent-kafka', 'confluent_kafka_client.py', 'confluent_kafka', ['confluent-kafka']),
  goClient('franz-go', 'franz-go'),
  goClient('Sarama', 'sarama'),
  goClient('kafka-go', 'kafka-go'),
  rustClient('rdkafka'),
  rustClient('rskafka'),
  javaClient(jars),
  javaTools,
]
const programs: readonly Program[] = [
  ...clients.map((client) => ({ ...client, cases: casesOf(client) })),
  perfTools,
  verifiableTools,
  adminTools(),
  streams,
  connect,
  mirrorMaker,
]

const folder = mkdtempSync(join(tmpdir(), 'ottla-conformance-'))
const ottla = new OttlaBroker(join(root, 'dist/ottla.js'), join(folder, 'ottla'), ports.ottla, settings)
const kafka = jars === '' ? undefined : new KafkaBroker(join(folder, 'kafka'), ports.kafka, settings)
if (options.random) {
  const asked = ['--seed', options.seed, '--sequences', options.sequences]
  const [result] = await runDifferentials(folder, settings, [randomDifferential], asked)
  process.stdout.write(`${result!.differences}\n`)
  writePage([], [result!])
  rmSync(folder, { recursive: true, force: true })
  process.exit(/ 0 different$/.test(result!.counts) ? 0 : 1)
}
const brokers: readonly Broker[] = kafka === undefined ? [ottla] : [ottla, kafka]
try {
  await Promise.all(brokers.map((broker) => broker.start()))
  const results = await runPrograms(
    programs.filter(({ name }) => options.only.some((text) => name.includes(text))),
  )
  await Promise.all(brokers.map((broker) => broker.stop()))
  // At once: the differentials take their time.
  writePage(results, [])
  if (kafka !== undefined && options.only.includes('') && !options['skip-differentials'])
    writePage(results, await runDifferentials(folder, settings))
  const failed = results.filter(({ outcomes }) => outcomes.get(ottla.name)!.startsWith('failed'))
  process.stdout.write(`${results.length} cases, ${failed.length} failed with Ottla\n`)
  process.exitCode = failed.length === 0 ? 0 : 1
} finally {
  await Promise.all(brokers.map((broker) => broker.kill()))
  rmSync(folder, { recursive: true, force: true })
}
// A client of a case that failed may still be at work in this process.
process.exit()

function writePage(results: readonly CaseResult[], differentials: readonly DifferentialResult[]): void {
  const file = join(root, 'docs/compatibility.md')
  const order = programs.map(({ name }) => name)
  writeFileSync(file, pageOf(order, results, differentials, readFileSync(file, 'utf8')))
}

/** Stage by stage, so that the brokers are killed and restarted once for all programs. */
async function runPrograms(chosen: readonly Program[]): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  const missing = new Map<Program, string | undefined>()
  for (const program of chosen) missing.set(program, await program.missing())
  for (const stage of stages) {
    if (stage === 'after kill -9') await Promise.all(brokers.map((broker) => broker.kill()))
    if (stage === 'after restart') await Promise.all(brokers.map((broker) => broker.stop()))
    if (stage !== 'first') await Promise.all(brokers.map((broker) => broker.start()))
    await Promise.all(brokers.map(({ server }) => untilLeading(server)))
    for (const program of chosen)
      for (const each of program.cases.filter((each) => each.stage === stage)) {
        const reason = missing.get(program)
        const outcomes = await Promise.all(
          brokers.map(async (broker) => {
            const other = brokers.find((each) => each !== broker)
            const outcome = reason === undefined ? await outcomeOf(each, broker, other) : `not run: ${reason}`
            return [broker.name, outcome] as const
          }),
        )
        results.push({ program, title: each.title, outcomes: new Map(outcomes) })
        process.stdout.write(
          `${program.name}: ${each.title}: ${JSON.stringify(Object.fromEntries(outcomes))}\n`,
        )
      }
  }
  return results
}

async function outcomeOf(each: Case, { server }: Broker, other: Broker | undefined): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${caseMsMax / 1000} s`)), caseMsMax)
  })
  try {
    await Promise.race([each.run(server, other?.server), limit])
    return 'passed'
  } catch (error) {
    const { message } = error as Error
    return error instanceof CannotDo ? `not run: ${message}` : `failed: ${message}`
  } finally {
    clearTimeout(timer)
  }
}
