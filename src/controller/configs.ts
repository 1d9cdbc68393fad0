// IncrementalAlterConfigs (API 44) and AlterConfigs (API 33) of topics, brokers, groups and client metrics. Each
// resource is decided on its own. Only values that differ are written, but for brokers: there a record also
// asks the broker to reload what the value names (KAFKA-14136).

import { errors } from '../base/errors.ts'
import { type ConfigResource, configResourceType } from '../metadata/configs-image.ts'
import { configRecord } from '../metadata/image-records.ts'
import { keepsEligibleLeaderReplicas, type MetadataImage } from '../metadata/metadata-image.ts'
import type { AlterConfigsRequest } from '../protocol/generated/alter-configs-request.ts'
import type { AlterConfigsResponse } from '../protocol/generated/alter-configs-response.ts'
import type { IncrementalAlterConfigsRequest } from '../protocol/generated/incremental-alter-configs-request.ts'
import type { IncrementalAlterConfigsResponse } from '../protocol/generated/incremental-alter-configs-response.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import type { ConfigRules } from './config-rules.ts'
import { type Checked, checked, type Decision, noError, refused } from './decision.ts'
import { topicNameProblem } from './topic-names.ts'

/** `configOperation` of a request (`AlterConfigOp.OpType`). */
const operation = { set: 0, delete: 1, append: 2, subtract: 3 } as const

/** A longer value does not fit the record's string. */
const valueBytesMax = 32_767

const minInsyncReplicas = 'min.insync.replicas'

type Changes = ReadonlyMap<string, string | null>

export function decideIncrementalAlterConfigs(
  image: MetadataImage,
  rules: ConfigRules,
  request: IncrementalAlterConfigsRequest,
): Decision<IncrementalAlterConfigsResponse> {
  const { records, responses } = decideResources(image, rules, request.resources, (resource, configs) =>
    incrementalChanges(image, rules, resource, configs),
  )
  return {
    records: request.validateOnly ? [] : records,
    response: { throttleTimeMs: 0, responses },
    atomic: true,
  }
}

export function decideAlterConfigs(
  image: MetadataImage,
  rules: ConfigRules,
  request: AlterConfigsRequest,
): Decision<AlterConfigsResponse> {
  const { records, responses } = decideResources(image, rules, request.resources, (resource, configs) =>
    replacingChanges(image, resource, configs),
  )
  return {
    records: request.validateOnly ? [] : records,
    response: { throttleTimeMs: 0, responses },
    atomic: true,
  }
}

interface RequestedResource<C> {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly C[]
}

interface ResourceResponse {
  errorCode: number
  errorMessage: string | null
  resourceType: number
  resourceName: string
}

function decideResources<C>(
  image: MetadataImage,
  rules: ConfigRules,
  requested: readonly RequestedResource<C>[],
  changesOf: (resource: ConfigResource, configs: readonly C[]) => Checked<Changes>,
): { records: MetadataRecord[]; responses: ResourceResponse[] } {
  const records: MetadataRecord[] = []
  const groups = Map.groupBy(requested, (entry) => `${entry.resourceType}:${entry.resourceName}`)
  const responses = [...groups.values()].flatMap((entries): ResourceResponse[] => {
    const { resourceType, resourceName, configs } = entries[0]!
    const decided = decideResource(image, rules, entries, (resource) => changesOf(resource, configs))
    if (decided.ok) records.push(...decided.value)
    const error = decided.ok ? noError : decided.error
    return entries.map(() => ({ ...error, resourceType, resourceName }))
  })
  return { records, responses }
}

function decideResource(
  image: MetadataImage,
  rules: ConfigRules,
  entries: readonly RequestedResource<unknown>[],
  changesOf: (resource: ConfigResource) => Checked<Changes>,
): Checked<MetadataRecord[]> {
  const { resourceType, resourceName } = entries[0]!
  const type = configResourceType(resourceType)
  if (type === undefined) {
    return refused(errors.INVALID_REQUEST, `Configs of resource type ${resourceType} cannot be altered here.`)
  }
  const resource = { type, name: resourceName }
  if (entries.length > 1) {
    return refused(
      errors.INVALID_REQUEST,
      `The ${type} '${resourceName}' is in the request ${entries.length} times.`,
    )
  }
  const changes = changesOf(resource)
  if (!changes.ok) return changes
  const named = namedResource(image, resource)
  if (!named.ok) return named
  const records = configChangeRecords(image, rules, resource, changes.value)
  // Kafka looks for a topic last, when it has judged the values.
  if (!records.ok || type !== 'topic' || image.topics.byName(resourceName) !== undefined) return records
  return refused(errors.UNKNOWN_TOPIC_OR_PARTITION, `Topic '${resourceName}' does not exist.`)
}

function namedResource(image: MetadataImage, { type, name }: ConfigResource): Checked<void> {
  if (type === 'broker') return existingBroker(image, name)
  if (name === '') return refused(errors.INVALID_REQUEST, `A ${type} to configure must have a name.`)
  const problem = type === 'topic' ? topicNameProblem(name) : undefined
  return problem === undefined ? checked(undefined) : refused(errors.INVALID_TOPIC_EXCEPTION, problem)
}

/** A broker is named by its id; no name means the default of all brokers. */
function existingBroker(image: MetadataImage, name: string): Checked<void> {
  if (name === '') return checked(undefined)
  if (!/^\d{1,10}$/.test(name)) {
    return refused(errors.INVALID_REQUEST, `Broker '${name}' is not named by a broker id.`)
  }
  if (image.brokers.has(Number(name))) return checked(undefined)
  return refused(errors.BROKER_ID_NOT_REGISTERED, `No broker with id ${name} is registered.`)
}

/** Apache Kafka checks two types before its controller does (`ConfigAdminManager`, `ClientMetricsConfigs`). */
function invalidValueError({ type }: ConfigResource): number {
  return type === 'broker' || type === 'client-metrics' ? errors.INVALID_REQUEST : errors.INVALID_CONFIG
}

interface RequestedConfig {
  readonly name: string
  readonly value: string | null
  readonly configOperation: number
}

function incrementalChanges(
  image: MetadataImage,
  rules: ConfigRules,
  resource: ConfigResource,
  configs: readonly RequestedConfig[],
): Checked<Changes> {
  const problem = malformed(configs, ({ configOperation }) => configOperation === operation.delete)
  if (problem !== undefined) return refused(errors.INVALID_REQUEST, problem)
  const changes = new Map<string, string | null>()
  const current = image.configs.for(resource.type, resource.name)
  for (const config of configs) {
    const changed = incrementalChange(rules, resource, config, current.get(config.name))
    if (!changed.ok) return changed
    changes.set(config.name, changed.value)
  }
  return checked(changes)
}

/** What Kafka refuses before it looks at any config (ConfigAdminManager.preprocess). */
function malformed<C extends { readonly name: string; readonly value: string | null }>(
  configs: readonly C[],
  mayBeNull: (config: C) => boolean,
): string | undefined {
  const names = new Set<string>()
  for (const { name } of configs) {
    if (names.has(name)) return `Config '${name}' is in the request more than once.`
    names.add(name)
  }
  const missing = configs.find((config) => config.value === null && !mayBeNull(config))
  return missing === undefined ? undefined : `Config '${missing.name}' has a null value.`
}

function incrementalChange(
  rules: ConfigRules,
  { type }: ConfigResource,
  { name, value, configOperation }: RequestedConfig,
  current: string | undefined,
): Checked<string | null> {
  if (configOperation === operation.delete || value === null) return checked(null)
  if (configOperation === operation.set) return checked(value)
  if (configOperation !== operation.append && configOperation !== operation.subtract) {
    return refused(errors.INVALID_REQUEST, `Config '${name}' has the unknown operation ${configOperation}.`)
  }
  if (!rules.isList(type, name)) {
    return refused(
      errors.INVALID_CONFIG,
      `Config '${name}' is not a list, so nothing can be appended to it or subtracted from it.`,
    )
  }
  const items = splitList(current ?? rules.defaultValue(type, name) ?? '')
  const operands = new Set(value.split(','))
  const result =
    configOperation === operation.append
      ? new Set([...items, ...operands])
      : items.filter((item) => !operands.has(item))
  return checked([...result].join(','))
}

function splitList(value: string): string[] {
  return value.split(',').filter((item) => item !== '')
}

/** The older call replaces all configs of the resource: what it does not name is removed. */
function replacingChanges(
  image: MetadataImage,
  resource: ConfigResource,
  configs: readonly { readonly name: string; readonly value: string | null }[],
): Checked<Changes> {
  const problem = malformed(configs, () => false)
  if (problem !== undefined) return refused(errors.INVALID_REQUEST, problem)
  const changes = new Map(configs.map(({ name, value }) => [name, value]))
  for (const name of image.configs.for(resource.type, resource.name).keys()) {
    if (!changes.has(name)) changes.set(name, null)
  }
  return checked(changes)
}

/** The records that give `resource` the values of `requested`, null removing one. Whether it exists is not asked. */
export function configChangeRecords(
  image: MetadataImage,
  rules: ConfigRules,
  resource: ConfigResource,
  requested: Changes,
): Checked<MetadataRecord[]> {
  const current = image.configs.for(resource.type, resource.name)
  const changes = [...requested].filter(
    ([name, value]) => resource.type === 'broker' || (current.get(name) ?? null) !== value,
  )
  const after = new Map(current)
  for (const [name, value] of changes) {
    if (value === null) after.delete(name)
    else after.set(name, value)
  }
  const problem = rules.problem(resource, after, new Set(changes.map(([name]) => name)))
  if (problem !== undefined) return refused(invalidValueError(resource), problem)
  for (const [name, value] of changes) {
    const changed = changeProblem(image, resource, name, value)
    if (changed !== undefined) return refused(errors.INVALID_CONFIG, changed)
  }
  const records = changes.map(([name, value]) => configRecord(resource, name, value))
  return checked([...records, ...clearElrRecords(image, resource, changes)])
}

function changeProblem(
  image: MetadataImage,
  { type, name: resourceName }: ConfigResource,
  name: string,
  value: string | null,
): string | undefined {
  const valueBytes = Buffer.byteLength(value ?? '')
  if (valueBytes > valueBytesMax) {
    return `The value of config '${name}' is ${valueBytes} bytes long, the limit is ${valueBytesMax}.`
  }
  if (type !== 'broker' || name !== minInsyncReplicas || !keepsEligibleLeaderReplicas(image)) return undefined
  if (resourceName !== '') {
    return `${minInsyncReplicas} of one broker cannot be altered while eligible leader replicas are kept.`
  }
  if (value !== null) return undefined
  return `${minInsyncReplicas} of the cluster cannot be removed while eligible leader replicas are kept.`
}

/** With another min.insync.replicas, who is eligible must be found out anew (KIP-966). */
function clearElrRecords(
  image: MetadataImage,
  resource: ConfigResource,
  changes: readonly (readonly [string, string | null])[],
): MetadataRecord[] {
  if (!keepsEligibleLeaderReplicas(image)) return []
  if (!changes.some(([name]) => name === minInsyncReplicas)) return []
  return [
    {
      name: 'ClearElrRecord',
      value: { topicName: resource.type === 'topic' ? resource.name : '' },
    },
  ]
}
