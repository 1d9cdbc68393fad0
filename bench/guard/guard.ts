// Whether a hot path of the broker costs more than it did: CPU time of fixed workloads, in this process, against the
// committed counts. Counts are in units of a fixed loop that is measured before and after each run, so that they can be
// compared between machines and hours; each is the median of several runs. What looks worse is measured once more.
// A report for people and not a test: it fails nothing.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { percentile } from '../statistics.ts'
import { cpuSecondsOnce, type Workload, workloads } from './workloads.ts'

const runs = 9
/** Until the machine code is there. */
const warmUpRuns = 2
/** Less is noise: on a busy machine counts of unchanged code differ by a fifth. */
const tolerance = 0.25

/** By the names of the workloads. */
type Counts = Readonly<Record<string, number>>

/** Compares with the counts in `path`; with `isKept` they are replaced by the new ones. */
export async function guard(path: string, isKept: boolean, print: (line: string) => void): Promise<void> {
  // As the program itself runs.
  setFlagsFromString('--no-incremental-marking')
  const before: Counts = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  const after: Record<string, number> = {}
  print('| hot path | committed | now | change | |\n|---|---|---|---|---|')
  for (const workload of workloads) {
    const known = before[workload.name]
    let count = await countOf(workload)
    if (isWorse(known, count)) count = Math.min(count, await countOf(workload))
    after[workload.name] = Number(count.toPrecision(3))
    print(line(workload.name, known, count))
  }
  const worse = workloads.filter(({ name }) => isWorse(before[name], after[name]!))
  const verdict = worse.map(({ name }) => name).join(', ') || 'nothing'
  print(
    `\nWorse by more than ${tolerance * 100} %: ${verdict}. Counts are CPU time in units of a fixed loop.`,
  )
  if (isKept) writeFileSync(path, `${JSON.stringify(after, null, 1)}\n`)
}

function isWorse(known: number | undefined, count: number): boolean {
  return known !== undefined && count > known * (1 + tolerance)
}

function line(name: string, known: number | undefined, count: number): string {
  const change = known === undefined ? 'new' : `${((count / known - 1) * 100).toFixed(0)} %`
  const verdict = isWorse(known, count) ? '**worse**' : ''
  return `| ${name} | ${known?.toFixed(2) ?? ''} | ${count.toFixed(2)} | ${change} | ${verdict} |`
}

async function countOf(workload: Workload): Promise<number> {
  const counts: number[] = []
  for (let run = 0; run < warmUpRuns + runs; run++) {
    const before = calibrationSeconds()
    const seconds = await cpuSecondsOnce(workload)
    if (run >= warmUpRuns) counts.push((2 * seconds) / (before + calibrationSeconds()))
  }
  return percentile(counts, 0.5)
}

/** Beyond what caches hold, as the traffic of a broker is. */
const calibrationBytes = new Uint8Array(2 ** 23)

/** What brokers do, arithmetic over bytes and copies of them, in a form that nobody has a reason to change. */
function calibrationSeconds(): number {
  const before = process.cpuUsage()
  let sum = 1
  for (let round = 0; round < 4; round++) {
    const copy = calibrationBytes.slice()
    for (let at = 0; at < copy.length; at++) sum = (Math.imul(sum, 31) + copy[at]! + at) | 0
    calibrationBytes[round] = sum & 0xff
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}
