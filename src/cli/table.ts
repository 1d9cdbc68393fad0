// Columns of text as Kafka's tools print them: left-aligned, at least as wide as asked, the last one ragged.

export interface Column<T> {
  readonly title: string
  readonly widthMin: number
  text(row: T): string
}

/** Least widths of Kafka's tables: of numbers, of names, of long names. */
export const narrow = 10
export const wide = 15
export const wider = 20

/**
 * Title line and one line a row, each ended. Within `widthMax` columns of a terminal the table gives up what the
 * columns are wider than their texts, and then cuts the longest texts short.
 */
export function formatTable<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  widthMax = Number.POSITIVE_INFINITY,
): string {
  const cells = cellsOf(columns, rows)
  const natural = naturalWidths(cells)
  const wanted = columns.map(({ widthMin }, index) => Math.max(widthMin, natural[index]!))
  const isFitting = totalWidth([...wanted.slice(0, -1), natural.at(-1)!]) <= widthMax
  const widths = isFitting ? wanted : shrunk(natural, widthMax)
  return cells.map((line) => `${lineOf(line, widths)}\n`).join('')
}

/** The other form of Kafka's tables: a tab behind each padded column, for `cut`. */
export function formatTabbedTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = cellsOf(columns, rows)
  const widths = naturalWidths(cells)
  const lines = cells.map((line) => line.map((cell, index) => `${cell.padEnd(widths[index]!)}\t`).join(''))
  return `${lines.join('\n')}\n`
}

function cellsOf<T>(columns: readonly Column<T>[], rows: readonly T[]): string[][] {
  return [columns.map(({ title }) => title), ...rows.map((row) => columns.map((column) => column.text(row)))]
}

function naturalWidths(cells: readonly string[][]): number[] {
  return cells[0]!.map((_, index) => Math.max(...cells.map((line) => line[index]!.length)))
}

function lineOf(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => shortened(cell, widths[index]!).padEnd(widths[index]!))
    .join(' ')
    .trimEnd()
}

/** The widths with the widest made narrower until all fit, as far as anything stays to be read. */
function shrunk(widths: readonly number[], widthMax: number): number[] {
  const narrower = [...widths]
  while (totalWidth(narrower) > widthMax) {
    const widest = Math.max(...narrower)
    if (widest <= shortestWidth) break
    narrower[narrower.indexOf(widest)] = widest - 1
  }
  return narrower
}

const shortestWidth = 8

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, widths.length - 1)
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}

/** What stands where there is nothing to say. */
export const missing = '-'
