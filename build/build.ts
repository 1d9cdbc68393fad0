// Makes what is published, in dist/: the program `ottla.js` and the test kit `kit.js`, with the chunks they share, and
// the kit's types. Native packages stay outside, npm installs those for the machine at hand.

import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { emitTypes } from './emit-types.ts'
import { lazyBuiltins } from './lazy-builtins.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const program = join(dist, 'ottla.js')

// CommonJS packages inside a bundle call require for Node's own modules.
const requireOfNode =
  "import { createRequire as ottlaRequire } from 'node:module'; const require = ottlaRequire(import.meta.url);"

// Switched on before the program is loaded: from the second start on, V8 need not compile it again. And before Node
// starts its threads: journals of file systems take the syncs of many files together, four are too few to gain by it.
const launcher = `#!/usr/bin/env -S node --no-incremental-marking --max-semi-space-size=8
import { enableCompileCache } from 'node:module'
enableCompileCache()
process.env.UV_THREADPOOL_SIZE ??= '16'
await import('./main.js')
`

const options: BuildOptions = {
  bundle: true,
  // What is imported on demand stays in files of its own, with the modules of Node that it needs.
  splitting: true,
  minifySyntax: true,
  minifyWhitespace: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.18',
  external: ['@node-rs/crc32', 'snappy', 'lz4-napi'],
  legalComments: 'linked',
  plugins: [lazyBuiltins],
  banner: { js: requireOfNode },
}

await rm(dist, { recursive: true, force: true })
await build({
  ...options,
  entryPoints: { main: join(root, 'src/main.ts'), kit: join(root, 'src/kit/kit.ts') },
  outdir: dist,
})
await writeFile(program, launcher)
await chmod(program, 0o755)
await emitTypes(join(import.meta.dirname, 'tsconfig.json'), join(dist, 'all-types'), join(dist, 'types'))
