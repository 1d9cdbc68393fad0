// Numbers for people.

/** Three digits are more than such measurements tell. */
export function digits(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value)
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)))
}
