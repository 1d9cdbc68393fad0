// `node bench/kit.ts`: how long a test waits for its broker. First starts are those of fresh processes, the module
// already loaded, as each test file has one; later starts and resets are those of one process. Limits: 60 ms for a
// start, 10 ms for a reset. On the built bundle, which is what tests import.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const processes = 11
const runs = 50

const root = join(import.meta.dirname, '..')
const bundle = pathToFileURL(join(root, 'dist/kit.js')).href
const options = "{ topics: ['orders', { name: 'invoices', partitions: 6 }] }"

const firstStart = `
  import { startOttla } from '${bundle}'
  const startedMs = performance.now()
  const kafka = await startOttla(${options})
  console.log(performance.now() - startedMs)
  await kafka.stop()`

const laterRuns = `
  import { startOttla } from '${bundle}'
  const starts = [], resets = []
  for (let run = 0; run < ${runs}; run++) {
    const startedMs = performance.now()
    const kafka = await startOttla(${options})
    starts.push(performance.now() - startedMs)
    await kafka.produce('orders', Array.from({ length: 1000 }, (_, index) => 'record ' + index))
    await kafka.groups.setOffsets('billing', [{ topic: 'orders', partition: 0, offset: 10 }])
    const resetMs = performance.now()
    await kafka.reset()
    resets.push(performance.now() - resetMs)
    await kafka.stop()
  }
  console.log(JSON.stringify([starts, resets]))`

function run(script: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
}

function row(what: string, durationsMs: readonly number[], limitMs: number): string {
  const sorted = durationsMs.toSorted((left, right) => left - right)
  const [median, max] = [sorted[sorted.length >> 1]!, sorted.at(-1)!]
  return `| ${what} | ${median.toFixed(1)} | ${max.toFixed(1)} | ${limitMs} |\n`
}

execFileSync(process.execPath, [join(root, 'build/build.ts')], { stdio: 'inherit' })
const firsts = Array.from({ length: processes }, () => Number(run(firstStart)))
const [starts, resets] = JSON.parse(run(laterRuns)) as [number[], number[]]
process.stdout.write('| | median ms | maximum ms | limit ms |\n|---|---|---|---|\n')
process.stdout.write(row('first start of a process', firsts, 60))
process.stdout.write(row('later start', starts, 60))
process.stdout.write(row('reset', resets, 10))
