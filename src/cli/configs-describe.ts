// `ottla configs --describe`: the lines of kafka-configs.sh, or JSON with the same facts.

import { errors } from '../base/errors.ts'
import { type Result, success } from '../client/client-error.ts'
import { type ConfigResource, describeConfigs, listConfigResources } from '../client/config-admin.ts'
import { listConsumerGroups } from '../client/group-admin.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import { listTopics } from '../client/topic-admin.ts'
import type { DescribeConfigsResourceResult } from '../protocol/generated/describe-configs-response.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import type { ConfigsFlags } from './configs-command.ts'
import type { ChosenResources } from './configs-entity.ts'
import { reportError, reportFailure } from './report.ts'
import { patiently } from './with-client.ts'

/** ConfigEntry.ConfigSource by its number on the wire. */
const sourceNames = [
  'UNKNOWN',
  'DYNAMIC_TOPIC_CONFIG',
  'DYNAMIC_BROKER_CONFIG',
  'DYNAMIC_DEFAULT_BROKER_CONFIG',
  'STATIC_BROKER_CONFIG',
  'DEFAULT_CONFIG',
  'DYNAMIC_BROKER_LOGGER_CONFIG',
  'DYNAMIC_CLIENT_METRICS_CONFIG',
  'DYNAMIC_GROUP_CONFIG',
] as const

/** Where a value that is set comes from; log levels are shown whatever they come from. */
const ownSources = { topic: 1, broker: 2, 'broker-logger': undefined, 'client-metrics': 7, group: 8 } as const
const ownSourceOfDefaults = 3

export async function describe(
  modules: CliModules,
  client: KafkaClient,
  { type, name }: ChosenResources,
  flags: ConfigsFlags,
): Promise<ExitCode> {
  const known = await patiently(client, () => namesOf(client, type))
  if (!known.ok) return reportError(modules, known.error)
  if (name !== undefined && name !== '' && !flags.all && !known.value.includes(name))
    return reportFailure(modules, `the ${type} '${name}' doesn't exist and doesn't have dynamic config`)
  const names = name === undefined ? allOf(type, known.value) : [name]
  const described: object[] = []
  for (const each of names) {
    const resource: ConfigResource = { type, name: each }
    const configs = await patiently(client, () => describeConfigs(client, resource))
    if (!configs.ok) return reportError(modules, configs.error)
    const shown = flags.all ? configs.value : configs.value.filter((config) => isOwn(resource, config))
    if (flags.json) described.push({ type, name: each, configs: shown.map(jsonOf) })
    else await modules.output.write(textOf(resource, shown, flags))
  }
  if (flags.json) await modules.output.write(`${JSON.stringify(described)}\n`)
  return 0
}

/** Of everything that exists or has configs, in order. */
async function namesOf(client: KafkaClient, type: ConfigResource['type']): Promise<Result<string[]>> {
  if (type === 'topic') {
    const topics = await listTopics(client)
    return topics.ok ? success(topics.value.map(({ name }) => name)) : topics
  }
  if (type === 'broker' || type === 'broker-logger') {
    const cluster = await client.metadata()
    if (!cluster.ok) return cluster
    const ids = [...cluster.value.brokers.keys()].sort((left, right) => left - right)
    return success(ids.map((id) => `${id}`))
  }
  const configured = await listConfigResources(client, type)
  if (type === 'client-metrics') return configured
  const groups = await listConsumerGroups(client)
  if (!groups.ok) return groups
  // Before Kafka 4.1 nobody lists the configs of groups that do not exist.
  if (!configured.ok && configured.error.code !== errors.UNSUPPORTED_VERSION) return configured
  const ids = groups.value.map(({ groupId }) => groupId)
  return success([...new Set([...ids, ...(configured.ok ? configured.value : [])])].sort())
}

function allOf(type: ConfigResource['type'], names: readonly string[]): readonly string[] {
  return type === 'broker' ? [...names, ''] : names
}

function isOwn({ type, name }: ConfigResource, { configSource }: DescribeConfigsResourceResult): boolean {
  const own = type === 'broker' && name === '' ? ownSourceOfDefaults : ownSources[type]
  return own === undefined || configSource === own
}

function textOf(
  { type, name }: ConfigResource,
  configs: readonly DescribeConfigsResourceResult[],
  flags: ConfigsFlags,
): string {
  const title =
    type === 'broker' && name === ''
      ? 'Default configs for brokers in the cluster are:'
      : `${flags.all ? 'All' : 'Dynamic'} configs for ${titleOf(type)} ${name} are:`
  return [title, ...configs.map(lineOf)].map((line) => `${line}\n`).join('')
}

/** Kafka's tool takes the last letter off the plural. */
export function titleOf(type: ConfigResource['type']): string {
  return type === 'client-metrics' ? 'client-metric' : type
}

function lineOf({ name, value, isSensitive, synonyms }: DescribeConfigsResourceResult): string {
  const texts = synonyms.map((each) => `${sourceName(each.source)}:${each.name}=${each.value}`)
  return `  ${name}=${value} sensitive=${isSensitive} synonyms={${texts.join(', ')}}`
}

function jsonOf(config: DescribeConfigsResourceResult): object {
  const { name, value, configSource, isSensitive, readOnly: isReadOnly, synonyms } = config
  return {
    name,
    value,
    source: sourceName(configSource),
    isSensitive,
    isReadOnly,
    synonyms: synonyms.map((each) => ({
      name: each.name,
      value: each.value,
      source: sourceName(each.source),
    })),
  }
}

function sourceName(source: number): string {
  return sourceNames[source] ?? 'UNKNOWN'
}
