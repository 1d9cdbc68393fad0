// House rules that a formatter cannot see. They hold for every file; there is no list of exceptions.
// Generated code is not written by hand and is left out.

import { deepEqual, ok } from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { rootFolder, sourceFiles } from './source-files.ts'

const linesPerFileMax = 400
const linesPerFunctionMax = 80
const columnsMax = 120

const folders = [
  'src',
  'generator',
  'test',
  'bench',
  'build',
  'chaos',
  'conformance',
  'examples',
  'fuzz',
  'sabotage',
]
const files = folders
  .map((folder) => join(rootFolder, folder))
  .filter(existsSync)
  .flatMap((folder) => sourceFiles(folder))
  .filter((file) => !file.includes('/generated/'))
  .map((file) => ({ name: relative(rootFolder, file), text: readFileSync(file, 'utf8') }))

test('[HOUSE3] files and functions are small', () => {
  const problems = files.flatMap(({ name, text }) => {
    const lines = text.split('\n')
    const isTest = name.endsWith('.test.ts')
    return [
      ...(lines.length > linesPerFileMax ? [`${name} has ${lines.length} lines`] : []),
      ...(isTest ? [] : longFunctions(name, lines)),
      ...lines.flatMap((line, index) =>
        line.length > columnsMax && !line.includes('http') && !isTest
          ? [`${name}:${index + 1} is too long`]
          : [],
      ),
    ]
  })
  deepEqual(problems, [])
})

test('[HOUSE4] time, chance and the process are injected outside the platform', () => {
  const banned =
    /\b(?:Date\.now|new Date\(\)|performance\.now|setTimeout|setInterval|setImmediate|Math\.random|randomBytes|randomUUID|process\.(?:env|hrtime|exit|stdout|stderr)|WeakRef|FinalizationRegistry)\b/
  const problems = files
    .filter(({ name }) => name.startsWith('src/') && !isOutside(name))
    .flatMap(({ name, text }) =>
      withoutComments(text)
        .split('\n')
        .flatMap((line, index) => (banned.test(line) ? [`${name}:${index + 1} ${line.trim()}`] : [])),
    )
  deepEqual(problems, [])
})

test('[HOUSE5] no module keeps state, none exports a default, every file says what it owns', () => {
  const problems = files.flatMap(({ name, text }) => [
    ...(/^(?:export )?let /m.test(text) && name.startsWith('src/') && !name.endsWith('.test.ts')
      ? [`${name} has a module-level let`]
      : []),
    ...(/^export default/m.test(text) ? [`${name} has a default export`] : []),
    ...(/^export \* from/m.test(text) ? [`${name} is a barrel`] : []),
    ...(name.startsWith('src/') && !name.endsWith('.test.ts') && !text.startsWith('//')
      ? [`${name} has no header`]
      : []),
    ...(/\b(?:FIXME|XXX|HACK)\b/.test(name.startsWith('test/tidy') ? '' : text)
      ? [`${name} has a fix-me mark`]
      : []),
  ])
  deepEqual(problems, [])
})

test('[HOUSE6] every rule is cited by a test, and every cited rule exists', () => {
  const rulesFolder = join(rootFolder, 'docs/rules.d')
  const rules = new Set(
    readdirSync(rulesFolder).flatMap((file) =>
      [...readFileSync(join(rulesFolder, file), 'utf8').matchAll(/^- \*\*([A-Z]+\d+)\*\*/gm)].map(
        (match) => match[1]!,
      ),
    ),
  )
  const cited = new Set(
    files
      .filter(({ name }) => name.endsWith('.test.ts') || name.includes('acceptance'))
      .flatMap(({ text }) => [...text.matchAll(/\[([A-Z]+\d+(?:, ?[A-Z]+\d+)*)\]/g)])
      .flatMap((match) => match[1]!.split(/, ?/)),
  )
  deepEqual(
    [...rules].filter((rule) => !cited.has(rule)),
    [],
    'rules without a test',
  )
  deepEqual(
    [...cited].filter((rule) => !rules.has(rule)),
    [],
    'tests of rules that are not written down',
  )
})

test('[HOUSE7] the lock file names no registry, and no file names a path of a machine', () => {
  const lock = readFileSync(join(rootFolder, 'package-lock.json'), 'utf8')
  ok(!/"resolved": "https?:/.test(lock), 'package-lock.json holds no registry host')
  const problems = files
    .filter(({ text }) => /["'`/](?:home|root|Users)\/[a-z]/.test(text))
    .map(({ name }) => name)
  deepEqual(problems, [])
})

function isOutside(name: string): boolean {
  const isPlatform = name.startsWith('src/platform/') || name === 'src/main.ts'
  return (
    isPlatform ||
    name.endsWith('.test.ts') ||
    name === 'src/simulator/event-loop.ts' ||
    name === 'src/simulator/main.ts'
  )
}

function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/\/\/.*$/gm, '')
}

/** Functions and methods by indentation, which the formatter keeps true. */
function longFunctions(name: string, lines: readonly string[]): string[] {
  const problems: string[] = []
  for (const [index, line] of lines.entries()) {
    const start =
      /^(\s*)(?:export )?(?:async )?(?:function\b|(?:static |private |async |get |set |#|\*)*[a-zA-Z#]\w*\(.*\).*\{$)/.exec(
        line,
      )
    if (start === null || !line.endsWith('{') || /^\s*(?:if|for|while|switch|test|describe)\b/.test(line))
      continue
    const end = lines.findIndex((other, at) => at > index && other.startsWith(`${start[1]}}`))
    if (end - index + 1 > linesPerFunctionMax)
      problems.push(`${name}:${index + 1} is a function of ${end - index + 1} lines`)
  }
  return problems
}
