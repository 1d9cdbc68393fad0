// Makes a sequence that shows a difference small: fewer steps, then fewer elements and fields in the last one, as long
// as the brokers still differ there in the same way.

import type { Step } from './random-sequence.ts'
import type { Difference, SideBySide } from './side-by-side.ts'

export interface Found {
  readonly steps: readonly Step[]
  readonly lines: readonly string[]
}

const runsMax = 80

/** Undefined: the difference does not come again when the brokers have more time. */
export async function shrunk(
  pair: SideBySide,
  steps: readonly Step[],
  first: Difference,
): Promise<Found | undefined> {
  let runs = 0
  let found: Found | undefined
  const path = pathOf(first)
  const differs = async (candidate: readonly Step[]): Promise<boolean> => {
    runs++
    const { differences } = await pair.run(candidate, 10)
    const last = differences.find(
      ({ at }) => at < candidate.length && candidate[at]!.api === steps[first.at]!.api,
    )
    if (last === undefined || last.lines.length === 0 || pathOf(last) !== path) return false
    found = { steps: candidate.slice(0, last.at + 1), lines: last.lines }
    return true
  }
  if (!(await differs(steps.slice(0, first.at + 1)))) return undefined
  for (let size = found!.steps.length >> 1; size >= 1; size >>= 1)
    for (let from = 0; from < found!.steps.length - 1 && runs < runsMax; ) {
      const rest = found!.steps.toSpliced(from, Math.min(size, found!.steps.length - 1 - from))
      if (!(await differs(rest))) from += size
    }
  for (let isSmaller = true; isSmaller && runs < runsMax; ) {
    isSmaller = false
    for (const smaller of smallerSteps(found!.steps.at(-1)!)) {
      if (runs >= runsMax) break
      if (!(await differs([...found!.steps.slice(0, -1), smaller]))) continue
      isSmaller = true
      break
    }
  }
  return found
}

/** Where they differ, without the numbers of elements. */
export function pathOf({ lines }: Difference): string {
  return lines[0]!.replace(/: .*/s, '').replaceAll(/\.\d+/g, '.#')
}

function* smallerSteps(step: Step): Generator<Step> {
  const defaults = step.api.request.defaults() as Step['fields']
  for (const [name, value] of Object.entries(step.fields)) {
    if (Array.isArray(value)) for (const smaller of smallerArrays(value)) yield withField(step, name, smaller)
    else if (value !== defaults[name] && typeof value !== 'object')
      yield withField(step, name, defaults[name])
  }
}

function withField(step: Step, name: string, value: unknown): Step {
  return { ...step, fields: { ...step.fields, [name]: value } }
}

function* smallerArrays(values: readonly unknown[]): Generator<unknown[]> {
  if (values.length > 1) for (const at of values.keys()) yield values.toSpliced(at, 1)
  for (const [at, value] of values.entries()) {
    if (typeof value !== 'object' || value === null || value.constructor !== Object) continue
    for (const [name, inner] of Object.entries(value))
      if (Array.isArray(inner))
        for (const smaller of smallerArrays(inner)) yield values.with(at, { ...value, [name]: smaller })
  }
}
