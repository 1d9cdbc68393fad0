// One conformance run: a client against a node that is killed and started again.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConformanceClient, run } from './client.ts'

const topic = 'conformance'
const createArgs = ['--create', '--topic', topic, '--partitions', '1']
const firstCount = 1000
const secondCount = 500

interface Node {
  kill(): Promise<void>
  stop(): Promise<void>
}

async function startNode(program: string, port: number, data: string): Promise<Node> {
  const child = spawn(process.execPath, [
    ...[program, 'start', '--data', data, '--port', String(port)],
    ...['--override', 'group.initial.rebalance.delay.ms=0'],
    ...['--override', `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`],
  ])
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  await new Promise<void>((resolve, reject) => {
    let out = ''
    const listen = (chunk: Buffer) => {
      out += chunk
      if (out.includes('Listening on')) resolve()
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('close', () => reject(new Error(`the node ended: ${out}`)))
  })
  return {
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async stop() {
      child.kill('SIGTERM')
      const code = await ended
      if (code !== 0) throw new Error(`the node stopped with code ${code}`)
    },
  }
}

/**
 * Produces, reads half as a group, kills the node with -9, starts it, produces more, reads the rest as the same
 * group, stops and starts in order, reads all. Throws what is missing, doubled or out of order, and when the
 * group does not go on where it committed. `program` is the file that Node runs.
 */
export async function runClient(client: ConformanceClient, program: string, port: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ottla-conformance-'))
  const server = `127.0.0.1:${port}`
  let node = await startNode(program, port, folder)
  try {
    await run(process.execPath, [program, 'topics', '--bootstrap-server', server, ...createArgs])
    const first = values('first', firstCount)
    await client.produce(server, topic, first)
    const half = await client.consume(server, topic, 'readers', firstCount / 2)
    await node.kill()
    node = await startNode(program, port, folder)
    const second = values('second', secondCount)
    await client.produce(server, topic, second)
    const rest = await client.consume(server, topic, 'readers', firstCount / 2 + secondCount)
    await node.stop()
    node = await startNode(program, port, folder)
    const all = await client.consume(server, topic, undefined, firstCount + secondCount)
    if (client.drawsAtRandom === true) return
    expectEqual('read as a group, then after the kill', [...half, ...rest], [...first, ...second])
    expectEqual('read from the start', all, [...first, ...second])
  } finally {
    await node.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

function values(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name} ${index}`)
}

function expectEqual(what: string, actual: readonly string[], expected: readonly string[]): void {
  if (actual.length === expected.length && actual.every((value, index) => value === expected[index])) return
  const at = expected.findIndex((value, index) => value !== actual[index])
  throw new Error(
    `${what}: ${actual.length} values instead of ${expected.length};` +
      ` at ${at} '${actual[at]}' instead of '${expected[at]}'`,
  )
}
