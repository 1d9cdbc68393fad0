// The files that the house rules are about.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'

export const rootFolder = join(import.meta.dirname, '..')
export const sourceFolder = join(rootFolder, 'src')

/** Every TypeScript file below `folder`, absolute. */
export function sourceFiles(folder = sourceFolder): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
