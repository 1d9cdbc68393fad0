// franz-go, by a program that is built once per run.

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConformanceClient, reasonOf, run } from '../client.ts'
import { programOperations } from '../program-client.ts'

const source = join(import.meta.dirname, 'franz-go')
const program = join(tmpdir(), 'ottla-conformance-franz-go')

export const franzGo: ConformanceClient = {
  name: 'franz-go',
  source: 'clients/franz-go/main.go',
  missing: () => reasonOf(run('go', ['build', '-o', program, '.'], '', source)),
  operations: programOperations([program]),
}
