// DescribeConfigs (key 32), versions 1 to 4, of topics, this broker, groups and client metrics: every config with
// its value, where the value comes from and its synonyms. A list of keys that is null or empty asks for all.
// Versions: 1 brings sources and synonyms; 3 types and documentation.
// Left out: broker loggers (INVALID_REQUEST says so).

import { errors } from '../../base/errors.ts'
import {
  type ConfigEntry,
  describeBrokerConfigs,
  describeClientMetricsConfigs,
  describeClusterConfigs,
  describeGroupConfigs,
  describeTopicConfigs,
} from '../../config/describe-config.ts'
import { topicNameProblem } from '../../controller/topic-names.ts'
import { configResourceType } from '../../metadata/configs-image.ts'
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

/** Known to Kafka. */
const brokerLoggerType = 8

export function describeConfigsApi(
  modules: BrokerModules,
): Api<DescribeConfigsRequest, DescribeConfigsResponse> {
  return {
    request: describeConfigsRequest,
    response: describeConfigsResponse,
    versions: [1, 4],
    handle: (_, request) => {
      // One resource of an unknown type fails them all (ConfigHelper.handleDescribeConfigsRequest).
      const unknown = request.resources.find(({ resourceType }) => !isKnownType(resourceType))
      return {
        throttleTimeMs: 0,
        results: request.resources.map((resource) =>
          unknown === undefined
            ? describeResource(modules, resource, request)
            : failedResult(resource, unknownType(unknown)),
        ),
      }
    },
  }
}

function describeResource(
  modules: BrokerModules,
  resource: DescribeConfigsResource,
  request: DescribeConfigsRequest,
): DescribeConfigsResult {
  const { resourceType, resourceName, configurationKeys } = resource
  const entries = entriesOf(modules, resource)
  if ('errorCode' in entries) return failedResult(resource, entries)
  const wanted = new Set(configurationKeys)
  const configs = entries.list
    .filter(({ name }) => wanted.size === 0 || wanted.has(name))
    .map((entry) => resultOf(entry, request))
  return { errorCode: errors.NONE, errorMessage: '', resourceType, resourceName, configs }
}

function failedResult(
  { resourceType, resourceName }: DescribeConfigsResource,
  { errorCode, errorMessage }: Refusal,
): DescribeConfigsResult {
  return { errorCode, errorMessage, resourceType, resourceName, configs: [] }
}

interface Refusal {
  readonly errorCode: number
  readonly errorMessage: string | null
}

type Entries = { list: readonly ConfigEntry[] } | Refusal

function entriesOf(modules: BrokerModules, { resourceType, resourceName }: DescribeConfigsResource): Entries {
  const type = configResourceType(resourceType)
  const { configs } = modules.image()
  switch (type) {
    case 'topic':
      return topicEntries(modules, resourceName)
    case 'broker':
      return brokerEntries(modules, resourceName)
    case 'group':
    case 'client-metrics': {
      if (resourceName === '')
        return refused(errors.INVALID_REQUEST, `a ${type} to describe must have a name`)
      const describe = type === 'group' ? describeGroupConfigs : describeClientMetricsConfigs
      return { list: describe(modules.dynamicConfig(), configs.for(type, resourceName)) }
    }
    default:
      return unknownType({ resourceType })
  }
}

function isKnownType(resourceType: number): boolean {
  return configResourceType(resourceType) !== undefined || resourceType === brokerLoggerType
}

function unknownType({ resourceType }: Pick<DescribeConfigsResource, 'resourceType'>): Refusal {
  return refused(
    errors.INVALID_REQUEST,
    `configs of resource type ${resourceType} are not described; those of topics (2), brokers (4), client` +
      ' metrics (16) and groups (32) are',
  )
}

function topicEntries(modules: BrokerModules, topic: string): Entries {
  const problem = topicNameProblem(topic)
  if (problem !== undefined) return refused(errors.INVALID_TOPIC_EXCEPTION, problem)
  const { topics, configs } = modules.image()
  if (topics.byName(topic) === undefined) return refused(errors.UNKNOWN_TOPIC_OR_PARTITION, null)
  return { list: describeTopicConfigs(modules.dynamicConfig(), configs.for('topic', topic)) }
}

function brokerEntries({ config, image, nodeId }: BrokerModules, name: string): Entries {
  const { configs } = image()
  const clusterDefault = configs.for('broker', '')
  if (name === '') return { list: describeClusterConfigs(clusterDefault) }
  if (name === String(nodeId))
    return { list: describeBrokerConfigs(config, configs.for('broker', name), clusterDefault) }
  return refused(
    errors.INVALID_REQUEST,
    `broker ${nodeId} was asked for the configs of broker '${name}'; ask that one`,
  )
}

function refused(errorCode: number, errorMessage: string | null): Refusal {
  return { errorCode, errorMessage }
}

function resultOf(entry: ConfigEntry, request: DescribeConfigsRequest): DescribeConfigsResourceResult {
  return {
    name: entry.name,
    value: entry.value,
    readOnly: entry.readOnly,
    configSource: entry.source,
    isSensitive: entry.isSensitive,
    synonyms: request.includeSynonyms ? entry.synonyms.map((synonym) => ({ ...synonym })) : [],
    configType: entry.type,
    documentation: request.includeDocumentation ? entry.documentation : null,
  }
}
