// Where clients find brokers: the live ones and the address each has on the listener that was asked through.

import type { EndpointImage } from '../metadata/broker-image.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'

export interface BrokerAddress {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
  readonly isFenced: boolean
}

/** Brokers with that listener in order of id; fenced ones only when asked for. */
export function brokerAddresses(
  image: MetadataImage,
  listenerName: string,
  withFenced = false,
): BrokerAddress[] {
  const addresses: BrokerAddress[] = []
  for (const broker of image.brokers.values()) {
    const endpoint = broker.endpoints.find(({ name }) => name === listenerName)
    if (endpoint === undefined || (broker.fenced && !withFenced)) continue
    addresses.push(addressOf(broker.id, endpoint, broker.rack, broker.fenced))
  }
  return addresses.sort((a, b) => a.nodeId - b.nodeId)
}

export function brokerAddress(
  image: MetadataImage,
  nodeId: number,
  listenerName: string,
): BrokerAddress | undefined {
  return brokerAddresses(image, listenerName).find((address) => address.nodeId === nodeId)
}

/** The addresses of the leaders a client is sent to, each once; -1 is no leader. */
export function leaderEndpoints(
  image: MetadataImage,
  listenerName: string,
  leaders: Iterable<{ readonly leaderId: number }>,
): BrokerAddress[] {
  const ids = new Set<number>()
  for (const { leaderId } of leaders) if (leaderId >= 0) ids.add(leaderId)
  if (ids.size === 0) return []
  return brokerAddresses(image, listenerName).filter(({ nodeId }) => ids.has(nodeId))
}

function addressOf(
  nodeId: number,
  { host, port }: EndpointImage,
  rack: string | null,
  isFenced: boolean,
): BrokerAddress {
  return { nodeId, host, port, rack, isFenced }
}
