import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { generate } from './generate.ts'
import { readSchemas, rootFolder } from './read-schemas.ts'

test('[SCHEMA1] the generated files are what `npm run generate` writes', () => {
  const output = generate(readSchemas())
  const folder = 'src/protocol/generated'
  const present = readdirSync(join(rootFolder, folder)).map((name) => `${folder}/${name}`)
  assert.deepEqual(present.sort(), [...output.keys()].filter((path) => path.startsWith(folder)).sort())
  for (const [path, text] of output) {
    assert.ok(readFileSync(join(rootFolder, path), 'utf8') === text, `${path} differs: run npm run generate`)
  }
})
