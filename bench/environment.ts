// What the figures were taken on: they mean nothing without it.

import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'

export interface Environment {
  readonly processor: string
  readonly memory: string
  readonly system: string
  readonly node: string
  readonly java: string
  readonly kafka: string
  /** A day. */
  readonly taken: string
  readonly commit: string
}

export function environment(): Environment {
  const heap = process.env.KAFKA_HEAP_OPTS ?? '-Xmx1G -Xms1G'
  return {
    processor: `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown model'}`,
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GB`,
    system: `${type()} ${release()}`,
    node: process.version,
    java: firstLine('java', '-version'),
    kafka: `Apache Kafka 4.3.1, ${heap} and the other flags of its start script`,
    taken: new Date().toISOString().slice(0, 10),
    commit: firstLine('git', '-C', join(import.meta.dirname, '..'), 'rev-parse', '--short', 'HEAD'),
  }
}

/** Some programs tell their version as an error. */
function firstLine(command: string, ...args: string[]): string {
  const text = execFileSync('sh', ['-c', '"$0" "$@" 2>&1', command, ...args], { encoding: 'utf8' })
  return text.split('\n')[0]!
}
