// Reads `schemas/` from disk.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const rootFolder = join(import.meta.dirname, '..')

/** The text of every schema by file name, in the order of the names. */
export function readSchemas(): Map<string, string> {
  const folder = join(rootFolder, 'schemas')
  const names = readdirSync(folder).sort()
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}
