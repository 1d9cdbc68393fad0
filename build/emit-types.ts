// The declarations of the kit: the compiler writes those of every file that the kit is made of; published are those
// that can be reached from its entry, which are few.

import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

const entry = 'kit/kit.d.ts'
const compiler = createRequire(import.meta.url).resolve('typescript/package.json')

/** Compiles `project`, whose declarations go to `all`, and moves the needed ones to `published`. */
export async function emitTypes(project: string, all: string, published: string): Promise<void> {
  execFileSync(process.execPath, [join(dirname(compiler), 'bin/tsc'), '-p', project], { stdio: 'inherit' })
  const reached = new Set([join(all, entry)])
  for (const file of reached) {
    const text = await readFile(file, 'utf8')
    for (const [, path] of text.matchAll(/from '(\.[^']+)\.ts'/g))
      reached.add(join(dirname(file), `${path}.d.ts`))
    const target = join(published, relative(all, file))
    await mkdir(dirname(target), { recursive: true })
    // Readers of declarations look for a .js file and find the .d.ts beside it.
    await writeFile(target, text.replaceAll(/from '(\.[^']+)\.ts'/g, "from '$1.js'"))
  }
  await rm(all, { recursive: true })
}
