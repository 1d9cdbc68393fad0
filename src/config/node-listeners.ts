// Which listeners a node opens and what it tells others about them, decided from several configs together
// (KafkaConfig.effectiveAdvertised*Listeners).

import type { ConfigValue, Parsed } from './config-value.ts'
import type { ListenerEndpoint, ProtocolByListener } from './listeners.ts'
import { parseListeners, parseProtocolMap } from './listeners.ts'
import { parseQuorumVoters } from './quorum-voters.ts'

export interface NodeListeners {
  readonly protocols: ProtocolByListener
  readonly listeners: readonly ListenerEndpoint[]
  readonly advertised: readonly ListenerEndpoint[]
  readonly advertisedController: readonly ListenerEndpoint[]
}

/** The parsed values this depends on, by name. */
export interface ListenerConfigs {
  value(name: string): ConfigValue
  isSet(name: string): boolean
}

export function resolveListeners(configs: ListenerConfigs): Parsed<NodeListeners> {
  const list = (name: string) => (configs.value(name) ?? []) as readonly string[]
  const controllerNames = list('controller.listener.names')
  const mapName = 'listener.security.protocol.map'
  const mapText = configs.value(mapName) as string
  const protocols = parseProtocolMap(mapText, configs.isSet(mapName), controllerNames, list('listeners'))
  if (!protocols.ok) return protocols
  const listeners = parseListeners(list('listeners'), protocols.value, false)
  if (!listeners.ok) return listeners
  // Advertised ports may repeat: one address may forward to several listeners, or stand before several nodes.
  const given = parseListeners(list('advertised.listeners'), protocols.value, true)
  if (!given.ok) return given
  const isController = ({ name }: ListenerEndpoint) => controllerNames.includes(name)
  const advertised = configs.value('advertised.listeners') === null ? listeners.value : given.value
  return {
    ok: true,
    value: {
      protocols: protocols.value,
      listeners: listeners.value,
      advertised: advertised.filter((endpoint) => !isController(endpoint)),
      advertisedController: controllerNames.flatMap((name, index) => {
        const own = given.value.find((endpoint) => endpoint.name === name)
        const opened = listeners.value.find((endpoint) => endpoint.name === name)
        if (own !== undefined || opened === undefined) return own ?? []
        return reachable(opened, index === 0 ? voterAddress(configs) : undefined)
      }),
    },
  }
}

type Address = Pick<ListenerEndpoint, 'host' | 'port'>

/** A listener on every address says nothing to others: `known` is better, the host's own name still good. */
function reachable(opened: ListenerEndpoint, known: Address | undefined): ListenerEndpoint {
  if (opened.host !== '' && opened.host !== '0.0.0.0') return opened
  return known === undefined ? { ...opened, host: '' } : { ...opened, ...known }
}

/** Where `controller.quorum.voters` says that this node's controller listens. */
function voterAddress(configs: ListenerConfigs): Address | undefined {
  const voters = parseQuorumVoters((configs.value('controller.quorum.voters') ?? []) as readonly string[])
  const own = voters.ok ? voters.value.find(({ id }) => id === configs.value('node.id')) : undefined
  return own && { host: own.host, port: own.port }
}
