// What the dumpers produce: lines in the form of kafka-dump-log.sh, each with the same facts as an object.

export type DumpLine =
  | { readonly kind: 'line'; readonly text: string; readonly json: object }
  /** Something is wrong with the file; goes to standard error. */
  | { readonly kind: 'problem'; readonly text: string }

export function line(text: string, json: object): DumpLine {
  return { kind: 'line', text, json }
}

export function problem(text: string): DumpLine {
  return { kind: 'problem', text }
}

/** The number in front of the dot, undefined where there is none. */
export function offsetOfFileName(path: string): number | undefined {
  const match = /^(\d+)\./.exec(fileNameOf(path))
  return match === null ? undefined : Number(match[1])
}

export function fileNameOf(path: string): string {
  return path.slice(path.search(/[^/\\]*$/))
}
