// One client against a node that is killed and started again: the durable cases of `cases.ts`, alone.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OttlaBroker } from './brokers.ts'
import { durable } from './cases.ts'
import type { ConformanceClient } from './client.ts'

/** Throws what is missing, doubled or out of order. `program` is the file that Node runs. */
export async function runClient(client: ConformanceClient, program: string, port: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ottla-conformance-'))
  const broker = new OttlaBroker(program, folder, port, ['group.initial.rebalance.delay.ms=0'])
  const [first, afterKill, afterRestart] = durable(client, 'durable')
  try {
    await broker.start()
    await first!.run(broker.server)
    await broker.kill()
    await broker.start()
    await afterKill!.run(broker.server)
    await broker.stop()
    await broker.start()
    await afterRestart!.run(broker.server)
  } finally {
    await broker.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}
