// How much processor time the least of a Node process (`main.ts`) takes for a producer's load on this machine, in
// this hour: what a broker's figures are to be read beside, as the same work can cost half as much in the next hour.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { untilListening } from '../../conformance/brokers.ts'
import { type ProducerLoad, producerPerformance, warmUpLoad } from '../kafka-tool.ts'
import { cpuSecondsOf } from '../process-usage.ts'

const port = 19_292
const program = join(import.meta.dirname, 'main.ts')

/** Seconds, after a load to warm up. */
export async function cpuSecondsOfBareProcess(load: ProducerLoad, partitions: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ottla-bench-bare-'))
  const child = spawn(process.execPath, [program, String(port), folder, String(partitions)], {
    stdio: 'inherit',
  })
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  try {
    await untilListening(port, () => child.exitCode !== null)
    return await cpuSecondsUnder(load, child)
  } finally {
    process.off('exit', end)
    const closed = once(child, 'close')
    end()
    await closed
    rmSync(folder, { recursive: true, force: true })
  }
}

async function cpuSecondsUnder(load: ProducerLoad, { pid }: ChildProcess): Promise<number> {
  const produce = (some: ProducerLoad) =>
    producerPerformance(`127.0.0.1:${port}`, 'any', {
      ...some,
      props: [...some.props, 'enable.idempotence=false'],
    })
  await produce(warmUpLoad)
  const before = cpuSecondsOf(pid!)
  await produce(load)
  return cpuSecondsOf(pid!) - before
}
