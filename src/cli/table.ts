// Columns of text as Kafka's tools print them: left-aligned, at least as wide as asked, the last one ragged.

export interface Column<T> {
  readonly title: string
  readonly widthMin: number
  text(row: T): string
}

/** Title line and one line a row, each ended. */
export function formatTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map((column) => column.text(row))),
  ]
  const widths = columns.map(({ widthMin }, index) =>
    Math.max(widthMin, ...cells.map((line) => line[index]!.length)),
  )
  return cells
    .map(
      (line) =>
        `${line
          .map((cell, index) => cell.padEnd(widths[index]!))
          .join(' ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** What stands where there is nothing to say. */
export const missing = '-'
