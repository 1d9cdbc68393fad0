// docs/testing.md and the tests behind it.

import { deepEqual, equal } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { rootFolder } from '../source-files.ts'

const read = (path: string) => readFileSync(join(rootFolder, path), 'utf8')

test('[KIT41] the code of the ten cases in docs/testing.md is code that runs as tests', () => {
  const cases = withoutIndentation(read('test/kit/cases.test.ts'))
  const blocks = [...read('docs/testing.md').matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!)
  equal(blocks.length, 10)
  deepEqual(
    blocks.filter((block) => !cases.includes(withoutIndentation(block))),
    [],
  )
})

function withoutIndentation(code: string): string {
  return code.replaceAll(/^ +/gm, '')
}
