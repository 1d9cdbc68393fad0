// The configuration of a node: what KafkaConfig is to Kafka. Entries are read once, every value is parsed
// and checked before anything starts, and reading a value afterwards cannot fail: asking for an unknown
// name or the wrong type is a mistake in the code and asserts.

import { assert } from '../base/assert.ts'
import { brokerConfigProblem, parseIpOverrides } from './broker-config-checks.ts'
import { brokerConfigWarnings } from './broker-config-warnings.ts'
import type { ConfigDefinition, ConfigType } from './config-definition.ts'
import { brokerConfigs, brokerSynonyms } from './config-table.ts'
import type { ConfigValue, Parsed, ParsedValue } from './config-value.ts'
import { parseConfigValue } from './config-value.ts'
import type { ListenerEndpoint, SecurityProtocol } from './listeners.ts'
import type { NodeListeners } from './node-listeners.ts'
import { resolveListeners } from './node-listeners.ts'
import { unsupportedSetting } from './unsupported-settings.ts'

export type BrokerConfigResult =
  | { readonly ok: true; readonly config: BrokerConfig; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly message: string }

/** Broker configs set at run time, under the same names; a broker's own go before those of the cluster. */
export interface DynamicBrokerConfigs {
  readonly perBroker: ReadonlyMap<string, string>
  readonly clusterDefault: ReadonlyMap<string, string>
}

interface Reading {
  /** What was set, by whatever way. */
  readonly entries: ReadonlyMap<string, string>
  /** Of every broker config, set or not. */
  readonly values: ReadonlyMap<string, ParsedValue>
  readonly listeners: NodeListeners
}

export const noDynamicConfigs: DynamicBrokerConfigs = { perBroker: new Map(), clusterDefault: new Map() }

export class BrokerConfig {
  /** What the operator's file says, `broker.id` included, without what was set at run time. */
  readonly staticEntries: ReadonlyMap<string, string>
  readonly dynamic: DynamicBrokerConfigs
  readonly #reading: Reading

  private constructor(
    staticEntries: ReadonlyMap<string, string>,
    dynamic: DynamicBrokerConfigs,
    reading: Reading,
  ) {
    this.staticEntries = staticEntries
    this.dynamic = dynamic
    this.#reading = reading
  }

  /**
   * Reads the entries of a properties file. Fails with the first value that cannot be used, in the words of
   * Kafka's ConfigException plus what to do about it; warns of names that are unknown or have no effect.
   */
  static parse(given: ReadonlyMap<string, string>): BrokerConfigResult {
    const entries = withBothIds(given)
    const read = BrokerConfig.#read(entries, entries, noDynamicConfigs)
    if (!read.ok) return read
    return { ok: true, config: read.value, warnings: brokerConfigWarnings(given) }
  }

  /** A configuration of `entries`, if they can be used. */
  static #read(
    entries: ReadonlyMap<string, string>,
    staticEntries: ReadonlyMap<string, string>,
    dynamic: DynamicBrokerConfigs,
  ): Parsed<BrokerConfig> {
    const reading = readEntries(entries)
    if (!reading.ok) return reading
    const config = new BrokerConfig(staticEntries, dynamic, reading.value)
    const message = brokerConfigProblem(config) ?? unsupportedSetting(config)
    return message === null ? { ok: true, value: config } : { ok: false, message }
  }

  /**
   * What the file says under these dynamic configs, which replace those of before. A dynamic value hides the
   * synonyms of its setting (`log.roll.ms` hides a static `log.roll.hours`). Values that cannot be used are
   * left out: `dynamicProblem` finds them when they are set, and a node must not fail for them later.
   */
  withDynamic(dynamic: DynamicBrokerConfigs): BrokerConfig {
    return this.#underDynamic(dynamic).config
  }

  /** Why one of these dynamic configs cannot be used, alone or beside the others and the file; or null. */
  dynamicProblem(dynamic: DynamicBrokerConfigs): string | null {
    return this.#underDynamic(dynamic).problem
  }

  #underDynamic(dynamic: DynamicBrokerConfigs): { config: BrokerConfig; problem: string | null } {
    const unchanged = BrokerConfig.#read(this.staticEntries, this.staticEntries, dynamic)
    assert(unchanged.ok, 'the static entries were read before')
    let config = unchanged.value
    let problem: string | null = null
    for (const [name, text] of [...dynamic.clusterDefault, ...dynamic.perBroker]) {
      const entries = new Map(config.#reading.entries)
      for (const synonym of brokerSynonyms(name)) entries.delete(synonym.name)
      const changed = BrokerConfig.#read(entries.set(name, text), this.staticEntries, dynamic)
      if (changed.ok) config = changed.value
      else problem ??= changed.message
    }
    return { config, problem }
  }

  /** Whether the file or a dynamic config says something about `name` itself. */
  isSet(name: string): boolean {
    return this.#reading.entries.has(name)
  }

  /** Names that are set and are no configs of brokers, sorted. */
  unknownNames(): string[] {
    return [...this.#reading.entries.keys()].filter((name) => !brokerConfigs.has(name)).sort()
  }

  /** An int or a short. */
  int(name: string): number {
    return this.#typed(name, 'int', 'short') as number
  }

  /** A long above 2^53−1 is that number, which is no limit either. Synonyms count: see `resolved`. */
  long(name: string): number {
    return this.#typed(name, 'long') as number
  }

  double(name: string): number {
    return this.#typed(name, 'double') as number
  }

  boolean(name: string): boolean {
    return this.#typed(name, 'boolean') as boolean
  }

  string(name: string): string {
    return this.#typed(name, 'string') as string
  }

  optionalString(name: string): string | null {
    assert(brokerConfigs.get(name)?.type === 'string', `${name} is a string config`)
    return this.#reading.values.get(name)?.value as string | null
  }

  list(name: string): readonly string[] {
    return this.#typed(name, 'list') as readonly string[]
  }

  /** The value under its own name, without synonyms, as it is shown to operators. */
  shown(name: string): ParsedValue {
    const parsed = this.#reading.values.get(name)
    assert(parsed, `${name} is a broker config`)
    return parsed
  }

  /**
   * The value in effect. For the first name of several synonyms, that of the first one set, in milliseconds:
   * `log.retention.ms` before `log.retention.minutes` before `log.retention.hours`.
   */
  resolved(name: string): ParsedValue {
    const family = brokerSynonyms(name)
    if (family[0]?.name !== name || family.length === 1) return this.shown(name)
    const chosen =
      family.find((synonym) => this.isSet(synonym.name)) ??
      family.find((synonym) => this.shown(synonym.name).value !== null)
    assert(chosen, `${name} has a default`)
    const parsed = this.shown(chosen.name)
    if (chosen.unitMs === 1) return parsed
    const value = Number(parsed.value) < 0 ? -1 : Number(parsed.value) * chosen.unitMs
    return { value, text: String(value) }
  }

  /** Where to listen, controller listeners included. */
  listeners(): readonly ListenerEndpoint[] {
    return this.#reading.listeners.listeners
  }

  /** What clients and brokers are told; falls back to the listeners. Without those of the controller. */
  advertisedListeners(): readonly ListenerEndpoint[] {
    return this.#reading.listeners.advertised
  }

  /** What other nodes are told about this node's controller, the first controller listener first. */
  advertisedControllerListeners(): readonly ListenerEndpoint[] {
    return this.#reading.listeners.advertisedController
  }

  /** What a listener of this name speaks, or would speak; undefined when no config says so. */
  listenerProtocol(name: string): SecurityProtocol | undefined {
    return this.#reading.listeners.protocols.get(name.toUpperCase())
  }

  controllerListenerNames(): readonly string[] {
    return this.list('controller.listener.names')
  }

  /** `max.connections.per.ip.overrides`: connections allowed, by host name or address. */
  maxConnectionsPerIpOverrides(): ReadonlyMap<string, number> {
    return parseIpOverrides(this.string('max.connections.per.ip.overrides'))
  }

  /** `log.dirs`, or else `log.dir`. */
  logDirectories(): readonly string[] {
    return (this.shown('log.dirs').value ?? this.shown('log.dir').value) as readonly string[]
  }

  /** `metadata.log.dir`, or else the first log directory. */
  metadataLogDirectory(): string {
    return this.optionalString('metadata.log.dir') ?? this.logDirectories()[0]!
  }

  #typed(name: string, ...types: readonly ConfigType[]): ConfigValue {
    const definition = brokerConfigs.get(name)
    assert(definition && types.includes(definition.type), `${name} is a config of type ${types.join(' or ')}`)
    const { value } = this.resolved(name)
    assert(value !== null, `${name} has a value`)
    return value
  }
}

/** `broker.id` is the old name of `node.id`: each stands for the other if that is not given. */
function withBothIds(given: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const id = given.get('node.id') ?? given.get('broker.id')
  return id === undefined ? given : new Map([['node.id', id], ['broker.id', id], ...given])
}

/** Parses every value and the listeners; does not look at what the values mean together. */
function readEntries(entries: ReadonlyMap<string, string>): Parsed<Reading> {
  const values = new Map<string, ParsedValue>()
  for (const definition of brokerConfigs.values()) {
    const text = entries.get(definition.name)
    if (text === undefined && definition.required) {
      const message = `Missing required configuration "${definition.name}" which has no default value.`
      return { ok: false, message: withRemedy(message, definition) }
    }
    const parsed = parseConfigValue(definition, text ?? definition.default)
    if (!parsed.ok) return { ok: false, message: withRemedy(parsed.message, definition) }
    values.set(definition.name, parsed.value)
  }
  const listeners = resolveListeners({
    value: (name) => values.get(name)?.value ?? null,
    isSet: (name) => entries.has(name),
  })
  return listeners.ok ? { ok: true, value: { entries, values, listeners: listeners.value } } : listeners
}

const typeWords: Readonly<Record<ConfigType, string>> = {
  boolean: 'true or false',
  int: 'a whole number',
  short: 'a whole number',
  long: 'a whole number',
  double: 'a number',
  list: 'a list separated by commas',
  string: 'a text',
  class: 'a class name',
  password: 'a text',
}

/** `problem` with the sentence that tells the operator what would be accepted. */
function withRemedy(problem: string, definition: ConfigDefinition): string {
  const { name, type, validator, default: defaultText } = definition
  const isRange = validator !== null && ['int', 'short', 'long', 'double'].includes(type)
  const wanted = isRange ? `${typeWords[type]} in ${validator.text}` : typeWords[type]
  const byDefault = defaultText === null || defaultText === '' ? '' : ` for the default ${defaultText}`
  const wayOut = definition.required ? '' : `, or remove it${byDefault}`
  return `${problem.replace(/\.$/, '')}. Set ${name} to ${wanted}${wayOut}.`
}
