// Runs a row against both brokers in turns.

import type { Brokers, Side } from './brokers.ts'
import { dropFromPageCache, touchMemory } from './page-cache.ts'
import type { Measured, Row } from './row.ts'

const sides: readonly Side[] = ['ottla', 'kafka']

/** What each run gave, in their order. */
export type Runs = Readonly<Record<Side, readonly Measured[]>>

export interface RunOptions {
  readonly scale: number
  /** Instead of the row's own number. */
  readonly runs?: number
  readonly onProgress: (line: string) => void
}

export async function runRow(
  row: Row,
  brokers: Brokers,
  { scale, runs = row.runs, onProgress }: RunOptions,
): Promise<Runs> {
  const measured: Record<Side, Measured[]> = { ottla: [], kafka: [] }
  for (let run = 0; run < runs; run++) {
    for (const side of sides) {
      const broker = row.startsItself ? brokers.unstarted(side) : await brokers.shared(side)
      touchMemory(scale)
      const figures = await row.run(broker, scale)
      measured[side].push(figures)
      onProgress(`${row.name} ${run + 1}/${runs} ${side}: ${JSON.stringify(rounded(figures))}`)
      if (row.startsItself) await broker.stop()
      dropFromPageCache(broker)
    }
  }
  return measured
}

function rounded(figures: Measured): Measured {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(3))]),
  )
}
