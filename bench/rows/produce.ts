// Rows of throughput and processor time: Kafka's producer and consumer perf tools, one topic a run.

import type { Broker } from '../../conformance/brokers.ts'
import { loadBareProcess } from '../bare/bare-process.ts'
import { createTopic } from '../create-topic.ts'
import { consumerPerformance, type ProducerLoad, producerPerformance } from '../kafka-tool.ts'
import { cpuSecondsOf } from '../process-usage.ts'
import type { Budget, Figure, Measured, Row } from '../row.ts'

interface Load extends ProducerLoad {
  readonly partitions: number
}

const oneKilobyte = { recordBytes: 1000, partitions: 4 }
const largeBatches: Load = {
  ...{ ...oneKilobyte, records: 1_000_000 },
  props: [
    'acks=1',
    'batch.size=1000000',
    'linger.ms=20',
    'buffer.memory=134217728',
    'max.request.size=2000000',
  ],
}
const batchesOf16Kb = ['batch.size=16384', 'linger.ms=0']
const smallBatches: Load = { ...oneKilobyte, records: 500_000, props: ['acks=all', ...batchesOf16Kb] }

const produceCpu = 'produce: broker CPU'
const throughput = 'produce: throughput'
const fetchCpu = 'fetch: broker CPU'

function figures(budgets: { cpu?: Budget; throughput?: Budget; fetch?: Budget } = {}): Figure[] {
  return [
    { name: produceCpu, unit: 's/GB', ...(budgets.cpu && { budget: budgets.cpu }) },
    { name: throughput, unit: 'MB/s', ...(budgets.throughput && { budget: budgets.throughput }) },
    { name: fetchCpu, unit: 's/GB', ...(budgets.fetch && { budget: budgets.fetch }) },
  ]
}

function scaled(whole: Load, scale: number): { load: Load; gigabytes: number } {
  const load = { ...whole, records: Math.round(whole.records * scale) }
  return { load, gigabytes: (load.records * load.recordBytes) / 1e9 }
}

/** Produces, then reads from the page cache. */
async function measure({ server, pid }: Broker, whole: Load, scale: number): Promise<Measured> {
  const { load, gigabytes } = scaled(whole, scale)
  const topic = await createTopic(server, load.partitions)
  const before = cpuSecondsOf(pid)
  const { megabytesPerSecond } = await producerPerformance(server, topic, load)
  const produced = cpuSecondsOf(pid)
  await consumerPerformance(server, topic, load.records)
  return {
    [produceCpu]: (produced - before) / gigabytes,
    [throughput]: megabytesPerSecond,
    [fetchCpu]: (cpuSecondsOf(pid) - produced) / gigabytes,
  }
}

function produceRow(name: string, does: string, load: Load, budgets = figures()): Row {
  const tools = "; Kafka's perf tools"
  return {
    ...{ name, does: does + tools, figures: budgets, runs: 3, isQuick: false },
    run: (broker, scale) => measure(broker, load, scale),
  }
}

const cpuOfFiveMillion = 'produce 5 M: broker CPU'

const smallRecords: Row = {
  name: 'small-records',
  does: "5 million records of 100 B, 256 KB batches, acks=1, 4 partitions; Kafka's perf tools",
  figures: [{ name: cpuOfFiveMillion, unit: 's', budget: { atMost: 1.2 } }, ...figures().slice(1)],
  runs: 3,
  isQuick: false,
  whenMissed:
    'A fifth is the look at every record (44 ns each: sizes, timestamps, offsets, headers), which no check may be ' +
    'left out of; less of it was not to be had by reading several bytes at once or by special cases for short ' +
    'records. 7 % is CRC, a third the kernel.',
  async run(broker, scale) {
    const props = ['acks=1', 'batch.size=262144', 'linger.ms=20']
    const load = { records: 5_000_000, recordBytes: 100, partitions: 4, props }
    const measured = await measure(broker, load, scale)
    // 5 million records are half a gigabyte.
    return { ...measured, [cpuOfFiveMillion]: measured[produceCpu]! / 2 }
  },
}

const [bareLarge, bareSmall] = ['large batches', 'small batches']

/** What a broker's figures are to be read beside: the same work can cost twice as much in the next hour. */
const bareProcess: Row = {
  name: 'bare-process',
  does:
    'no broker: a Node process that reads frames, checks CRCs, appends and acknowledges, under the produce loads of ' +
    'the two rows above; in each column, as a measure of what the machine gave meanwhile',
  figures: [bareLarge, bareSmall].flatMap((load) => [
    { name: `${load}: CPU`, unit: 's/GB' },
    { name: `${load}: throughput`, unit: 'MB/s' },
  ]),
  runs: 3,
  isQuick: false,
  async run(_broker, scale) {
    return {
      ...(await measureBare(bareLarge, largeBatches, scale)),
      ...(await measureBare(bareSmall, smallBatches, scale)),
    }
  },
}

async function measureBare(name: string, whole: Load, scale: number): Promise<Measured> {
  const { load, gigabytes } = scaled(whole, scale)
  const { cpuSeconds, megabytesPerSecond } = await loadBareProcess(load, load.partitions)
  return { [`${name}: CPU`]: cpuSeconds / gigabytes, [`${name}: throughput`]: megabytesPerSecond }
}

const kernelOfFetch =
  'Two thirds of a fetch are the kernel: copying from the page cache, copying to the socket and, on the loopback, ' +
  "the receiver's share of TCP. Node has no sendfile for sockets, which would spare both copies. Reading on the " +
  'event loop instead of a thread took 0.82 to 0.7.'

export const budgetRows: readonly Row[] = [
  {
    ...produceRow(
      'large-batches',
      '1 KB records, 1 MB batches, acks=1, 4 partitions',
      largeBatches,
      figures({ cpu: { atMost: 1.6 }, fetch: { atMost: 0.7 } }),
    ),
    isQuick: true,
    whenMissed: kernelOfFetch,
  },
  {
    ...produceRow(
      'small-batches',
      '1 KB records, 16 KB batches, acks=all, 4 partitions',
      smallBatches,
      figures({ cpu: { atMost: 3 }, throughput: { timesKafkaAtLeast: 2 }, fetch: { atMost: 0.7 } }),
    ),
    isQuick: true,
    whenMissed:
      'The producer fills more than one of two cores: a Node process that does next to nothing (bare- ' +
      'process) gets no more out of it, and spends 2.5 s/GB. Of what Ottla spends, 28 % are the kernel (a ' +
      'write and a share of a send per batch), 11 % collecting garbage, 9 % the CRC of a library that calls ' +
      'a function for every 8 bytes (none that is faster is kept well), 10 % V8 compiling: the first half ' +
      'gigabyte costs a third more than the next. Tried: V8 without its middle compiler, with earlier ' +
      'feedback, with one thread for garbage; frames without shared memory, which cost a quarter more. ' +
      kernelOfFetch,
  },
  bareProcess,
  smallRecords,
]

export const ackRows: readonly Row[] = ['0', '1', 'all'].map((acks) =>
  produceRow(`acks-${acks}`, `1 KB records, 16 KB batches, acks=${acks}, 4 partitions`, {
    ...{ ...oneKilobyte, records: 300_000 },
    // Idempotence, on by default, would insist on all.
    props: [`acks=${acks}`, 'enable.idempotence=false', ...batchesOf16Kb],
  }),
)

export const partitionRows: readonly Row[] = [1, 100, 1000].map((partitions) =>
  produceRow(`partitions-${partitions}`, `1 KB records, 16 KB batches, acks=1, partitions: ${partitions}`, {
    ...{ records: 300_000, recordBytes: 1000, partitions },
    props: ['acks=1', 'linger.ms=5', 'batch.size=16384'],
  }),
)

export const codecRows: readonly Row[] = ['gzip', 'snappy', 'lz4', 'zstd'].map((codec) =>
  produceRow(`codec-${codec}`, `1 KB records in 256 KB batches of ${codec}, acks=1, 4 partitions`, {
    ...{ ...oneKilobyte, records: 200_000 },
    props: ['acks=1', 'linger.ms=20', 'batch.size=262144', `compression.type=${codec}`],
  }),
)
