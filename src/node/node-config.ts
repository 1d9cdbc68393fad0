// From what a person typed to the configuration of a node: the properties file, then `--override`s, `--data` and
// `--port`, over defaults that make a single node of a machine that has nothing. Later ones win.

import { BrokerConfig } from '../config/broker-config.ts'
import { parseProperties } from '../config/parse-properties.ts'

export interface NodeSettings {
  /** A `server.properties`, with its path for messages. */
  readonly properties?: { readonly path: string; readonly text: string }
  readonly overrides: readonly (readonly [name: string, value: string])[]
  /** Stands for `log.dirs`. */
  readonly dataDirectory?: string
  /** Stands for the port of the first listener that is not the controller's; 0 draws a free one. */
  readonly port?: number
}

export type NodeConfigResult =
  | { readonly ok: true; readonly config: BrokerConfig; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly message: string }

/** What a node without a properties file is: broker and controller in one, for clients on this machine. */
const defaults: readonly (readonly [string, string])[] = [
  ['node.id', '1'],
  ['process.roles', 'broker,controller'],
  ['controller.listener.names', 'CONTROLLER'],
  ['controller.quorum.bootstrap.servers', 'localhost:9093'],
  ['listeners', 'PLAINTEXT://:9092,CONTROLLER://:9093'],
  ['advertised.listeners', 'PLAINTEXT://localhost:9092'],
]
const defaultDataDirectory = 'ottla-data'

export function nodeConfig(settings: NodeSettings): NodeConfigResult {
  const given = new Map<string, string>()
  if (settings.properties !== undefined) {
    const { path, text } = settings.properties
    const parsed = parseProperties(text)
    if (!parsed.ok) return { ok: false, message: `${path}: ${parsed.message}` }
    for (const [name, value] of parsed.value) given.set(name, value)
  }
  for (const [name, value] of settings.overrides) given.set(name, value)
  if (settings.dataDirectory !== undefined) {
    given.set('log.dirs', settings.dataDirectory)
    given.delete('metadata.log.dir')
  }
  const entries = withDefaults(given)
  if (settings.port !== undefined) setPort(entries, settings.port)
  const parsed = BrokerConfig.parse(entries)
  if (parsed.ok || settings.properties === undefined) return parsed
  return { ok: false, message: `${settings.properties.path}: ${parsed.message}` }
}

function withDefaults(given: ReadonlyMap<string, string>): Map<string, string> {
  const entries = new Map(given)
  if (!given.has('log.dirs') && !given.has('log.dir')) entries.set('log.dirs', defaultDataDirectory)
  const isSet = (name: string) => given.has(name) || (name === 'node.id' && given.has('broker.id'))
  for (const [name, value] of defaults) {
    // What clients are told follows from `listeners`, once that is given.
    if (isSet(name) || (name === 'advertised.listeners' && given.has('listeners'))) continue
    if (name === 'controller.quorum.bootstrap.servers' && given.has('controller.quorum.voters')) continue
    if (name === 'listeners' && given.has('controller.listener.names'))
      entries.set(name, value.replace('CONTROLLER', given.get('controller.listener.names')!))
    else entries.set(name, value)
  }
  return entries
}

function setPort(entries: Map<string, string>, port: number): void {
  const controllers = new Set(
    entries
      .get('controller.listener.names')
      ?.split(',')
      .map((name) => name.trim()),
  )
  for (const name of ['listeners', 'advertised.listeners']) {
    const endpoints = entries.get(name)?.split(',')
    const first = endpoints?.findIndex((endpoint) => !controllers.has(endpoint.trim().split(':')[0]!)) ?? -1
    if (endpoints === undefined || first < 0) continue
    endpoints[first] = endpoints[first]!.replace(/:\d+\s*$/, `:${port}`)
    entries.set(name, endpoints.join(','))
  }
}
