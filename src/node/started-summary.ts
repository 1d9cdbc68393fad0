// What a person sees when a node has started.

import type { BrokerConfig } from '../config/broker-config.ts'
import type { EndpointImage } from '../metadata/broker-image.ts'

export function startedSummary(
  config: BrokerConfig,
  clusterId: string,
  endpoints: readonly EndpointImage[],
): readonly string[] {
  const where = endpoints.map(({ name, host, port }) => `${address(host, port)} (${name})`).join(', ')
  const [first] = endpoints
  const server = first === undefined ? '' : ` --bootstrap-server ${address(first.host, first.port)}`
  return [
    `Ottla is ready: node ${config.int('node.id')} of cluster ${clusterId}`,
    `Listening on ${where}, without authentication or encryption`,
    `Data in ${config.logDirectories().join(', ')}`,
    `Try it: echo hello | ottla produce${server} --topic greetings` +
      ` && ottla consume${server} --topic greetings --from-beginning`,
  ]
}

function address(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
