// Makes the published program: one bundle in dist/. Native packages stay outside, npm installs those for the
// machine at hand.

import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')
const outfile = join(root, 'dist/ottla.js')

await rm(join(root, 'dist'), { recursive: true, force: true })
await build({
  entryPoints: [join(root, 'src/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.18',
  external: ['@node-rs/crc32', 'snappy', 'lz4-napi'],
  legalComments: 'linked',
  // CommonJS packages inside the bundle call require for Node's own modules.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as ottlaRequire } from 'node:module'; const require = ottlaRequire(import.meta.url);",
  },
})
await chmod(outfile, 0o755)
