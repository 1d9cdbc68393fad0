// Go clients, by programs that are built once per run.

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, type ConformanceClient, reasonOf } from '../client.ts'
import { programOperations } from '../program-client.ts'

const source = join(import.meta.dirname, 'go')

/** `folder` of `go/` holds the program. */
export function goClient(name: string, folder: string): ConformanceClient {
  const program = join(tmpdir(), `ottla-conformance-${folder}`)
  return {
    name,
    source: `clients/go/${folder}/main.go`,
    missing: () => reasonOf(build('go', ['build', '-o', program, `./${folder}`], { cwd: source })),
    operations: programOperations([program]),
  }
}
