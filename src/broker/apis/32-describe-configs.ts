// DescribeConfigs (key 32), versions 1 to 4, of topics and of this broker: every config with its value, where the
// value comes from and its synonyms. A null list of keys asks for all.
// Versions: 1 brings sources and synonyms; 3 types and documentation.
// Left out: broker loggers, client metrics and groups (INVALID_REQUEST says so); documentation is always null.

import { errors } from '../../base/errors.ts'
import {
  type ConfigEntry,
  describeBrokerConfigs,
  describeTopicConfigs,
} from '../../config/describe-config.ts'
import { topicNameProblem } from '../../controller/topic-names.ts'
import {
  type DescribeConfigsRequest,
  type DescribeConfigsResource,
  describeConfigsRequest,
} from '../../protocol/generated/describe-configs-request.ts'
import {
  type DescribeConfigsResourceResult,
  type DescribeConfigsResponse,
  type DescribeConfigsResult,
  describeConfigsResponse,
} from '../../protocol/generated/describe-configs-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

const resourceTypes = { topic: 2, broker: 4 } as const

export function describeConfigsApi(
  modules: BrokerModules,
): Api<DescribeConfigsRequest, DescribeConfigsResponse> {
  return {
    request: describeConfigsRequest,
    response: describeConfigsResponse,
    versions: [1, 4],
    handle: (_, request) => ({
      throttleTimeMs: 0,
      results: request.resources.map((resource) =>
        describeResource(modules, resource, request.includeSynonyms),
      ),
    }),
  }
}

function describeResource(
  modules: BrokerModules,
  resource: DescribeConfigsResource,
  includeSynonyms: boolean,
): DescribeConfigsResult {
  const { resourceType, resourceName, configurationKeys } = resource
  const failed = (errorCode: number, errorMessage: string | null) => ({
    errorCode,
    errorMessage,
    resourceType,
    resourceName,
    configs: [],
  })
  const entries = entriesOf(modules, resource)
  if ('errorCode' in entries) return failed(entries.errorCode, entries.errorMessage)
  const wanted = configurationKeys === null ? undefined : new Set(configurationKeys)
  const configs = entries.list
    .filter(({ name }) => wanted === undefined || wanted.has(name))
    .map((entry) => resultOf(entry, includeSynonyms))
  return { errorCode: errors.NONE, errorMessage: null, resourceType, resourceName, configs }
}

type Entries = { list: readonly ConfigEntry[] } | { errorCode: number; errorMessage: string | null }

function entriesOf(modules: BrokerModules, { resourceType, resourceName }: DescribeConfigsResource): Entries {
  const image = modules.image()
  if (resourceType === resourceTypes.topic) {
    const nameError = topicNameProblem(resourceName)
    if (nameError !== undefined) return { errorCode: errors.INVALID_TOPIC_EXCEPTION, errorMessage: nameError }
    if (image.topics.byName(resourceName) === undefined)
      return { errorCode: errors.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: null }
    return { list: describeTopicConfigs(modules.config, image.configs.for('topic', resourceName)) }
  }
  if (resourceType === resourceTypes.broker) {
    const dynamicDefaults = image.configs.for('broker', '')
    if (resourceName === '')
      return { list: describeBrokerConfigs(modules.config, new Map(), dynamicDefaults) }
    if (resourceName !== String(modules.nodeId))
      return {
        errorCode: errors.INVALID_REQUEST,
        errorMessage: `broker ${modules.nodeId} was asked for the configs of broker ${resourceName}; ask that one`,
      }
    return {
      list: describeBrokerConfigs(modules.config, image.configs.for('broker', resourceName), dynamicDefaults),
    }
  }
  return {
    errorCode: errors.INVALID_REQUEST,
    errorMessage: `configs of resource type ${resourceType} are not described; topics (2) and brokers (4) are`,
  }
}

function resultOf(entry: ConfigEntry, includeSynonyms: boolean): DescribeConfigsResourceResult {
  return {
    name: entry.name,
    value: entry.value,
    readOnly: entry.readOnly,
    configSource: entry.source,
    isSensitive: entry.isSensitive,
    synonyms: includeSynonyms ? entry.synonyms.map((synonym) => ({ ...synonym })) : [],
    configType: entry.type,
    documentation: null,
  }
}
