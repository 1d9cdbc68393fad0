// Settings that Ottla cannot follow yet and must not ignore: to go on as if they were not there would open
// to everyone what the operator closed, or start a node alone that belongs to a cluster.

import type { BrokerConfig } from './broker-config.ts'

/** What the configuration asks for and cannot have, with the way out; null when there is nothing. */
export function unsupportedSetting(config: BrokerConfig): string | null {
  const secured = [...config.listeners(), ...config.advertisedListeners()].find(
    ({ protocol }) => protocol !== 'PLAINTEXT',
  )
  if (secured !== undefined) {
    return (
      `Listener ${secured.name} asks for ${secured.protocol}, but only PLAINTEXT is served: security` +
      ' is not built yet. Map it to PLAINTEXT in listener.security.protocol.map, on a' +
      ' network you trust.'
    )
  }
  const authorizer = config.string('authorizer.class.name')
  if (authorizer !== '') {
    return (
      `authorizer.class.name asks for ${authorizer}, but access is not controlled yet.` +
      ' Remove it, on a network you trust.'
    )
  }
  const roles = config.list('process.roles')
  if (roles.length < 2) {
    return (
      `process.roles is ${roles.join()}, but a node is broker and controller:` +
      ' clusters are not built yet. Set process.roles=broker,controller.'
    )
  }
  for (const name of ['controller.quorum.voters', 'controller.quorum.bootstrap.servers']) {
    const nodes = config.list(name)
    if (nodes.length > 1) {
      return (
        `${name} names ${nodes.length} nodes, but a quorum has one:` +
        ' clusters are not built yet. Leave this node alone in it.'
      )
    }
  }
  return null
}
