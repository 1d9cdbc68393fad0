// Kafka's own tools as load generators. They take as long as the load takes.

import { spawn } from 'node:child_process'
import { kafkaScript } from '../conformance/brokers.ts'

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
