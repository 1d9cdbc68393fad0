// Makes what is published, in dist/: the program `ottla.js`, the test kit `kit.js`, one bundle each, and the kit's
// types. Native packages stay outside, npm installs those for the machine at hand.

import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { emitTypes } from './emit-types.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const program = join(dist, 'ottla.js')

// CommonJS packages inside a bundle call require for Node's own modules.
const requireOfNode =
  "import { createRequire as ottlaRequire } from 'node:module'; const require = ottlaRequire(import.meta.url);"

const options: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.18',
  external: ['@node-rs/crc32', 'snappy', 'lz4-napi'],
  legalComments: 'linked',
}

await rm(dist, { recursive: true, force: true })
await build({
  ...options,
  entryPoints: [join(root, 'src/main.ts')],
  outfile: program,
  banner: { js: `#!/usr/bin/env -S node --no-incremental-marking\n${requireOfNode}` },
})
await chmod(program, 0o755)
await build({
  ...options,
  entryPoints: [join(root, 'src/kit/kit.ts')],
  outfile: join(dist, 'kit.js'),
  banner: { js: requireOfNode },
})
await emitTypes(join(import.meta.dirname, 'tsconfig.json'), join(dist, 'all-types'), join(dist, 'types'))
