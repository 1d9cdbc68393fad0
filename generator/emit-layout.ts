// Lays out generated statements: short ones on one line, long ones in blocks, as the formatter would.

const columnsMax = 110

/** One arm of a chain of conditions; the last one may have none. */
export interface Branch {
  readonly condition: string | undefined
  readonly statements: readonly string[]
}

export function indented(lines: readonly string[], by = 1): string[] {
  return lines.map((line) => '  '.repeat(by) + line)
}

/** `if … else if … else`, for an indentation of `depth`. */
export function emitBranches(branches: readonly Branch[], depth: number): string[] {
  const compact = branches.map((branch, index) => `${branchHead(branch, index)}${branch.statements[0]}`)
  const fits = branches.every(
    ({ statements }, index) => statements.length === 1 && isShort(compact[index]!, depth),
  )
  if (fits) return compact
  return branches.flatMap((branch, index) => [
    `${index > 0 ? '} ' : ''}${branchHead(branch, index)}{`,
    ...indented(branch.statements.flatMap((statement) => wrapCall(statement, depth + 1))),
    ...(index === branches.length - 1 ? ['}'] : []),
  ])
}

function branchHead({ condition }: Branch, index: number): string {
  if (condition === undefined) return 'else '
  return `${index > 0 ? 'else ' : ''}if (${condition}) `
}

export function isShort(line: string, depth: number): boolean {
  return line.length + 2 * depth <= columnsMax
}

/** Breaks a statement that is one long call after its opening parenthesis. */
export function wrapCall(statement: string, depth: number): string[] {
  const open = statement.indexOf('(')
  if (isShort(statement, depth) || !statement.endsWith(')') || open < 0) return [statement]
  return [statement.slice(0, open + 1), ...indented(splitArguments(statement.slice(open + 1, -1))), ')']
}

/** The arguments one a line, with commas. */
function splitArguments(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (const [index, character] of [...text].entries()) {
    if ('([{'.includes(character)) depth += 1
    else if (')]}'.includes(character)) depth -= 1
    else if (character === ',' && depth === 0) {
      parts.push(`${text.slice(start, index).trim()},`)
      start = index + 1
    }
  }
  return [...parts, `${text.slice(start).trim()},`]
}

export function functionHead(name: string, parameters: readonly string[], result: string): string[] {
  const line = `function ${name}(${parameters.join(', ')}): ${result} {`
  if (isShort(line, 0)) return [line]
  return [`function ${name}(`, ...parameters.map((parameter) => `  ${parameter},`), `): ${result} {`]
}

/** One arm of a conditional expression; the last one has no condition. */
export interface Choice {
  readonly condition?: string
  readonly value: string
}

/** A field of an object literal whose value depends on conditions. */
export function emitChoice(name: string, arms: readonly Choice[], depth: number): string[] {
  const chain = arms.map(({ condition, value }) =>
    condition === undefined ? value : `${condition} ? ${value}`,
  )
  const line = `${name}: ${chain.join(' : ')},`
  if (isShort(line, depth)) return [line]
  const lines = arms.flatMap(({ condition, value }, index) => [
    ...(condition === undefined ? [] : [`${index > 0 ? ': ' : ''}${condition}`]),
    ...(condition === undefined ? [`: ${value}`] : [`  ? ${value}`]),
  ])
  return [
    `${name}:`,
    ...indented(lines).map((text, index) => (index === lines.length - 1 ? `${text},` : text)),
  ]
}
