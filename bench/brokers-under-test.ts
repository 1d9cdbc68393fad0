// The two brokers a bench compares, as processes of their own: started in a fresh folder, measured by what the
// operating system says of the process, ended by their process id.

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const kafkaScript = join(root, '../shared/tools/apache-kafka/kafka')
const clockTicksPerSecond = 100
const startMsMax = 120_000

export interface BrokerUnderTest {
  readonly name: string
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

export interface Usage {
  readonly cpuSeconds: number
  readonly residentMb: number
}

export async function startOttla(folder: string, port: number): Promise<BrokerUnderTest> {
  const child = spawn(
    process.execPath,
    [
      '--no-incremental-marking',
      join(root, 'dist/ottla.js'),
      'start',
      '--port',
      String(port),
      '--data',
      join(folder, 'data'),
    ],
    { stdio: 'ignore' },
  )
  await untilListening(port)
  return underTest('Ottla', port, child.pid!, child)
}

/** Kafka's script leaves the broker running in a process of its own and prints its id. */
export async function startKafka(folder: string, port: number): Promise<BrokerUnderTest> {
  const script = spawn(kafkaScript, ['start', folder, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  script.stdout.on('data', (chunk) => (printed += chunk))
  await new Promise((resolve) => script.once('close', resolve))
  const pid = Number(/\d+/.exec(printed)?.[0])
  if (!(pid > 0)) throw new Error(`Apache Kafka did not start: ${printed}`)
  await untilListening(port)
  return underTest('Apache Kafka', port, pid, undefined)
}

/** Processor time since the process began, and memory now. */
export function usageOf({ pid }: BrokerUnderTest): Usage {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond,
    residentMb: Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024,
  }
}

/** Runs a class of Kafka's jars and returns what it printed. */
export function kafkaTool(className: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const tool = spawn(kafkaScript, ['tool', className, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    tool.stdout.on('data', (chunk) => (out += chunk))
    tool.stderr.on('data', (chunk) => (err += chunk))
    tool.once('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${className}: ${out}${err}`)),
    )
  })
}

function underTest(
  name: string,
  port: number,
  pid: number,
  child: ChildProcess | undefined,
): BrokerUnderTest {
  return {
    name,
    port,
    pid,
    async stop() {
      process.kill(pid, 'SIGTERM')
      if (child !== undefined) await new Promise((resolve) => child.once('close', resolve))
      else while (isAlive(pid)) await delay(100)
    },
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function untilListening(port: number): Promise<void> {
  const deadline = performance.now() + startMsMax
  while (!(await accepts(port))) {
    if (performance.now() > deadline) throw new Error(`nothing listens on port ${port}`)
    await delay(10)
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
