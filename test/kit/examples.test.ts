// The examples as a reader would run them: that for node:test on the sources, the others on the built package, which
// `npm ci` makes.

import { equal } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { rootFolder } from '../source-files.ts'

const binaries = join(rootFolder, 'node_modules/.bin')

test('[KIT40] the example for node:test runs as it stands', () =>
  run('--conditions=ottla-source', '--test', join(rootFolder, 'examples/node-test/orders.test.ts')))

test('[KIT40] the example for Jest runs as it stands', () =>
  run(
    '--experimental-vm-modules',
    join(binaries, 'jest'),
    '--rootDir',
    join(rootFolder, 'examples/jest'),
    '--transform={}',
  ))

test('[KIT40] the example for Vitest runs as it stands', () =>
  run(join(binaries, 'vitest'), 'run', '--root', join(rootFolder, 'examples/vitest')))

async function run(...args: readonly string[]): Promise<void> {
  const { NODE_TEST_CONTEXT: _, ...rest } = process.env
  const env = { ...rest, PATH: `${binaries}${delimiter}${process.env.PATH}` }
  const child = spawn(process.execPath, args, { cwd: rootFolder, env })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk))
  const code = await new Promise((resolve) => child.once('close', resolve))
  equal(code, 0, printed)
}
