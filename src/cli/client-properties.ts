// Kafka's names of client settings (`--producer-property acks=all`) as options of this client. Names that mean
// nothing here are told to the user, because silence would look like an effect.

import type { ConsumerOptions } from '../client/consumer.ts'
import type { ProducerOptions } from '../client/producer.ts'
import { parseProperties } from '../config/parse-properties.ts'
import { compressions } from '../protocol/records/compression.ts'
import type { CliModules } from './cli-modules.ts'

/** Undefined: the value is not one of this setting. */
type Setting<T> = (value: string) => Partial<T> | undefined

export interface ConsumerSettings extends ConsumerOptions {
  readonly isAutoCommit: boolean
}

export const producerSettings: ReadonlyMap<string, Setting<ProducerOptions>> = new Map<
  string,
  Setting<ProducerOptions>
>([
  ['acks', acks],
  ['compression.type', (value) => compressionOf(value)],
  ['linger.ms', whole('lingerMs')],
  ['batch.size', whole('batchBytesMax')],
  ['delivery.timeout.ms', whole('deliveryTimeoutMs')],
  ['enable.idempotence', flag('isIdempotent')],
])

export const consumerSettings: ReadonlyMap<string, Setting<ConsumerSettings>> = new Map<
  string,
  Setting<ConsumerSettings>
>([
  ['group.id', (groupId) => ({ groupId })],
  ['group.instance.id', (instanceId) => ({ instanceId })],
  [
    'auto.offset.reset',
    (autoOffsetReset) => oneOf(autoOffsetReset, ['earliest', 'latest', 'none'], 'autoOffsetReset'),
  ],
  ['isolation.level', (isolation) => oneOf(isolation, ['read_committed', 'read_uncommitted'], 'isolation')],
  ['enable.auto.commit', flag('isAutoCommit')],
  ['auto.commit.interval.ms', whole('autoCommitIntervalMs')],
  ['session.timeout.ms', whole('sessionTimeoutMs')],
  ['heartbeat.interval.ms', whole('heartbeatIntervalMs')],
  ['max.poll.interval.ms', whole('rebalanceTimeoutMs')],
  ['max.poll.records', whole('recordsPerPollMax')],
  ['fetch.min.bytes', whole('fetchBytesMin')],
  ['fetch.max.bytes', whole('fetchBytesMax')],
  ['fetch.max.wait.ms', whole('fetchWaitMsMax')],
  ['max.partition.fetch.bytes', whole('partitionBytesMax')],
])

export const adminSettings: ReadonlyMap<string, Setting<{ timeout: number }>> = new Map([
  ['request.timeout.ms', whole<{ timeout: number }>('timeout')],
])

export type Properties<T> =
  | { readonly ok: true; readonly options: Partial<T>; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly message: string }

/** `pairs` win over the file. */
export async function clientProperties<T>(
  modules: CliModules,
  settings: ReadonlyMap<string, Setting<T>>,
  file: string | undefined,
  pairs: readonly (readonly [string, string])[],
): Promise<Properties<T>> {
  const entries = await readPropertiesFile(modules, file)
  if (!entries.ok) return entries
  const problem = securityProblem([...entries.value, ...pairs])
  if (problem !== undefined) return { ok: false, message: problem }
  let options: Partial<T> = {}
  const warnings: string[] = []
  for (const [name, value] of [...entries.value, ...pairs]) {
    const setting = settings.get(name)
    if (setting === undefined) {
      warnings.push(`${name} has no effect here`)
      continue
    }
    const set = setting(value.trim())
    if (set === undefined) return { ok: false, message: `"${value}" is no value of ${name}` }
    options = { ...options, ...set }
  }
  return { ok: true, options, warnings }
}

/** Undefined: a connection without authentication and encryption is what is asked for. */
function securityProblem(entries: readonly (readonly [string, string])[]): string | undefined {
  const protocol = new Map(entries).get('security.protocol')?.trim()
  if (protocol === undefined || protocol.toUpperCase() === 'PLAINTEXT') return undefined
  return `the client does not speak ${protocol} yet (security.protocol), only PLAINTEXT`
}

/** The entries of a file in Kafka's format; none without a path. */
export async function readPropertiesFile(
  modules: CliModules,
  path: string | undefined,
): Promise<{ ok: true; value: (readonly [string, string])[] } | { ok: false; message: string }> {
  if (path === undefined) return { ok: true, value: [] }
  const read = await modules.readFile(path)
  if (!read.ok) return { ok: false, message: `cannot read ${path}: ${read.message}` }
  const parsed = parseProperties(new TextDecoder().decode(read.bytes))
  return parsed.ok
    ? { ok: true, value: [...parsed.value] }
    : { ok: false, message: `${path}: ${parsed.message}` }
}

export function acks(value: string): Partial<ProducerOptions> | undefined {
  if (value === 'all' || value === '-1') return { acks: -1 }
  if (value === '0' || value === '1') return { acks: value === '0' ? 0 : 1 }
  return undefined
}

export function compressionOf(value: string): Partial<ProducerOptions> | undefined {
  const compression = compressions.find((known) => known === value)
  return compression === undefined ? undefined : { compression }
}

function whole<T>(option: keyof T): Setting<T> {
  return (value) => (/^\d{1,15}$/.test(value) ? ({ [option]: Number(value) } as Partial<T>) : undefined)
}

function flag<T>(option: keyof T): Setting<T> {
  return (value) =>
    /^(?:true|false)$/i.test(value) ? ({ [option]: value.toLowerCase() === 'true' } as Partial<T>) : undefined
}

function oneOf<T>(value: string, known: readonly string[], option: keyof T): Partial<T> | undefined {
  return known.includes(value) ? ({ [option]: value } as Partial<T>) : undefined
}
