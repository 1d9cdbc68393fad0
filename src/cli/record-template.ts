// `consume --format`: a line of a person's own making, with the tokens of kcat.
//
//   %t topic   %p partition   %o offset   %T timestamp in ms   %k key   %s value   %K, %S their sizes in bytes
//   %h headers as name=value,name=value   %% a percent sign   \n \t \0 \\ as everywhere
//
// Keys and values stand there byte for byte; what is null is left out, and has the size -1.

import type { ConsumedRecord } from '../client/fetched-records.ts'

type Part = (record: ConsumedRecord) => Uint8Array

export type Template =
  | { readonly ok: true; readonly format: (record: ConsumedRecord) => Uint8Array }
  | { readonly ok: false; readonly message: string }

const nothing = new Uint8Array(0)

const tokens: Readonly<Record<string, Part>> = {
  t: ({ topic }) => Buffer.from(topic),
  p: ({ partition }) => Buffer.from(`${partition}`),
  o: ({ offset }) => Buffer.from(`${offset}`),
  T: ({ timestamp }) => Buffer.from(`${timestamp}`),
  k: ({ key }) => key ?? nothing,
  s: ({ value }) => value ?? nothing,
  K: ({ key }) => Buffer.from(`${key?.length ?? -1}`),
  S: ({ value }) => Buffer.from(`${value?.length ?? -1}`),
  h: ({ headers }) => {
    const texts = headers.map(({ key, value }) => `${key}=${value === null ? 'null' : Buffer.from(value)}`)
    return Buffer.from(texts.join(','))
  },
  '%': () => Buffer.from('%'),
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', '\\': '\\' }

export function parseTemplate(text: string): Template {
  const parts: Part[] = []
  for (const [match, token, escaped] of text.matchAll(/%(.?)|\\(.?)|[^%\\]+/gsu)) {
    const part =
      token === undefined ? literal(escaped === undefined ? match : escapes[escaped]) : tokens[token]
    if (part === undefined) {
      const known = `%${Object.keys(tokens).join(' %')} \\${Object.keys(escapes).join(' \\')}`
      return { ok: false, message: `${match} stands for nothing; there are ${known}` }
    }
    parts.push(part)
  }
  return { ok: true, format: (record) => Buffer.concat(parts.map((part) => part(record))) }
}

function literal(text: string | undefined): Part | undefined {
  if (text === undefined) return undefined
  const bytes = Buffer.from(text)
  return () => bytes
}
