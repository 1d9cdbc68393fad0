// What the figures were taken on: they mean nothing without it.

import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'

export type Environment = Readonly<Record<string, string>>

export function environment(): Environment {
  const heap = process.env.KAFKA_HEAP_OPTS ?? '-Xmx1G -Xms1G'
  return {
    processor: `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown model'}`,
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GB`,
    system: `${type()} ${release()}`,
    node: process.version,
    java: firstLine('java', '-version'),
    kafka: `Apache Kafka 4.3.1, ${heap} and the other flags of its start script`,
    commit: firstLine('git', '-C', join(import.meta.dirname, '..'), 'rev-parse', '--short', 'HEAD'),
  }
}

/** Some programs tell their version as an error. */
function firstLine(command: string, ...args: string[]): string {
  const text = execFileSync('sh', ['-c', '"$0" "$@" 2>&1', command, ...args], { encoding: 'utf8' })
  return text.split('\n')[0]!
}
