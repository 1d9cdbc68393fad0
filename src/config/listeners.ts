// The listeners of a node: `listeners`, `advertised.listeners` and the security protocol of each name, as
// SocketServerConfigs and AbstractKafkaConfig read them. Names are upper case.

import type { Parsed } from './config-value.ts'
import { splitAtCommas } from './config-value.ts'

export type SecurityProtocol = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'

const securityProtocols: readonly SecurityProtocol[] = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']

export interface ListenerEndpoint {
  readonly name: string
  /** Empty: every address of this host. IPv6 without brackets. */
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly protocol: SecurityProtocol
}

export type ProtocolByListener = ReadonlyMap<string, SecurityProtocol>

/**
 * Reads `listener.security.protocol.map`. When the operator did not set it (`isSet` false) and no listener is
 * named after a secured protocol, the controller's listeners are PLAINTEXT without being listed.
 */
export function parseProtocolMap(
  text: string,
  isSet: boolean,
  controllerListenerNames: readonly string[],
  listeners: readonly string[],
): Parsed<ProtocolByListener> {
  const name = 'listener.security.protocol.map'
  const protocols = new Map<string, SecurityProtocol>()
  for (const pair of splitAtCommas(text)) {
    const colon = pair.lastIndexOf(':')
    if (colon < 0) {
      const reason = `'${pair}' is not of the form listener:protocol`
      return { ok: false, message: `Error parsing configuration property '${name}': ${reason}` }
    }
    const protocol = securityProtocols.find(
      (known) =>
        known ===
        pair
          .slice(colon + 1)
          .trim()
          .toUpperCase(),
    )
    if (protocol === undefined) {
      return {
        ok: false,
        message: `Invalid security protocol \`${pair.slice(colon + 1).trim()}\` defined in ${name}`,
      }
    }
    protocols.set(pair.slice(0, colon).trim().toUpperCase(), protocol)
  }
  const names = [...controllerListenerNames, ...listeners.map((listener) => listener.split(':')[0] ?? '')]
  const secured = names.some((listener) => /^(SSL|SASL_SSL|SASL_PLAINTEXT)$/i.test(listener))
  if (!isSet && !secured) for (const listener of controllerListenerNames) protocols.set(listener, 'PLAINTEXT')
  return { ok: true, value: protocols }
}

/** Reads entries of the form `name://host:port`. Names, and unless `portsMayRepeat` ports, must differ. */
export function parseListeners(
  entries: readonly string[],
  protocols: ProtocolByListener,
  portsMayRepeat: boolean,
): Parsed<ListenerEndpoint[]> {
  const failed = (reason: string): { ok: false; message: string } => ({
    ok: false,
    message: `Error creating broker listeners from '[${entries.join(', ')}]': ${reason}`,
  })
  const endpoints: ListenerEndpoint[] = []
  for (const entry of entries) {
    const [, rawName, host, digits] = /^(.*):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:([0-9]+)$/.exec(entry) ?? []
    if (rawName === undefined || host === undefined)
      return failed(`Unable to parse ${entry} to a broker endpoint`)
    const name = rawName.toUpperCase()
    const port = Number(digits)
    if (port > 65535) return failed(`Port ${digits} of listener ${name} is above 65535`)
    const protocol = protocols.get(name)
    if (protocol === undefined) return failed(`No security protocol defined for listener ${name}`)
    endpoints.push({ name, host, port, protocol })
  }
  const reason =
    repeatedName(endpoints, entries) ?? (portsMayRepeat ? null : repeatedPort(endpoints, entries))
  return reason === null ? { ok: true, value: endpoints } : failed(reason)
}

function repeatedName(endpoints: readonly ListenerEndpoint[], entries: readonly string[]): string | null {
  if (new Set(endpoints.map((endpoint) => endpoint.name)).size === endpoints.length) return null
  return `Each listener must have a different name, listeners: [${entries.join(', ')}]`
}

/** One port may serve two listeners if one has an IPv4 and the other an IPv6 address. */
function repeatedPort(endpoints: readonly ListenerEndpoint[], entries: readonly string[]): string | null {
  const drawn = endpoints.filter((endpoint) => endpoint.port !== 0)
  for (const [port, sharing] of Map.groupBy(drawn, (endpoint) => endpoint.port)) {
    if (sharing.length === 1) continue
    const versions = sharing.map((endpoint) => ipVersion(endpoint.host)).sort()
    if (versions.length === 2 && versions[0] === 4 && versions[1] === 6) continue
    const where = `listeners: [${entries.join(', ')}]`
    if (versions[0] === 0) return `Each listener must have a different port, ${where}`
    const reason = 'If you have two listeners on the same port then one needs to be IPv4 and the other IPv6'
    return `${reason}, ${where}, port: ${port}`
  }
  return null
}

function ipVersion(host: string): 0 | 4 | 6 {
  if (/^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%.*)?$/.test(host)) return 6
  const parts = host.split('.')
  return parts.length === 4 && parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) < 256) ? 4 : 0
}
