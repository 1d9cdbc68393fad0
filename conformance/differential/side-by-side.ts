// Runs a random sequence on two brokers step by step, so that neither is ahead, and tells the first step whose answers
// differ. What waits for others (a join, a sync) is left waiting and compared when it is answered.

import { delay } from '../brokers.ts'
import { differences } from './alike.ts'
import type { Step } from './random-sequence.ts'
import { prefixOf, Side } from './side.ts'

export interface Difference {
  /** Of the step in the sequence. */
  readonly at: number
  /** Each as `path: first | second`. */
  readonly lines: readonly string[]
}

/** Leaves those lines of a difference that are not meant. */
export type Unexplained = (step: Step, lines: readonly string[]) => readonly string[]

export interface RunResult {
  /** Steps that both brokers answered. */
  readonly answered: readonly Step[]
  readonly differences: readonly Difference[]
}

interface Asked {
  readonly sides: readonly Side[]
  readonly at: number
  readonly step: Step
  readonly answers: readonly Promise<unknown>[]
  /** What has come so far. */
  readonly came: unknown[]
}

/** A join or sync that is not answered by now waits for other members. */
const mayWaitMsMax = 250
/** One broker has answered: by now the other should have. */
const otherMsMax = 5_000
const nothing = 'nothing'
const mayWait: ReadonlySet<string> = new Set(['JoinGroup', 'SyncGroup'])
const readers =
  /^(?:Describe|List|ApiVersions|Find|OffsetFetch|Fetch|OffsetForLeaderEpoch|ConsumerGroupDescribe)/
/** The controller answers before the broker has what it changed. */
const settleMs = 8
const creationMs = 30
const looksMax = 100

export class SideBySide {
  readonly #servers: readonly string[]
  readonly #looks: readonly Step[]
  readonly #unexplained: Unexplained
  #runs = Math.floor(Date.now() / 100)

  constructor(servers: readonly string[], looks: readonly Step[], unexplained: Unexplained) {
    this.#servers = servers
    this.#looks = looks
    this.#unexplained = unexplained
  }

  /** Ends at the first difference, because the brokers are not alike after it. */
  async run(steps: readonly Step[], slowness = 1): Promise<RunResult> {
    const prefix = prefixOf(++this.#runs)
    const nowMs = Date.now()
    const sides = this.#servers.map((server) => new Side(server, prefix, nowMs))
    const result = { answered: [] as Step[], differences: [] as Difference[] }
    const waiting: Asked[] = []
    try {
      for (const [at, step] of steps.entries()) {
        if (waiting.some((asked) => asked.step.client === step.client)) continue
        const asked = ask(sides, at, step)
        if (await isAnswered(asked, mayWait.has(step.api.name) ? mayWaitMsMax * slowness : otherMsMax))
          this.#compare(asked, result)
        else waiting.push(asked)
        if (!readers.test(step.api.name)) await this.#settle(sides, slowness)
        // Both may be about to create a topic when they still agree that there is none.
        if (step.api.name === 'Metadata') await delay(creationMs * slowness)
        for (const earlier of [...waiting])
          if (await isAnswered(earlier, earlier === asked ? 0 : settleMs)) {
            this.#compare(earlier, result)
            waiting.splice(waiting.indexOf(earlier), 1)
          }
        if (result.differences.length > 0) break
      }
    } finally {
      for (const side of sides) side.close()
    }
    return result
  }

  #compare({ at, step, came }: Asked, result: { answered: Step[]; differences: Difference[] }): void {
    result.answered.push(step)
    const lines = differences(came[0], came[1])
    if (lines.length === 0) return
    const isOver = !readers.test(step.api.name)
    const unexplained = this.#unexplained(step, lines)
    if (unexplained.length > 0 || isOver) result.differences.push({ at, lines: unexplained })
  }

  /** Until both tell the same about the topics. */
  async #settle(sides: readonly Side[], slowness: number): Promise<void> {
    for (const step of this.#looks)
      for (let look = 0; look < looksMax; look++) {
        const [left, right] = await Promise.all(sides.map((side) => side.look(step)))
        if (differences(left, right).length === 0) break
      }
    await delay(settleMs * slowness)
  }
}

function ask(sides: readonly Side[], at: number, step: Step): Asked {
  const came: unknown[] = sides.map(() => undefined)
  const answers = sides.map(async (side, index) => {
    came[index] = await side.ask(step)
  })
  return { sides, at, step, answers, came }
}

/** Whether both have answered; where only one has, the other is waited for, and silent at the end. */
async function isAnswered({ sides, step, answers, came }: Asked, waitMs: number): Promise<boolean> {
  await Promise.race([Promise.all(answers), delay(waitMs)])
  if (came.every((answer) => answer === undefined) && waitMs < otherMsMax) return false
  await Promise.race([Promise.all(answers), delay(otherMsMax)])
  for (const [index, side] of sides.entries())
    if (came[index] === undefined) {
      came[index] = nothing
      side.hangUp(step.client)
    }
  return true
}
