// Apache Kafka's own console producer and consumer, from its jars.

import { join } from 'node:path'
import { type ConformanceClient, lines, run } from '../client.ts'

const script = join(import.meta.dirname, '../../../shared/tools/apache-kafka/kafka')

export function kafkaTool(className: string, args: readonly string[], input = ''): Promise<string> {
  return run(script, ['tool', className, ...args], input)
}

export const javaConsole: ConformanceClient = {
  name: 'Java console producer and consumer',
  missing: () =>
    run(script, ['jars']).then(
      () => undefined,
      (error: Error) => `no jars of Apache Kafka: ${error.message}`,
    ),
  async produce(server, topic, values) {
    await kafkaTool(
      'org.apache.kafka.tools.ConsoleProducer',
      ['--bootstrap-server', server, '--topic', topic, '--producer-property', 'acks=all'],
      `${values.join('\n')}\n`,
    )
  },
  async consume(server, topic, group, count) {
    const how = group === undefined ? [] : ['--group', group]
    const limit = ['--max-messages', String(count), '--timeout-ms', '30000']
    const args = ['--bootstrap-server', server, '--topic', topic, '--from-beginning', ...limit, ...how]
    return lines(await kafkaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', args))
  },
}

export const javaPerf: ConformanceClient = {
  name: 'Java perf tools',
  drawsAtRandom: true,
  missing: javaConsole.missing,
  async produce(server, topic, values) {
    const { mkdtemp, rm, writeFile } = await import('node:fs/promises')
    const { tmpdir } = await import('node:os')
    const folder = await mkdtemp(join(tmpdir(), 'ottla-conformance-'))
    const payload = join(folder, 'payload.txt')
    await writeFile(payload, `${values.join('\n')}\n`)
    await kafkaTool('org.apache.kafka.tools.ProducerPerformance', [
      ...['--topic', topic, '--num-records', String(values.length), '--payload-file', payload],
      ...['--throughput', '-1', '--producer-props', `bootstrap.servers=${server}`, 'acks=all'],
    ])
    await rm(folder, { recursive: true })
  },
  async consume(server, topic, group, count) {
    const how = group === undefined ? [] : ['--group', group]
    const printed = await kafkaTool('org.apache.kafka.tools.ConsumerPerformance', [
      ...[
        '--bootstrap-server',
        server,
        '--topic',
        topic,
        '--num-records',
        String(count),
        '--hide-header',
        ...how,
      ],
      ...['--timeout', '30000'],
    ])
    const read = Number(lines(printed).at(-1)?.split(',')[4])
    return new Array<string>(read).fill('any')
  },
}
