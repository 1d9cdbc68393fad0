// What an administrator asks about configs and changes in them, one attempt each. Configs of one broker are asked
// of that broker, which alone knows its file; everything else any broker answers.

import { errors } from '../base/errors.ts'
import type { DescribeConfigsResourceResult } from '../protocol/generated/describe-configs-response.ts'
import { calls } from './api-call.ts'
import { failure, outcome, type Result, success } from './client-error.ts'
import type { KafkaClient, Target } from './kafka-client.ts'

/** The codes of ConfigResource.Type. */
const typeCodes = { topic: 2, broker: 4, 'broker-logger': 8, 'client-metrics': 16, group: 32 } as const

export type ConfigResourceType = keyof typeof typeCodes

export interface ConfigResource {
  readonly type: ConfigResourceType
  /** Of a broker its id; empty: what holds for all brokers. */
  readonly name: string
}

export interface ConfigChanges {
  readonly set: readonly (readonly [name: string, value: string])[]
  /** Names that go back to their default. */
  readonly deleted: readonly string[]
}

const setOperation = 0
const deleteOperation = 1

/** Every config of the resource with its source and its synonyms, by name. */
export async function describeConfigs(
  client: KafkaClient,
  resource: ConfigResource,
): Promise<Result<DescribeConfigsResourceResult[]>> {
  const answer = await client.request(targetOf(resource), calls.describeConfigs, {
    ...calls.describeConfigs.request.defaults(),
    resources: [
      { resourceType: typeCodes[resource.type], resourceName: resource.name, configurationKeys: null },
    ],
    includeSynonyms: true,
  })
  if (!answer.ok) return answer
  const [result] = answer.value.results
  if (result === undefined)
    return failure(errors.UNKNOWN_SERVER_ERROR, 'the broker answered without a result')
  if (result.errorCode !== errors.NONE) return failure(result.errorCode, result.errorMessage)
  return success(result.configs.toSorted((left, right) => (left.name < right.name ? -1 : 1)))
}

/** All of the changes, or none. */
export async function alterConfigs(
  client: KafkaClient,
  resource: ConfigResource,
  { set, deleted }: ConfigChanges,
): Promise<Result<void>> {
  const answer = await client.request(targetOf(resource), calls.incrementalAlterConfigs, {
    ...calls.incrementalAlterConfigs.request.defaults(),
    resources: [
      {
        resourceType: typeCodes[resource.type],
        resourceName: resource.name,
        configs: [
          ...deleted.map((name) => ({ name, configOperation: deleteOperation, value: '' })),
          ...set.map(([name, value]) => ({ name, configOperation: setOperation, value })),
        ],
      },
    ],
  })
  return answer.ok ? outcome(answer.value.responses[0]) : answer
}

/** The names of the resources of one type that have configs of their own (KIP-1142). */
export async function listConfigResources(
  client: KafkaClient,
  type: ConfigResourceType,
): Promise<Result<string[]>> {
  const answer = await client.request('any', calls.listConfigResources, (version) => ({
    ...calls.listConfigResources.request.defaults(),
    // Version 0 lists client metrics and nothing else.
    ...(version >= 1 && { resourceTypes: [typeCodes[type]] }),
  }))
  if (!answer.ok) return answer
  if (answer.value.errorCode !== errors.NONE) return failure(answer.value.errorCode)
  const ofType = answer.value.configResources.filter(({ resourceType }) => resourceType === typeCodes[type])
  return success(ofType.map(({ resourceName }) => resourceName).sort())
}

function targetOf({ type, name }: ConfigResource): Target {
  const isOfOneBroker = (type === 'broker' || type === 'broker-logger') && /^\d+$/.test(name)
  return isOfOneBroker ? Number(name) : 'any'
}
