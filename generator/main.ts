// `npm run generate`: schemas/ → src/protocol/generated/ and src/base/errors.ts. The output is committed;
// generated.test.ts fails where it is not what the schemas say.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from './generate.ts'

const root = join(import.meta.dirname, '..')
const schemas = new Map<string, string>()
for (const name of readdirSync(join(root, 'schemas')).sort()) {
  schemas.set(name, readFileSync(join(root, 'schemas', name), 'utf8'))
}
const output = generate(schemas)
rmSync(join(root, 'src/protocol/generated'), { recursive: true, force: true })
mkdirSync(join(root, 'src/protocol/generated'), { recursive: true })
for (const [path, text] of output) writeFileSync(join(root, path), text)
console.log(`${output.size} files written`)
