// The examples as a reader would run them, on the sources instead of the published package.

import { equal } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { rootFolder } from '../source-files.ts'

test('[KIT40] the example for node:test runs as it stands', async () => {
  const example = join(rootFolder, 'examples/node-test/orders.test.ts')
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn(process.execPath, ['--conditions=ottla-source', '--test', example], {
    cwd: rootFolder,
    env,
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk))
  const code = await new Promise((resolve) => child.once('close', resolve))
  equal(code, 0, printed)
})
