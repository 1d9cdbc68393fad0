// `ottla start --test-control PORT`: a node as the command line starts it, in the hands of tests over HTTP.

import type { Env } from '../env/env.ts'
import { type StartOptions, type StartResult, startNode } from '../node/start-node.ts'
import { serveHttp } from '../platform/http-server.ts'
import { HttpControl } from './http-control.ts'
import { TestControl } from './test-control.ts'

export async function startControlledNode(
  options: StartOptions,
  controlPort: number,
  env: Env,
): Promise<StartResult> {
  const control = new TestControl({ leaveOnDisconnect: true }, env)
  const started = await startNode({ ...options, decorateApis: control.decorateApis }, control.env)
  if (!started.ok) return started
  const { node } = started
  const http = new HttpControl({ control, machine: env, configs: node.image().configs })
  const serving = await serveHttp(controlPort, (request) => http.handle(request))
  if (!serving.ok) {
    await node.stop()
    return { ok: false, message: `--test-control: ${serving.error}` }
  }
  const { port, close } = serving.value
  return {
    ok: true,
    node: {
      ...node,
      facts: { ...node.facts, testControl: `http://127.0.0.1:${port}` },
      async stop() {
        await close()
        await node.stop()
      },
    },
  }
}
