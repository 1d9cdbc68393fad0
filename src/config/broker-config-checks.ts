// What must hold between configs before a node may start: KafkaConfig.validateValues for KRaft, with
// Kafka's words. Each check returns what is wrong, or null; the first one found is reported. What depends on
// the roles of the node stands in `role-checks.ts`.

import type { BrokerConfig } from './broker-config.ts'
import { splitAtCommas } from './config-value.ts'
import { roleProblem } from './role-checks.ts'

export type Check = (config: BrokerConfig) => string | null

const nodeIdIsBrokerId: Check = (config) => {
  if (config.int('node.id') === config.int('broker.id')) return null
  return 'You must set `node.id` to the same value as `broker.id`.'
}

const logTimes: Check = (config) => {
  if (config.long('log.roll.ms') < 1) return 'log.roll.ms must be greater than or equal to 1'
  if (config.long('log.roll.jitter.ms') < 0) return 'log.roll.jitter.ms must be greater than or equal to 0'
  const retentionMs = config.long('log.retention.ms')
  if (retentionMs >= 1 || retentionMs === -1) return null
  return 'log.retention.ms must be unlimited (-1) or, greater than or equal to 1'
}

const cleanerMemory: Check = (config) => {
  const bytesPerThread = config.long('log.cleaner.dedupe.buffer.size') / config.int('log.cleaner.threads')
  if (bytesPerThread > 1024 * 1024) return null
  return 'log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.'
}

const compactionLag: Check = (config) => {
  const lagMsMin = config.long('log.cleaner.min.compaction.lag.ms')
  const lagMsMax = config.long('log.cleaner.max.compaction.lag.ms')
  if (lagMsMin <= lagMsMax) return null
  const names = ['log.cleaner.min.compaction.lag.ms', 'log.cleaner.max.compaction.lag.ms'] as const
  return `conflict topic config setting ${names[0]} (${lagMsMin}) > ${names[1]} (${lagMsMax})`
}

const replicaFetchWait: Check = (config) => {
  const waitMsMax = config.int('replica.fetch.wait.max.ms')
  if (waitMsMax > config.int('replica.socket.timeout.ms')) {
    return (
      'replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to prevent' +
      ' unnecessary socket timeouts'
    )
  }
  if (waitMsMax <= config.long('replica.lag.time.max.ms')) return null
  return (
    'replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms to' +
    ' prevent frequent changes in ISR'
  )
}

const cordonedDirectories: Check = (config) => {
  if (!config.list('process.roles').includes('broker')) return null
  const cordoned = (config.shown('cordoned.log.dirs').value ?? []) as readonly string[]
  if (cordoned.includes('*')) {
    return cordoned.length === 1
      ? null
      : 'When cordoned.log.dirs is set to *, it must not contain other values'
  }
  const missing = cordoned.filter((directory) => !config.logDirectories().includes(directory))
  if (missing.length === 0) return null
  return (
    'All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries :' +
    ` ${missing.join(', ')}`
  )
}

const advertisedHosts: Check = (config) => {
  const told = [...config.advertisedListeners(), ...config.advertisedControllerListeners()]
  if (told.every((endpoint) => endpoint.host !== '0.0.0.0')) return null
  return 'advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.'
}

const queueHoldsRequest: Check = (config) => {
  const queuedBytesMax = config.long('queued.max.request.bytes')
  if (queuedBytesMax <= 0 || queuedBytesMax >= config.int('socket.request.max.bytes')) return null
  return 'queued.max.request.bytes must be larger or equal to socket.request.max.bytes'
}

const connectionsPerIp: Check = (config) => {
  const name = 'max.connections.per.ip.overrides'
  const overrides = parseIpOverrides(config.string(name))
  const wrong = [...overrides].filter(
    ([host, count]) => Number.isNaN(count) || !/^[0-9a-zA-Z\-%._:]+$/.test(host),
  )
  if (wrong.length > 0) return `${name} contains invalid addresses : ${wrong.map(([host]) => host).join(',')}`
  if (config.int('max.connections.per.ip') > 0 || overrides.size > 0) return null
  return `max.connections.per.ip can be set to zero only if ${name} property is set.`
}

const failedAuthenticationDelay: Check = (config) => {
  const delayMs = config.int('connection.failed.authentication.delay.ms')
  const idleMsMax = config.long('connections.max.idle.ms')
  if (idleMsMax < 0 || delayMs < idleMsMax) return null
  return (
    `connection.failed.authentication.delay.ms=${delayMs} should always be less than` +
    ` connections.max.idle.ms=${idleMsMax} to prevent failed authentication responses from timing out`
  )
}

const classicProtocol: Check = (config) => {
  if (config.list('group.coordinator.rebalance.protocols').includes('classic')) return null
  return "Disabling the 'classic' protocol is not supported."
}

/** What is wrong with the configuration as a whole, or null. */
export function brokerConfigProblem(config: BrokerConfig): string | null {
  const checks: readonly Check[] = [
    nodeIdIsBrokerId,
    logTimes,
    cleanerMemory,
    compactionLag,
    replicaFetchWait,
    roleProblem,
    cordonedDirectories,
    advertisedHosts,
    queueHoldsRequest,
    connectionsPerIp,
    failedAuthenticationDelay,
    classicProtocol,
  ]
  for (const check of checks) {
    const problem = check(config)
    if (problem !== null) return problem
  }
  return null
}

/** Reads `host:count,host:count`; a count that is no number is NaN. */
export function parseIpOverrides(text: string): ReadonlyMap<string, number> {
  return new Map(
    splitAtCommas(text).map((pair) => {
      const colon = pair.lastIndexOf(':')
      const digits = pair.slice(colon + 1).trim()
      return [pair.slice(0, Math.max(colon, 0)).trim(), /^[0-9]+$/.test(digits) ? Number(digits) : Number.NaN]
    }),
  )
}
