// A broker that cannot go on.

import { rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { DiskError, type Env } from '../../src/env/env.ts'
import { RunningOttla } from '../../src/kit/running-ottla.ts'
import { TestControl } from '../../src/kit/test-control.ts'
import { createNodeEnv } from '../../src/platform/node-env.ts'

/** An environment whose disk refuses every write from the moment it is told to. */
function breakable(): { readonly env: Env; breakDown(): void } {
  const env = createNodeEnv({ memory: true })
  const { disk } = env
  const open = disk.open.bind(disk)
  let isBroken = false
  disk.open = async (path, mode) => {
    const file = await open(path, mode)
    const write = file.write.bind(file)
    file.write = async (chunks, position) => {
      if (isBroken) throw new DiskError('io', path, `${path}: input/output error`)
      return write(chunks, position)
    }
    return file
  }
  return {
    env: { ...env, logSink: { write: () => {} } },
    breakDown: () => {
      isBroken = true
    },
  }
}

test('[KIT44] a broker that fails says why in every call, and its stop leaves nothing open', async () => {
  const { env, breakDown } = breakable()
  const control = new TestControl({ leaveOnDisconnect: true }, env)
  const node = { overrides: [], dataDirectory: 'data', port: 0 }
  const kafka = await RunningOttla.start({ node, topics: ['orders'] }, { control, machine: env })
  const waiting = rejects(kafka.consume('orders', { count: 1 }), /the broker has failed: /)
  breakDown()
  await rejects(kafka.produce('orders', 'one'))
  await waiting
  await rejects(kafka.consume('orders'), /consume\(\) is not possible: the broker has failed: /)
  await kafka.stop()
})
