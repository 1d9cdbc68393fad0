// Who may import whom. The table is the house of ARCHITECTURE.md; think hard before adding to it.

import { deepEqual } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'
import { sourceFiles, sourceFolder } from './source-files.ts'

const anything = 'anything'

/** What each folder of src may import beside itself. */
const allowed: Record<string, readonly string[] | typeof anything> = {
  base: [],
  env: ['base'],
  metrics: ['base'],
  protocol: ['base'],
  config: ['base'],
  platform: ['base', 'env'],
  log: ['base', 'env', 'metrics', 'protocol', 'config'],
  client: ['base', 'env', 'metrics', 'protocol'],
  metadata: ['base', 'protocol'],
  raft: ['base', 'env', 'metrics', 'protocol', 'config', 'log', 'metadata', 'client', 'controller'],
  controller: ['base', 'env', 'metrics', 'protocol', 'config', 'metadata'],
  coordinator: ['base', 'env', 'metrics', 'protocol', 'metadata'],
  replication: ['base', 'env', 'metrics', 'protocol', 'config', 'log', 'metadata', 'client'],
  server: ['base', 'env', 'metrics', 'protocol'],
  broker: [
    'base',
    'env',
    'metrics',
    'protocol',
    'config',
    'log',
    'metadata',
    'client',
    'controller',
    'coordinator',
    'replication',
    'server',
  ],
  node: anything,
  kit: anything,
  simulator: anything,
  cli: ['base', 'env', 'protocol', 'config', 'client', 'log', 'metadata', 'node'],
  'main.ts': ['base', 'env', 'cli', 'node', 'kit', 'platform'],
}

/** The leaves: nothing but these may import them. */
const importersOfLeaves: Record<string, readonly string[]> = {
  platform: ['platform', 'kit', 'main.ts'],
  kit: ['kit', 'main.ts'],
  simulator: ['simulator'],
  cli: ['cli', 'main.ts'],
  'main.ts': [],
}

test('[HOUSE1] every import goes down the layers', () => {
  deepEqual(sourceFiles().flatMap(forbiddenImports), [])
})

test('[HOUSE2] only the platform, tests and tools import Node modules that touch the world', () => {
  const banned =
    /from '(?:node:)?(fs|fs\/promises|net|tls|dns|http|https|http2|dgram|worker_threads|child_process|sqlite|os)'/
  const offenders = sourceFiles().filter(
    (file) => !isOutside(file) && banned.test(readFileSync(file, 'utf8')),
  )
  deepEqual(offenders.map(name), [])
})

function isOutside(file: string): boolean {
  const tools = ['main.ts', 'simulator/main.ts']
  return layerOf(file) === 'platform' || file.endsWith('.test.ts') || tools.includes(name(file))
}

function forbiddenImports(file: string): string[] {
  const layer = layerOf(file)
  const rules = allowed[layer]
  if (rules === undefined) return [`${name(file)}: the folder ${layer} is not in the table of layers`]
  return importsOf(file)
    .map((target) => layerOf(target))
    .filter((target) => target !== layer && !isAllowed(layer, rules, target, file))
    .map((target) => `${name(file)} imports ${target}`)
}

function isAllowed(
  layer: string,
  rules: readonly string[] | typeof anything,
  target: string,
  file: string,
): boolean {
  // A test may stand its subject on the real thing.
  if (file.endsWith('.test.ts') || file.includes('/testing/')) return true
  const importers = importersOfLeaves[target]
  if (importers !== undefined && !importers.includes(layer)) return false
  return rules === anything || rules.includes(target)
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/from '(\.[^']+\.ts)'/g)].map((match) => resolve(dirname(file), match[1]!))
}

function layerOf(file: string): string {
  return relative(sourceFolder, file).split(/[\\/]/)[0]!
}

function name(file: string): string {
  return relative(join(sourceFolder), file).replaceAll('\\', '/')
}
