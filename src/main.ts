// The process: gives the command line Node's own streams, files and signals, and ends with its exit code.

import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import packageJson from '../package.json' with { type: 'json' }
import { runCli } from './cli/cli.ts'
import type { CliModules, StartOptions, Storage } from './cli/cli-modules.ts'
import { createNodeEnv } from './platform/node-env.ts'

const settlingEvents = ['drain', 'close', 'error'] as const

// Without it an output that nobody reads any more would end the process with a trace.
process.stdout.on('error', () => {})

const modules: CliModules = {
  env: createNodeEnv(),
  output: {
    columns: process.stdout.columns,
    errorColumns: process.stderr.columns,
    write,
    writeError: (text) => void process.stderr.write(text),
  },
  /** Few commands read it, and Node takes its time to open it. */
  get input() {
    return Object.assign(process.stdin, { isTerminal: process.stdin.isTTY === true })
  },
  version: packageJson.version,
  async readFile(path) {
    try {
      return { ok: true, bytes: await readFile(path) }
    } catch (error) {
      return { ok: false, message: (error as Error).message }
    }
  },
  async openFile(path) {
    try {
      const { size } = await stat(path)
      return { ok: true, sizeBytes: size, chunks: createReadStream(path) }
    } catch (error) {
      return { ok: false, message: (error as Error).message }
    }
  },
  async httpRequest(method, url, body) {
    try {
      const answer = await fetch(url, { method, ...(body !== undefined && { body }) })
      return { ok: true, status: answer.status, body: await answer.text() }
    } catch (error) {
      const { cause, message } = error as Error
      return { ok: false, message: cause instanceof Error ? cause.message : message }
    }
  },
  onInterrupt(callback) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, callback)
    // Whoever read the output has gone: `ottla consume | head`.
    process.stdout.once('error', callback)
  },
  startNode,
  loadStorage,
}

/** Resolves as well when standard output ends before it drains: `ottla topics --list | head`. */
function write(chunk: string | Uint8Array): void | Promise<void> {
  const { stdout } = process
  // A turn of the event loop, in which the command learns that nobody reads it.
  if (stdout.destroyed) return new Promise((resolve) => void setImmediate(resolve))
  if (stdout.write(chunk)) return
  return new Promise((resolve) => {
    const settle = () => {
      for (const event of settlingEvents) stdout.off(event, settle)
      resolve()
    }
    for (const event of settlingEvents) stdout.on(event, settle)
  })
}

/** Loads the broker only here: the other commands start without it. */
async function startNode({ testControlPort, json, ...options }: StartOptions) {
  const env = createNodeEnv({ memory: options.memory, logFormat: json ? 'json' : 'text' })
  if (testControlPort === undefined) return (await import('./node/start-node.ts')).startNode(options, env)
  const kit = await import('./kit/start-controlled-node.ts')
  return kit.startControlledNode(options, testControlPort, env)
}

async function loadStorage(): Promise<Storage> {
  const storage = await import('./node/storage.ts')
  const env = createNodeEnv()
  return {
    format: (settings, options) => storage.formatStorage(settings, options, env),
    info: (settings) => storage.storageInfo(settings, env),
    drawUuid: () => storage.drawUuid(env),
  }
}

const exitCode = await runCli(process.argv.slice(2), modules)
// What was written must have left before the process does.
if (process.stdout.destroyed) process.exit(exitCode)
process.stdout.write('', () => process.exit(exitCode))
