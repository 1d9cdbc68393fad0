// `npm run generate`: schemas/ → src/protocol/generated/ and src/base/errors.ts. The output is committed;
// generated.test.ts fails where it is not what the schemas say.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from './generate.ts'
import { readSchemas, rootFolder } from './read-schemas.ts'

const generatedFolder = join(rootFolder, 'src/protocol/generated')
const output = generate(readSchemas())
rmSync(generatedFolder, { recursive: true, force: true })
mkdirSync(generatedFolder, { recursive: true })
for (const [path, text] of output) writeFileSync(join(rootFolder, path), text)
console.log(`${output.size} files written`)
