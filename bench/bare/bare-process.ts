// What the least of a Node process (`main.ts`) makes of a producer's load on this machine, in this hour: a broker's
// figures are to be read beside it, as the same work can cost half as much in the next hour.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { untilListening } from '../../conformance/brokers.ts'
import { endWithBench } from '../child.ts'
import { type ProducerLoad, producerPerformance, warmUpLoad } from '../kafka-tool.ts'
import { cpuSecondsOf } from '../process-usage.ts'

const port = 19_292
const program = join(import.meta.dirname, 'main.ts')

export interface BareFigures {
  readonly cpuSeconds: number
  readonly megabytesPerSecond: number
}

/** After a load to warm up. */
export async function loadBareProcess(load: ProducerLoad, partitions: number): Promise<BareFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'ottla-bench-bare-'))
  const child = spawn(process.execPath, [program, String(port), folder, String(partitions)], {
    stdio: 'inherit',
  })
  const removeFolder = () => rmSync(folder, { recursive: true, force: true })
  endWithBench(child)
  process.once('exit', removeFolder)
  const closed = once(child, 'close')
  try {
    await untilListening(port, () => child.exitCode !== null)
    return await figuresUnder(load, child)
  } finally {
    child.kill('SIGKILL')
    await closed
    process.off('exit', removeFolder)
    removeFolder()
  }
}

async function figuresUnder(load: ProducerLoad, { pid }: ChildProcess): Promise<BareFigures> {
  const produce = (some: ProducerLoad) =>
    producerPerformance(`127.0.0.1:${port}`, 'any', {
      ...some,
      props: [...some.props, 'enable.idempotence=false'],
    })
  await produce(warmUpLoad)
  const before = cpuSecondsOf(pid!)
  const { megabytesPerSecond } = await produce(load)
  return { cpuSeconds: cpuSecondsOf(pid!) - before, megabytesPerSecond }
}
