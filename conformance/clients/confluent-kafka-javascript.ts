// @confluentinc/kafka-javascript, built from its source around its own copy of librdkafka: its prebuilt binaries are no
// part of its package. It runs in whichever Node of the machine has its headers beside it.

import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { build, type ConformanceClient, reasonOf } from '../client.ts'
import { programOperations } from '../program-client.ts'

const version = '1.10.1'
const folder = join(tmpdir(), `ottla-conformance-kafka-javascript-${version}`)
const modules = join(folder, 'node_modules')
const client = join(modules, '@confluentinc/kafka-javascript')

export function kafkaJavascript(): ConformanceClient {
  const prefix = prefixWithHeaders()
  const node = join(prefix ?? '', 'bin/node')
  return {
    name: '@confluentinc/kafka-javascript',
    source: 'clients/confluent-kafka-javascript.mjs',
    missing: async () =>
      prefix === undefined ? 'no Node of this machine has its headers' : reasonOf(buildClient(node, prefix)),
    operations: programOperations([
      node,
      join(import.meta.dirname, 'confluent-kafka-javascript.mjs'),
      client,
    ]),
  }
}

async function buildClient(node: string, prefix: string): Promise<void> {
  if (existsSync(join(client, 'build/Release/confluent-kafka-javascript.node'))) return
  const packages = [`@confluentinc/kafka-javascript@${version}`, 'node-gyp@11.5.0']
  await build('npm', ['install', '--silent', '--ignore-scripts', '--prefix', folder, ...packages])
  // Else its configure script would download what librdkafka needs; so it finds the machine's.
  const env = { CKJS_LINKING: 'dynamic', PATH: `${join(prefix, 'bin')}${delimiter}${process.env.PATH}` }
  await build(node, ['util/configure.js'], { cwd: client, env })
  const nodeGyp = join(modules, 'node-gyp/bin/node-gyp.js')
  await build(node, [nodeGyp, 'rebuild', '--silent', `--nodedir=${prefix}`], { cwd: client, env })
}

function prefixWithHeaders(): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((binaries) => join(binaries, '..'))
    .find((prefix) => existsSync(join(prefix, 'bin/node')) && existsSync(join(prefix, 'include/node/node.h')))
}
