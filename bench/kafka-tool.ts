// Kafka's own tools as load generators. They take as long as the load takes.

import { spawn } from 'node:child_process'
import { kafkaScript } from '../conformance/brokers.ts'
import { endWithBench } from './child.ts'

const tools = 'org.apache.kafka.tools'

/** Runs a class of Kafka's jars and returns what it printed. */
export function kafkaTool(className: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const tool = spawn(kafkaScript, ['tool', className, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    endWithBench(tool)
    let out = ''
    let err = ''
    tool.stdout.on('data', (chunk) => (out += chunk))
    tool.stderr.on('data', (chunk) => (err += chunk))
    tool.once('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${className}: ${out}${err}`)),
    )
  })
}

export interface ProducerLoad {
  readonly records: number
  readonly recordBytes: number
  /** Records a second; without it as many as it can. */
  readonly throughput?: number
  /** The first of `records`, which the report leaves out. */
  readonly warmUpRecords?: number
  readonly props: readonly string[]
}

/** Before what is measured, so that no runtime compiles meanwhile. */
export const warmUpLoad: ProducerLoad = { records: 200_000, recordBytes: 1000, props: ['acks=1'] }

export interface ProducerReport {
  readonly megabytesPerSecond: number
  readonly p99Ms: number
  readonly p999Ms: number
}

/** ProducerPerformance's last line; megabytes are 10^6 bytes, as gigabytes are 10^9 everywhere here. */
export async function producerPerformance(
  server: string,
  topic: string,
  { records, recordBytes, throughput = -1, warmUpRecords = 0, props }: ProducerLoad,
): Promise<ProducerReport> {
  const printed = await kafkaTool(
    `${tools}.ProducerPerformance`,
    ...['--topic', topic, '--num-records', String(records), '--record-size', String(recordBytes)],
    ...['--throughput', String(throughput), '--warmup-records', String(warmUpRecords)],
    ...['--producer-props', `bootstrap.servers=${server}`, ...props],
  )
  return {
    megabytesPerSecond: (lastNumber(printed, /([\d.]+) records\/sec/g) * recordBytes) / 1e6,
    p99Ms: lastNumber(printed, /(\d+) ms 99th/g),
    p999Ms: lastNumber(printed, /(\d+) ms 99\.9th/g),
  }
}

/** Reads `records` records from the start of the topic. */
export async function consumerPerformance(server: string, topic: string, records: number): Promise<void> {
  await kafkaTool(
    `${tools}.ConsumerPerformance`,
    ...['--bootstrap-server', server, '--topic', topic, '--num-records', String(records)],
  )
}

export interface LatencyReport {
  readonly meanMs: number
  readonly p99Ms: number
  readonly p999Ms: number
}

/** EndToEndLatency: produces one record, reads it back, then the next. */
export async function endToEndLatency(
  server: string,
  topic: string,
  records: number,
  recordBytes: number,
): Promise<LatencyReport> {
  const printed = await kafkaTool(
    `${tools}.EndToEndLatency`,
    ...[server, topic, String(records), 'all', String(recordBytes)],
  )
  return {
    meanMs: lastNumber(printed, /Avg latency: ([\d.]+)/g),
    p99Ms: lastNumber(printed, /99th = (\d+)/g),
    p999Ms: lastNumber(printed, /99\.9th = (\d+)/g),
  }
}

function lastNumber(text: string, pattern: RegExp): number {
  const value = [...text.matchAll(pattern)].at(-1)?.[1]
  if (value === undefined) throw new Error(`nothing like ${pattern} in what the tool printed: ${text}`)
  return Number(value)
}
