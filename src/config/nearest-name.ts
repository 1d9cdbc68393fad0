// The name a mistyped one was probably meant to be.

/** The nearest of `names` by edit distance, or undefined when none is near enough to be worth a guess. */
export function nearestName(mistyped: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined
  let distanceMin = Math.floor(mistyped.length / 4) + 1
  for (const name of names) {
    if (Math.abs(name.length - mistyped.length) >= distanceMin) continue
    const distance = editDistance(mistyped, name)
    if (distance < distanceMin) {
      distanceMin = distance
      nearest = name
    }
  }
  return nearest
}

/** Levenshtein's distance: insertions, deletions and replacements that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1))
    }
    previous = current
  }
  return previous[b.length]!
}
