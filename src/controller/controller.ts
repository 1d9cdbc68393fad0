// The controller of the cluster: the one writer of the metadata log. An operation decides on the newest state,
// records included that are appended but not yet committed; its records are replayed into that state at once,
// and its answer leaves when they are committed. So operations do not wait for each other's fsync, and none
// sees or answers what could still be lost. Failed appends leave the state unknown: the controller stops.

import { assert } from '../base/assert.ts'
import type { Logger } from '../base/logger.ts'
import type { Random } from '../env/env.ts'
import type { EndpointImage } from '../metadata/broker-image.ts'
import { MetadataDelta } from '../metadata/metadata-delta.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import { supportedFeatures } from '../metadata/metadata-version.ts'
import { recordsFor } from '../metadata/record-version.ts'
import type { AlterClientQuotasRequest } from '../protocol/generated/alter-client-quotas-request.ts'
import type { AlterClientQuotasResponse } from '../protocol/generated/alter-client-quotas-response.ts'
import type { AlterConfigsRequest } from '../protocol/generated/alter-configs-request.ts'
import type { AlterConfigsResponse } from '../protocol/generated/alter-configs-response.ts'
import type { AlterUserScramCredentialsRequest } from '../protocol/generated/alter-user-scram-credentials-request.ts'
import type { AlterUserScramCredentialsResponse } from '../protocol/generated/alter-user-scram-credentials-response.ts'
import type { CreatePartitionsRequest } from '../protocol/generated/create-partitions-request.ts'
import type { CreatePartitionsResponse } from '../protocol/generated/create-partitions-response.ts'
import type { CreateTopicsRequest } from '../protocol/generated/create-topics-request.ts'
import type {
  CreatableTopicConfigs,
  CreateTopicsResponse,
} from '../protocol/generated/create-topics-response.ts'
import type { DeleteTopicsRequest } from '../protocol/generated/delete-topics-request.ts'
import type { DeleteTopicsResponse } from '../protocol/generated/delete-topics-response.ts'
import type { ElectLeadersRequest } from '../protocol/generated/elect-leaders-request.ts'
import type { ElectLeadersResponse } from '../protocol/generated/elect-leaders-response.ts'
import type { IncrementalAlterConfigsRequest } from '../protocol/generated/incremental-alter-configs-request.ts'
import type { IncrementalAlterConfigsResponse } from '../protocol/generated/incremental-alter-configs-response.ts'
import type { UnregisterBrokerRequest } from '../protocol/generated/unregister-broker-request.ts'
import type { UnregisterBrokerResponse } from '../protocol/generated/unregister-broker-response.ts'
import type { UpdateFeaturesRequest } from '../protocol/generated/update-features-request.ts'
import type { UpdateFeaturesResponse } from '../protocol/generated/update-features-response.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { activationRecords } from './bootstrap.ts'
import {
  type BrokerRegistration,
  decideControlledShutdown,
  decideFence,
  decideRegisterBroker,
  decideUnfence,
  decideUnregisterBroker,
  type RegistrationReply,
} from './brokers.ts'
import { decideAlterClientQuotas } from './client-quotas.ts'
import type { ConfigRules, StaticConfig } from './config-rules.ts'
import { decideAlterConfigs, decideIncrementalAlterConfigs } from './configs.ts'
import { decideCreatePartitions } from './create-partitions.ts'
import { decideCreateTopics } from './create-topics.ts'
import type { Decision } from './decision.ts'
import { decideDeleteTopics } from './delete-topics.ts'
import { decideElectLeaders } from './elect-leaders.ts'
import { decideUpdateFeatures } from './features.ts'
import type { MetadataLog } from './metadata-log.ts'
import { decideAllocateProducerIds, type ProducerIdBlock } from './producer-ids.ts'
import {
  type AlterPartitionReassignmentsRequest,
  type AlterPartitionReassignmentsResponse,
  decideAlterPartitionReassignments,
} from './reassign-partitions.ts'
import { decideAlterUserScramCredentials } from './scram-credentials.ts'

export interface ControllerOptions {
  readonly clusterId: string
  readonly nodeId: number
  readonly brokerConfig: StaticConfig
  /** The records of `bootstrap.checkpoint`, written into an empty log. */
  readonly bootstrap: readonly MetadataRecord[]
}

export interface ControllerModules {
  readonly log: MetadataLog
  readonly rules: ConfigRules
  readonly random: Random
  readonly logger: Logger
  /** A new topic's effective configs for the answer to CreateTopics, given its own. */
  readonly topicConfigEntries: (overrides: ReadonlyMap<string, string>) => CreatableTopicConfigs[]
}

/** Sees every committed image, once, in order; `delta` leads from the image before to `image`. */
export type MetadataListener = (image: MetadataImage, delta: MetadataDelta) => void

export class Controller {
  readonly #options: ControllerOptions
  readonly #modules: ControllerModules
  readonly #listeners: MetadataListener[] = []
  #committed: MetadataImage
  /** The committed image and every record appended since. */
  #latest: MetadataImage
  /** Settles when everything appended so far is committed. */
  #lastCommit: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: ControllerOptions, modules: ControllerModules) {
    this.#options = options
    this.#modules = modules
    this.#committed = modules.log.loaded.image
    this.#latest = this.#committed
  }

  /** The committed image. */
  get image(): MetadataImage {
    return this.#committed
  }

  subscribe(listener: MetadataListener): void {
    this.#listeners.push(listener)
  }

  /** Activates the controller: writes what the log needs before the first operation. */
  async start(): Promise<void> {
    const { log } = this.#modules
    const minInsyncReplicas = this.#options.brokerConfig.int('min.insync.replicas')
    const records = activationRecords(log.loaded, this.#options.bootstrap, minInsyncReplicas)
    // Not atomic: metadata transactions, where there are any, are among the records.
    await this.#execute('activate', () => ({ records, response: undefined, atomic: false }))
  }

  /** Refuses further operations and waits for those that run. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#lastCommit
  }

  createTopics(request: CreateTopicsRequest): Promise<CreateTopicsResponse> {
    const { brokerConfig } = this.#options
    const defaults = {
      numPartitions: brokerConfig.int('num.partitions'),
      replicationFactor: brokerConfig.int('default.replication.factor'),
    }
    return this.#execute('create-topics', (image) =>
      decideCreateTopics(image, request, defaults, this.#modules),
    )
  }

  deleteTopics(request: DeleteTopicsRequest): Promise<DeleteTopicsResponse> {
    const enabled = this.#options.brokerConfig.boolean('delete.topic.enable')
    return this.#execute('delete-topics', (image) => decideDeleteTopics(image, request, enabled))
  }

  createPartitions(request: CreatePartitionsRequest): Promise<CreatePartitionsResponse> {
    const { random } = this.#modules
    return this.#execute('create-partitions', (image) => decideCreatePartitions(image, request, random))
  }

  incrementalAlterConfigs(request: IncrementalAlterConfigsRequest): Promise<IncrementalAlterConfigsResponse> {
    const { rules } = this.#modules
    return this.#execute('incremental-alter-configs', (image) =>
      decideIncrementalAlterConfigs(image, rules, request),
    )
  }

  /** The older call, which replaces all configs of a resource. */
  alterConfigs(request: AlterConfigsRequest): Promise<AlterConfigsResponse> {
    const { rules } = this.#modules
    return this.#execute('alter-configs', (image) => decideAlterConfigs(image, rules, request))
  }

  electLeaders(request: ElectLeadersRequest): Promise<ElectLeadersResponse> {
    const { brokerConfig } = this.#options
    return this.#execute('elect-leaders', (image) => decideElectLeaders(image, brokerConfig, request))
  }

  alterPartitionReassignments(
    request: AlterPartitionReassignmentsRequest,
  ): Promise<AlterPartitionReassignmentsResponse> {
    const { brokerConfig } = this.#options
    return this.#execute('alter-partition-reassignments', (image) =>
      decideAlterPartitionReassignments(image, brokerConfig, request),
    )
  }

  alterClientQuotas(request: AlterClientQuotasRequest): Promise<AlterClientQuotasResponse> {
    return this.#execute('alter-client-quotas', (image) => decideAlterClientQuotas(image, request))
  }

  alterUserScramCredentials(
    request: AlterUserScramCredentialsRequest,
  ): Promise<AlterUserScramCredentialsResponse> {
    return this.#execute('alter-user-scram-credentials', (image) =>
      decideAlterUserScramCredentials(image, request),
    )
  }

  updateFeatures(request: UpdateFeaturesRequest): Promise<UpdateFeaturesResponse> {
    const { brokerConfig } = this.#options
    const { log } = this.#modules
    return this.#execute('update-features', (image) =>
      decideUpdateFeatures(image, brokerConfig, log.kraftVersion, request),
    )
  }

  /** The next block of producer ids for a registered broker. */
  allocateProducerIds(brokerId: number): Promise<ProducerIdBlock> {
    return this.#execute('allocate-producer-ids', (image) => decideAllocateProducerIds(image, brokerId))
  }

  /** Records this controller's endpoints; written once for each start of its process. */
  registerController(incarnationId: string, listeners: readonly EndpointImage[]): Promise<void> {
    const value = {
      controllerId: this.#options.nodeId,
      incarnationId,
      zkMigrationReady: false,
      endPoints: listeners.map((listener) => ({ ...listener })),
      features: supportedFeatures.map((feature) => ({ ...feature })),
    }
    const records: MetadataRecord[] = [{ name: 'RegisterControllerRecord', value }]
    return this.#execute('register-controller', () => ({
      records,
      response: undefined,
      atomic: true,
    }))
  }

  /** Registers a broker, fenced; the reply holds its epoch. */
  registerBroker(registration: BrokerRegistration): Promise<RegistrationReply> {
    const { brokerConfig, clusterId } = this.#options
    return this.#execute('register-broker', (image) =>
      decideRegisterBroker(image, brokerConfig, clusterId, registration, this.#modules.log.endOffset),
    )
  }

  /** Lets a registered broker lead, once it has caught up with its registration. */
  unfence(brokerId: number): Promise<void> {
    return this.#executeForBroker('unfence-broker', brokerId, decideUnfence)
  }

  fence(brokerId: number): Promise<void> {
    return this.#executeForBroker('fence-broker', brokerId, decideFence)
  }

  /** Forgets a broker that does not come back. */
  unregisterBroker(request: UnregisterBrokerRequest): Promise<UnregisterBrokerResponse> {
    const { brokerConfig } = this.#options
    return this.#execute('unregister-broker', (image) => decideUnregisterBroker(image, brokerConfig, request))
  }

  /** Moves the broker's leaderships away before it stops. */
  beginControlledShutdown(brokerId: number): Promise<void> {
    return this.#executeForBroker('controlled-shutdown', brokerId, decideControlledShutdown)
  }

  #executeForBroker(name: string, brokerId: number, decide: typeof decideUnfence): Promise<void> {
    return this.#execute(name, (image) => {
      const broker = image.brokers.get(brokerId)
      assert(broker !== undefined, `broker ${brokerId} is registered before ${name}`)
      return decide(image, this.#options.brokerConfig, broker)
    })
  }

  /** 1. Decide on the newest state. 2. Replay and append. 3. Publish when committed. 4. Answer. */
  async #execute<R>(name: string, decide: (image: MetadataImage) => Decision<R>): Promise<R> {
    assert(!this.#closed, `the controller is open for ${name}`)
    const { log, logger } = this.#modules
    const { response, atomic, ...decision } = decide(this.#latest)
    const records = recordsFor(decision.records, this.#latest.features.metadataVersion)
    if (records.length === 0) {
      // The answer may rest on records that are not yet committed.
      await this.#lastCommit
      return response
    }
    const delta = new MetadataDelta(this.#latest)
    for (const record of records) delta.replay(record)
    const image = delta.apply(log.endOffset + records.length - 1, log.epoch)
    const appended = log.append(records, atomic)
    this.#latest = image
    const committed = appended.then((offset) => {
      assert(offset === image.offset, `${name} was written up to offset ${image.offset}, not ${offset}`)
      this.#publish(image, delta)
    })
    this.#lastCommit = committed
    logger.info(`${name}: ${records.length} record(s) up to offset ${image.offset}`)
    await committed
    return response
  }

  #publish(image: MetadataImage, delta: MetadataDelta): void {
    this.#committed = image
    for (const listener of this.#listeners) listener(image, delta)
    this.#modules.log.published(image)
  }
}
