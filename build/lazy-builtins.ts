// Modules of Node inside the bundle are loaded when first used. An `import` of one would load it at once and read all
// that it exports, which in turn loads what is lazy inside Node, and packages require some that they never use: a
// quarter of the time of a start.

import { builtinModules } from 'node:module'
import type { Plugin } from 'esbuild'

const namespace = 'lazy-builtin'

export const lazyBuiltins: Plugin = {
  name: namespace,
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(node:|(${builtinModules.join('|')})$)`) }, ({ path }) => ({
      path: path.replace('node:', ''),
      namespace,
      sideEffects: false,
    }))
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: standIn(path), loader: 'js' }))
  },
}

/**
 * A CommonJS module that stands for Node's `name`. Some of Node's are functions or classes (`assert`, `events`). A name
 * that is imported is looked up when it is used, by way of the prototype that the bundler gives to its copy.
 */
function standIn(name: string): string {
  // Its functions want it as their `this`, and it is always loaded.
  if (name === 'process') return 'module.exports = process'
  return `
    let loaded
    const load = () => (loaded ??= process.getBuiltinModule(${JSON.stringify(`node:${name}`)}))
    const standIn = new Proxy(function () {}, {
      get: (_, key) => load()[key],
      apply: (_, self, values) => Reflect.apply(load(), self, values),
      construct: (_, values, target) => Reflect.construct(load(), values, target),
      getPrototypeOf: () => standIn,
    })
    module.exports = standIn`
}
