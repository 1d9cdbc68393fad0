// What a person sees when a node has started, or a program with `--json`.

import { formatAddress } from '../client/broker-address.ts'
import type { NodeFacts } from '../node/start-node.ts'

export function startedSummary({ nodeId, clusterId, listeners, logDirs, testControl }: NodeFacts): string[] {
  const where = listeners.map((listener) => `${formatAddress(listener)} (${listener.name})`).join(', ')
  const [first] = listeners
  const server = first === undefined ? '' : ` --bootstrap-server ${formatAddress(first)}`
  return [
    `Ottla is ready: node ${nodeId} of cluster ${clusterId}`,
    `Listening on ${where}, without authentication or encryption`,
    `Data in ${logDirs.join(', ')}`,
    `Try it: echo hello | ottla produce${server} --topic greetings` +
      ` && ottla consume${server} --topic greetings --from-beginning`,
    ...(testControl === undefined ? [] : [`Test control at ${testControl} (docs/testing.md)`]),
  ]
}
