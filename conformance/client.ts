// What a conformance run asks of a client, whatever language it is written in.

import { spawn } from 'node:child_process'

export interface ConformanceClient {
  readonly name: string
  /** Produces values it draws at random from those given: the run then checks counts only. */
  readonly drawsAtRandom?: boolean
  /** Undefined when it can run on this machine, else what is missing. */
  missing(): Promise<string | undefined>
  /** Resolves when the broker has acknowledged every value with acks all. */
  produce(server: string, topic: string, values: readonly string[]): Promise<void>
  /** Reads `count` values as a member of `group`, commits and leaves; without a group, from the start. */
  consume(server: string, topic: string, group: string | undefined, count: number): Promise<string[]>
}

/** Runs a program to its end and returns its output; throws with its errors when it fails. */
export function run(command: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (err += chunk))
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${command} ended with ${code}: ${err.slice(-2000)}`)),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
