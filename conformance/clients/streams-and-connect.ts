// What is built on the Java client: a Kafka Streams word count, and Connect standalone from file to topic to file.

import { deepEqual } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reasonOf, run, until } from '../client.ts'
import { createTopic } from '../look.ts'
import type { Program } from '../program.ts'
import { classPath, compile, javaOfKafka, kafkaJars } from './java.ts'

const texts = ['all streams lead to Kafka', 'hello Kafka streams', 'join Kafka']
const connectMsMax = 120_000

export const streams: Program = {
  name: 'Kafka Streams',
  source: 'clients/WordCount.java',
  missing: () => reasonOf(compile('WordCount.java')),
  cases: [
    {
      title: 'word count: repartition topic, state store, changelog',
      stage: 'first',
      async run(server) {
        await createTopic(server, 'words-in', 2)
        await createTopic(server, 'words-out', 1)
        const [java, ...flags] = javaOfKafka
        const printed = await run(java!, [...flags, '-cp', await classPath(), 'WordCount', server, ...texts])
        const counts = JSON.parse(printed.trim().split('\n').at(-1)!)
        deepEqual(counts, { all: 1, streams: 2, lead: 1, to: 1, kafka: 3, hello: 1, join: 1 })
      },
    },
  ],
}

export const connect: Program = {
  name: 'Kafka Connect standalone',
  source: 'clients/streams-and-connect.ts',
  missing: () => reasonOf(kafkaJars()),
  cases: [
    {
      title: 'file source to topic to file sink',
      stage: 'first',
      async run(server) {
        const folder = mkdtempSync(join(tmpdir(), 'ottla-connect-'))
        const [input, output] = [join(folder, 'in.txt'), join(folder, 'out.txt')]
        await createTopic(server, 'connect-lines', 1)
        writeFileSync(input, `${texts.join('\n')}\n`)
        const files = await connectFiles(server, folder, input, output)
        const [java, ...flags] = javaOfKafka
        const child = spawn(
          java!,
          [...flags, '-cp', await classPath(), 'org.apache.kafka.connect.cli.ConnectStandalone', ...files],
          { stdio: 'ignore', timeout: connectMsMax, killSignal: 'SIGKILL' },
        )
        const closed = once(child, 'close')
        const written = () => (existsSync(output) ? readFileSync(output, 'utf8') : '')
        await until(
          () =>
            child.exitCode !== null ||
            child.signalCode !== null ||
            written().split('\n').length > texts.length,
        )
        child.kill('SIGTERM')
        await closed
        deepEqual(written().trim().split('\n'), texts)
      },
    },
  ],
}

/** The worker's and both connectors' properties. */
async function connectFiles(
  server: string,
  folder: string,
  input: string,
  output: string,
): Promise<string[]> {
  const converter = 'org.apache.kafka.connect.storage.StringConverter'
  const all = {
    worker: {
      'bootstrap.servers': server,
      'key.converter': converter,
      'value.converter': converter,
      'offset.storage.file.filename': join(folder, 'offsets'),
      'offset.flush.interval.ms': '1000',
      listeners: `http://127.0.0.1:${await freePort()}`,
    },
    source: {
      name: 'source',
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
      'tasks.max': '1',
      file: input,
      topic: 'connect-lines',
    },
    sink: {
      name: 'sink',
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
      'tasks.max': '1',
      file: output,
      topics: 'connect-lines',
    },
  }
  return Object.entries(all).map(([name, properties]) => {
    const file = join(folder, `${name}.properties`)
    const text = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`)
    writeFileSync(file, text.join(''))
    return file
  })
}

/** For Connect's REST interface, which cannot be switched off. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
