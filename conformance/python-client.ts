// A Python client in a virtual environment of its own, made once per machine in the folder for temporary files.

import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, type ConformanceClient } from './client.ts'
import { programOperations } from './program-client.ts'

/** `packages` are pip requirements; `module` is what `script`, a file of `clients/`, imports. */
export function pythonClient(
  name: string,
  script: string,
  module: string,
  packages: readonly string[],
): ConformanceClient {
  const environment = join(tmpdir(), `ottla-conformance-${name.replaceAll(' ', '-')}`)
  const python = join(environment, 'bin/python')
  return {
    name,
    source: `clients/${script}`,
    async missing() {
      try {
        if (!existsSync(python)) await build('python3', ['-m', 'venv', environment])
        await build(python, ['-m', 'pip', 'install', '--quiet', ...packages])
        await build(python, ['-c', `import ${module}`])
        return undefined
      } catch (error) {
        return `cannot be installed: ${(error as Error).message}`
      }
    },
    operations: programOperations([python, join(import.meta.dirname, 'clients', script)]),
  }
}
