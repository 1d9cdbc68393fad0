// Rust clients, by programs that are built once per machine.

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, type ConformanceClient, reasonOf } from '../client.ts'
import { programOperations } from '../program-client.ts'

const source = join(import.meta.dirname, 'rust')
const built = join(tmpdir(), 'ottla-conformance-rust')

/** `name` is that of the crate and of the program in `rust/src/bin`. */
export function rustClient(name: string): ConformanceClient {
  return {
    name: `${name} (Rust)`,
    source: `clients/rust/src/bin/${name}.rs`,
    missing: () =>
      reasonOf(build('cargo', ['build', '--quiet', '--bin', name, '--target-dir', built], { cwd: source })),
    operations: programOperations([join(built, 'debug', name)]),
  }
}
