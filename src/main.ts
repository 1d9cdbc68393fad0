// The process: gives the command line Node's own streams, files and signals, and ends with its exit code.

import { readFile } from 'node:fs/promises'
import packageJson from '../package.json' with { type: 'json' }
import { runCli } from './cli/cli.ts'
import type { CliModules, StartOptions } from './cli/cli-modules.ts'
import { createNodeEnv } from './platform/node-env.ts'

const modules: CliModules = {
  env: createNodeEnv(),
  output: {
    write(chunk) {
      if (process.stdout.write(chunk)) return
      return new Promise((resolve) => process.stdout.once('drain', () => resolve()))
    },
    writeError: (text) => void process.stderr.write(text),
  },
  input: Object.assign(process.stdin, { isTerminal: process.stdin.isTTY === true }),
  version: packageJson.version,
  async readFile(path) {
    try {
      return { ok: true, bytes: await readFile(path) }
    } catch (error) {
      return { ok: false, message: (error as Error).message }
    }
  },
  onInterrupt(callback) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, callback)
    // Whoever read the output has gone: `ottla consume | head`.
    process.stdout.once('error', callback)
  },
  startNode,
}

/** Loads the broker only here: the other commands start without it. */
async function startNode({ testControlPort, ...options }: StartOptions) {
  const env = createNodeEnv({ memory: options.memory })
  if (testControlPort === undefined) return (await import('./node/start-node.ts')).startNode(options, env)
  const kit = await import('./kit/start-controlled-node.ts')
  return kit.startControlledNode(options, testControlPort, env)
}

const exitCode = await runCli(process.argv.slice(2), modules)
// What was written must have left before the process does.
process.stdout.write('', () => process.exit(exitCode))
