// Transcripts of command lines with what they print, as text that is both read and run:
//
//     # the title
//     $ kafka-topics --bootstrap-server $BROKER --list
//     orders
//
// `~` instead of `$` asks again until that is printed, for what a broker knows a moment later; `&` at the end leaves
// the tool running; `| REGEXP` keeps the lines that match; lines with `<` are the tool's input, or the file that
// `write` makes. An exit code other than 0 is the last line, `exit 1`.

export interface Step {
  /** The whole line, with its mark. */
  readonly line: string
  readonly command: readonly string[]
  readonly keeps: RegExp | undefined
  readonly mayRepeat: boolean
  readonly inBackground: boolean
  readonly input: readonly string[]
  readonly expected: string
}

export interface Transcript {
  readonly title: string
  readonly steps: readonly Step[]
}

export function parseTranscript(text: string): Transcript {
  const [title, ...rest] = text.split('\n')
  const steps: string[][] = []
  for (const line of rest) {
    if (/^[$~] /.test(line)) steps.push([line])
    else steps.at(-1)?.push(line)
  }
  return { title: title!.replace(/^# /, ''), steps: steps.map(parseStep) }
}

export function formatTranscript({ title, steps }: Transcript): string {
  const blocks = steps.map(({ line, input, expected }) =>
    [line, ...input.map((each) => `< ${each}`), ...(expected === '' ? [] : [expected])].join('\n'),
  )
  return `# ${title}\n\n${blocks.join('\n\n')}\n`
}

function parseStep([line, ...rest]: string[]): Step {
  const [asked, keeps] = line!.slice(2).split(' | ')
  const words = asked!.match(/'[^']*'|\S+/g)!.map((word) => word.replaceAll("'", ''))
  const inBackground = words.at(-1) === '&'
  return {
    line: line!,
    command: inBackground ? words.slice(0, -1) : words,
    keeps: keeps === undefined ? undefined : new RegExp(keeps),
    mayRepeat: line!.startsWith('~'),
    inBackground,
    input: rest.filter((each) => each.startsWith('< ')).map((each) => each.slice(2)),
    expected: rest
      .filter((each) => !each.startsWith('< '))
      .join('\n')
      .trim(),
  }
}
