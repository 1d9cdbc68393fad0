// A random sequence of requests from a seed: what a few clients ask a broker about a few topics and groups. Each
// sequence has a theme, so that its requests meet; every API in every version may come in any of them.

import { inspect } from 'node:util'
import type { Message } from '../../generator/schema.ts'
import { Prng } from '../../src/base/prng.ts'
import { zeroUuid } from '../../src/base/uuid.ts'
import type { MessageCodec } from '../../src/protocol/message.ts'
import { clientCount, resourceTypes } from './random-fields.ts'
import { Draw, type Fields } from './random-values.ts'

/** An API as a generator knows it. */
export interface RandomApi {
  readonly name: string
  readonly message: Message
  readonly request: MessageCodec<unknown>
  readonly response: MessageCodec<unknown>
  /** Those that are asked for. */
  readonly versions: readonly [min: number, max: number]
}

/** One request of a sequence; its fields are a template (see symbols.ts). */
export interface Step {
  readonly api: RandomApi
  readonly version: number
  readonly client: number
  readonly fields: Fields
}

const stepsMax = 24
const themes: readonly (readonly string[])[] = [
  [
    'Produce',
    'Produce',
    'Fetch',
    'Fetch',
    'ListOffsets',
    'DeleteRecords',
    'InitProducerId',
    'OffsetForLeaderEpoch',
  ],
  ['Produce', 'InitProducerId', 'DescribeProducers', 'Fetch'],
  [
    'JoinGroup',
    'JoinGroup',
    'SyncGroup',
    'SyncGroup',
    'Heartbeat',
    'LeaveGroup',
    'OffsetCommit',
    'DescribeGroups',
  ],
  [
    'OffsetCommit',
    'OffsetFetch',
    'OffsetDelete',
    'DeleteGroups',
    'ListGroups',
    'DescribeGroups',
    'JoinGroup',
  ],
  [
    'CreateTopics',
    'DeleteTopics',
    'CreatePartitions',
    'Metadata',
    'DescribeTopicPartitions',
    'DescribeConfigs',
  ],
  ['IncrementalAlterConfigs', 'AlterConfigs', 'DescribeConfigs', 'ListConfigResources', 'Produce', 'Fetch'],
  ['AlterClientQuotas', 'DescribeClientQuotas', 'AlterUserScramCredentials', 'DescribeUserScramCredentials'],
]

const brokerConfigs = ['message.max.bytes', 'log.retention.ms', 'num.io.threads', 'nope']

/** The same steps for the same seed, number and APIs. */
export function randomSequence(seed: string, apis: readonly RandomApi[]): Step[] {
  const prng = new Prng(seed)
  const theme = prng.pick(themes)
  const byName = new Map(apis.map((api) => [api.name, api]))
  const themed = theme.flatMap((name) => byName.get(name) ?? [])
  const steps = prng.chance(0.9) ? [topicsStep(byName.get('CreateTopics')!)] : []
  const count = prng.between(stepsMax / 2, stepsMax)
  while (steps.length < count) {
    const api = themed.length > 0 && prng.chance(0.65) ? prng.pick(themed) : prng.pick(apis)
    const version = prng.between(...api.versions)
    const client = prng.between(0, clientCount - 1)
    const fields = harmless(api.name, new Draw(prng, api.message, version, client).request())
    steps.push({ api, version, client, fields })
  }
  return steps
}

/** What most sequences are about. */
function topicsStep(api: RandomApi): Step {
  const topics = ['~a', '~b'].map((name) => ({
    ...{ name, numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] },
  }))
  return {
    api,
    version: api.versions[1],
    client: 0,
    fields: { topics, timeoutMs: 60_000, validateOnly: false },
  }
}

/** What tells that a broker has done what its controller decided: topics, their ids, and that partitions are led. */
export function looks(apis: readonly RandomApi[]): Step[] {
  const topics = ['~a', '~b', '~c']
  const zero = { timestamp: -1, currentLeaderEpoch: -1 }
  return Object.entries({
    Metadata: { topics: topics.map((name) => ({ name, topicId: zeroUuid })), allowAutoTopicCreation: false },
    ListOffsets: {
      replicaId: -1,
      topics: topics.map((name) => ({
        name,
        partitions: [0, 1, 2].map((partitionIndex) => ({ partitionIndex, ...zero })),
      })),
    },
  }).map(([name, fields]) => {
    const api = apis.find((each) => each.name === name)!
    return { api, version: api.versions[1], client: -1, fields }
  })
}

/** Takes out what would change a broker for the sequences after it, and what Kafka answers by silence. */
function harmless(api: string, fields: Fields): Fields {
  if (api === 'Produce') {
    const topicData = distinct(fields.topicData as Fields[], ({ name, topicId }) => inspect([name, topicId]))
    for (const topic of topicData)
      topic.partitionData = distinct(topic.partitionData as Fields[], ({ index }) => index)
    return { ...fields, topicData }
  }
  if (api === 'JoinGroup')
    return { ...fields, protocols: distinct(fields.protocols as Fields[], ({ name }) => name) }
  if (api === 'DescribeConfigs') {
    const resources = (fields.resources as Fields[]).map((resource) => ({
      ...resource,
      // All of them would tell of ports and folders.
      ...(resource.resourceType === resourceTypes.broker ? { configurationKeys: brokerConfigs } : {}),
    }))
    return { ...fields, resources }
  }
  if (api !== 'AlterConfigs' && api !== 'IncrementalAlterConfigs') return fields
  const all = fields.resources as Fields[]
  const known = new Set<unknown>(Object.values(resourceTypes))
  const resources = distinct(all, ({ resourceType, resourceName }) =>
    inspect([known.has(resourceType) ? resourceType : 'unknown', resourceName]),
  )
  const isOfBroker = resources.some(({ resourceType }) => resourceType === resourceTypes.broker)
  return { ...fields, resources, validateOnly: isOfBroker || fields.validateOnly }
}

function distinct(values: readonly Fields[], keyOf: (value: Fields) => unknown): Fields[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()]
}

/** As a scripted case would ask: the API, its version, the fields that are not at their defaults. */
export function stepText({ api, version, client, fields }: Step): string {
  const defaults = api.request.defaults() as Fields
  const told = Object.entries(fields).filter(([name, value]) => inspect(value) !== inspect(defaults[name]))
  const text = inspect(Object.fromEntries(told), {
    depth: null,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
  })
  return `${api.request.name} ${version}: ${text}${client === 0 ? '' : `, by client ${client}`}`
}
