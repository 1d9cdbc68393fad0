// Kafka's Java admin tools, unmodified: the transcripts of `admin-tools/` are run and have to print what they show,
// which is what Apache Kafka printed when `node conformance/record-admin-tools.ts HOST:PORT` recorded them.

import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { delay } from '../brokers.ts'
import { reasonOf } from '../client.ts'
import type { Program } from '../program.ts'
import { classPath, compile, javaOfKafka } from './java.ts'
import { parseTranscript, type Step, type Transcript } from './transcript.ts'

export const transcriptFolder = join(import.meta.dirname, 'admin-tools')
const repeatMs = 100
const repeatMsMax = 10_000

const classes: Readonly<Record<string, string>> = {
  'kafka-acls': 'org.apache.kafka.tools.AclCommand',
  'kafka-broker-api-versions': 'org.apache.kafka.tools.BrokerApiVersionsCommand',
  'kafka-client-metrics': 'org.apache.kafka.tools.ClientMetricsCommand',
  'kafka-cluster': 'org.apache.kafka.tools.ClusterTool',
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-delegation-tokens': 'org.apache.kafka.tools.DelegationTokenCommand',
  'kafka-delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  'kafka-dump-log': 'org.apache.kafka.tools.DumpLogSegments',
  'kafka-features': 'org.apache.kafka.tools.FeatureCommand',
  'kafka-get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'kafka-groups': 'org.apache.kafka.tools.GroupsCommand',
  'kafka-leader-election': 'org.apache.kafka.tools.LeaderElectionCommand',
  'kafka-log-dirs': 'org.apache.kafka.tools.LogDirsCommand',
  'kafka-metadata-quorum': 'org.apache.kafka.tools.MetadataQuorumCommand',
  'kafka-producer-perf-test': 'org.apache.kafka.tools.ProducerPerformance',
  'kafka-reassign-partitions': 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  'kafka-replica-verification': 'org.apache.kafka.tools.ReplicaVerificationTool',
  'kafka-storage': 'kafka.tools.StorageTool',
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-transactions': 'org.apache.kafka.tools.TransactionsCommand',
}

/** What is never the same twice, and the word that stands for it. */
const changing: readonly (readonly [RegExp, string])[] = [
  // A broker says in its own words what is wrong; the error itself is the exception's name.
  [/(\w+Exception): .*/g, '$1: …'],
  [/(Can not [\w ]+ [\w.]+(?: to \d+)?)\. .*/g, '$1. …'],
  [/(Error while executing [\w ]+ command :) .*/g, '$1 …'],
  [/\n\t(at .*|\.\.\. \d+ more)(?=\n|$)/g, ''],
  [
    /\b(TopicId|Cluster ID|ClusterId|topic ID|cluster\.id|directory\.id|topicId")([:=]\s*"?)[\w-]{22}/g,
    '$1$2ID',
  ],
  [/CONTROLLER:\/\/[\w.]+:\d+/g, 'CONTROLLER://HOST:PORT'],
  [/\b(Epoch|producerId|crc): \d+/g, '$1: N'],
  [/\b(console-consumer-)[\da-f-]{36}/g, '$1ID'],
  [/\t[\w-]{22}\t\d+ *\t(\d+) *\t\d{13} *\t\d{13} *\t/g, '\tID\tOFFSET\t$1\tMS\tMS\t'],
  // Voters have one in a quorum that was formatted to change, as a single node of Ottla is.
  [/"directoryId": "[\w-]{22}", /g, ''],
  [/\b(CreateTime|LogAppendTime|timestamp|lastTimestamp): ?\d{13}/g, '$1: MS'],
]

/** One virtual machine per broker runs the tools of all cases: it starts with the first and ends with this process. */
export function adminTools(): Program {
  const machines = new Map<string, Promise<Tools>>()
  return {
    name: "Kafka's Java admin tools",
    source: 'clients/admin-tools.ts',
    missing: () => reasonOf(compile('ToolProgram.java')),
    cases: readdirSync(transcriptFolder).map((file) => {
      const transcript = parseTranscript(readFileSync(join(transcriptFolder, file), 'utf8'))
      return {
        title: transcript.title,
        stage: 'first',
        async run(server) {
          const tools = machines.get(server) ?? Tools.start(server)
          machines.set(server, tools)
          const { steps } = await runTranscript(transcript, await tools, repeatMsMax)
          for (const [index, { line, expected }] of transcript.steps.entries()) {
            const printed = steps[index]!.expected
            if (printed !== expected) throw new Error(`${line}: ${differenceOf(printed, expected)}`)
          }
        },
      }
    }),
  }
}

/** The transcript with what is printed now in the place of what is expected. */
export async function runTranscript(
  transcript: Transcript,
  tools: Tools,
  repeatMsMax: number,
): Promise<Transcript> {
  const variables = { $BROKER: tools.server, $DATA: await tools.dataOfBroker() }
  const steps: Step[] = []
  for (const step of transcript.steps)
    steps.push({ ...step, expected: await runStep(step, tools, variables, repeatMsMax) })
  return { ...transcript, steps }
}

type Variables = Readonly<Record<'$BROKER' | '$DATA', string>>

async function runStep(step: Step, tools: Tools, variables: Variables, repeatMsMax: number): Promise<string> {
  const [tool, ...args] = step.command.map((word) => filledIn(word, variables))
  const input = step.input.map((line) => `${filledIn(line, variables)}\n`).join('')
  if (tool === 'write') {
    writeFileSync(join(tools.folder, args[0]!), input)
    return ''
  }
  const deadline = performance.now() + repeatMsMax
  while (true) {
    const printed = alike(await tools.run(tool!, args, input, step.inBackground), variables)
    const kept = printed.split('\n').filter((line) => step.keeps?.test(line) ?? true)
    const text = kept.join('\n').trim()
    if (!step.mayRepeat || text === step.expected || performance.now() > deadline) return text
    await delay(repeatMs)
  }
}

function filledIn(text: string, variables: Variables): string {
  return Object.entries(variables).reduce((filled, [name, value]) => filled.replaceAll(name, value), text)
}

function alike(printed: string, variables: Variables): string {
  const named = Object.entries(variables).reduce(
    (text, [name, value]) => text.replaceAll(value, () => name),
    printed,
  )
  const [host, port] = variables.$BROKER.split(':')
  const hosts = named
    .replaceAll(new RegExp(`${host}(\\s+)${port}`, 'g'), 'HOST$1PORT')
    .replaceAll(port!, 'PORT')
  const words = changing.reduce((text, [pattern, word]) => text.replaceAll(pattern, word), hosts)
  // Columns are as wide as what is in them, for groups of others too.
  return words.replaceAll(/[ \t]+$/gm, '').replaceAll(/ {2,}/g, '  ')
}

function differenceOf(printed: string, expected: string): string {
  const [is, shall] = [printed.split('\n'), expected.split('\n')]
  const at = shall.findIndex((line, index) => line !== is[index])
  return at < 0
    ? `prints "${is[shall.length]}" besides`
    : `prints "${is[at] ?? ''}" instead of "${shall[at]}"`
}

/** A virtual machine in a folder of its own, which runs one tool after the other. */
export class Tools {
  /** HOST:PORT of the broker that they are used with. */
  readonly server: string
  readonly folder: string
  readonly #child
  readonly #answers

  private constructor(server: string, folder: string, classPath: string) {
    this.server = server
    this.folder = folder
    const [java, ...flags] = javaOfKafka
    // What tools log besides what they print is none of the comparison.
    const options = [...flags, '-Dorg.apache.logging.log4j.level=OFF', '-cp', classPath, 'ToolProgram']
    this.#child = spawn(java!, options, { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] })
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
  }

  static async start(server: string): Promise<Tools> {
    const folder = join(tmpdir(), `ottla-conformance-tools-${server.replace(':', '-')}`)
    mkdirSync(folder, { recursive: true })
    return new Tools(server, folder, await classPath())
  }

  /** What the tool prints to both streams. */
  async run(tool: string, args: readonly string[], input = '', background = false): Promise<string> {
    const className = classes[tool]
    if (className === undefined) throw new Error(`${tool} is no tool of Kafka's that is known here`)
    this.#child.stdin.write(`${JSON.stringify({ className, args, input, background })}\n`)
    const { value, done } = await this.#answers.next()
    if (done) throw new Error(`the machine that runs ${tool} has ended`)
    const { printed, exit } = JSON.parse(value)
    return exit === 0 ? printed : `${printed.trimEnd()}\nexit ${exit}`
  }

  /** The directory with the broker's logs, as the broker itself says. */
  async dataOfBroker(): Promise<string> {
    const printed = await this.run('kafka-log-dirs', ['--bootstrap-server', this.server, '--describe'])
    const found = /"logDir":"([^"]+)"/.exec(printed)
    if (found === null) throw new Error(`kafka-log-dirs prints no directory: ${printed}`)
    return found[1]!
  }
}
