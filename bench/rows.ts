// Every row of the bench, in the order in which they run and stand in the table.

import type { Row } from './row.ts'
import { growthRows } from './rows/growth.ts'
import { latencyRows } from './rows/latency.ts'
import { manyClientRows } from './rows/many-clients.ts'
import { ackRows, budgetRows, codecRows, partitionRows } from './rows/produce.ts'
import { startRows } from './rows/starts.ts'

export const rows: readonly Row[] = [
  ...startRows,
  ...budgetRows,
  ...latencyRows,
  ...ackRows,
  ...partitionRows,
  ...codecRows,
  ...manyClientRows,
  ...growthRows,
]
