// The parts of a broker and its controller, each given what it needs. Nothing runs yet.

import type { Logger } from '../base/logger.ts'
import type { ApiTable, DecorateApis } from '../broker/api.ts'
import { apiTable } from '../broker/apis/table.ts'
import type { QuorumState } from '../broker/broker-modules.ts'
import { CoordinatorPartitions, recordBatchCodec } from '../broker/coordinator-partitions.ts'
import { Dispatcher } from '../broker/dispatcher.ts'
import { DynamicConfig } from '../broker/dynamic-config.ts'
import { FetchSessions } from '../broker/fetch-sessions.ts'
import { MetadataPublisher } from '../broker/metadata-publisher.ts'
import { ProducerIds } from '../broker/producer-ids.ts'
import { TopicAutoCreation } from '../broker/topic-auto-creation.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import { describeTopicConfigs } from '../config/describe-config.ts'
import { TopicConfig } from '../config/topic-config.ts'
import { Controller } from '../controller/controller.ts'
import { GroupCoordinator } from '../coordinator/group/group-coordinator.ts'
import { groupRecordSerde } from '../coordinator/group/group-record-serde.ts'
import type { Env } from '../env/env.ts'
import type { ConfigsImage } from '../metadata/configs-image.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { RaftLog } from '../raft/quorum-of-one.ts'
import { PartitionTable } from '../replication/partition-table.ts'
import { type ConnectionLimits, SocketServer } from '../server/socket-server.ts'
import { configRules } from './config-rules.ts'
import type { OpenDirectories } from './open-directories.ts'

export interface Broker {
  readonly controller: Controller
  readonly partitions: PartitionTable
  readonly groups: GroupCoordinator
  readonly publisher: MetadataPublisher
  readonly server: SocketServer
  readonly fetchSessions: FetchSessions
}

export interface BrokerHooks {
  /** Nothing may be written any more. */
  readonly onBroken: (error: unknown) => void
  readonly decorateApis?: DecorateApis
}

export function makeBroker(
  config: BrokerConfig,
  env: Env,
  logger: Logger,
  directories: OpenDirectories,
  { onBroken, decorateApis = (apis) => apis }: BrokerHooks,
): Broker {
  const { clock, timers, random } = env
  const nodeId = config.int('node.id')
  const dynamic = new DynamicConfig({ nodeId, config })
  const dynamicConfig = () => dynamic.under(publisher.image.configs)
  const controller = makeController(config, dynamicConfig, env, logger, directories)
  const partitions = new PartitionTable(
    { nodeId },
    {
      logs: directories.logs,
      topicConfig: (configs, topic) => TopicConfig.of(dynamic.under(configs), configs.for('topic', topic)),
      logger: logger.named('kafka.server.ReplicaManager'),
    },
  )
  const image = () => publisher.image
  const groups = makeGroups(config, env, logger, partitions, image)
  const onBrokerConfigs = (configs: ConfigsImage) => {
    const changed = dynamic.under(configs)
    server.updateLimits(connectionLimits(changed))
    directories.logs.updateConfig(changed)
  }
  const publisher = new MetadataPublisher({ partitions, groups, onBrokerConfigs, onBroken })
  const fetchSessions = new FetchSessions(
    { sessionsMax: config.int('max.incremental.fetch.session.cache.slots') },
    { random },
  )
  const autoCreationLogger = logger.named('kafka.server.DefaultAutoTopicCreationManager')
  const served = apiTable({
    nodeId,
    clusterId: directories.clusterId,
    config,
    dynamicConfig,
    clock,
    timers,
    random,
    image,
    disk: env.disk,
    logs: directories.logs,
    partitions,
    controller,
    quorum: () => quorumState(config, directories.metadataLog, env.network.hostName()),
    groups,
    fetchSessions,
    topicAutoCreation: new TopicAutoCreation({ controller, logger: autoCreationLogger }),
    producerIds: new ProducerIds({ nodeId }, { controller }),
    metadataApplied: () => publisher.applied(),
    apis: () => apis,
  })
  const apis: ApiTable = decorateApis(served, image)
  const server = makeServer(config, env, logger, apis, onBroken)
  return { controller, partitions, groups, publisher, server, fetchSessions }
}

function quorumState(config: BrokerConfig, log: RaftLog, hostName: string): QuorumState {
  return {
    kraftVersion: log.kraftVersion,
    leaderEpoch: log.epoch,
    highWatermark: log.highWatermark,
    logEndOffset: log.endOffset,
    directoryId: log.voterDirectoryId,
    endpoints: config
      .advertisedControllerListeners()
      .map(({ name, host, port }) => ({ name, host: host || hostName, port })),
  }
}

function makeController(
  config: BrokerConfig,
  dynamicConfig: () => BrokerConfig,
  { random }: Env,
  logger: Logger,
  { clusterId, bootstrap, metadataLog }: OpenDirectories,
): Controller {
  const controller: Controller = new Controller(
    { clusterId, nodeId: config.int('node.id'), brokerConfig: config, bootstrap },
    {
      log: metadataLog,
      rules: configRules(config, () => controller.image.configs),
      random,
      topicConfigEntries: (overrides) =>
        describeTopicConfigs(dynamicConfig(), overrides).map(
          ({ name, value, readOnly, source, isSensitive }) => ({
            name,
            value,
            readOnly,
            configSource: source,
            isSensitive,
          }),
        ),
      logger: logger.named('org.apache.kafka.controller.QuorumController'),
    },
  )
  return controller
}

function makeGroups(
  config: BrokerConfig,
  { clock, timers, random }: Env,
  logger: Logger,
  partitions: PartitionTable,
  image: () => MetadataImage,
): GroupCoordinator {
  const coordinatorPartitions = new CoordinatorPartitions({ partitions, clock })
  return new GroupCoordinator(
    {
      sessionTimeoutMsMin: config.int('group.min.session.timeout.ms'),
      sessionTimeoutMsMax: config.int('group.max.session.timeout.ms'),
      initialRebalanceDelayMs: config.int('group.initial.rebalance.delay.ms'),
      groupSizeMax: config.int('group.max.size'),
      offsetsRetentionMs: config.int('offsets.retention.minutes') * 60_000,
      offsetsRetentionCheckIntervalMs: config.long('offsets.retention.check.interval.ms'),
      offsetMetadataLengthMax: config.int('offset.metadata.max.bytes'),
      partitionCount: config.int('offsets.topic.num.partitions'),
    },
    {
      clock,
      timers,
      random,
      writer: coordinatorPartitions,
      reader: coordinatorPartitions,
      serde: groupRecordSerde,
      batches: recordBatchCodec,
      metadata: () => topicView(image()),
      logger: logger.named('org.apache.kafka.coordinator.group.GroupCoordinatorService'),
    },
  )
}

function topicView({ topics }: MetadataImage) {
  return {
    topicId: (name: string) => topics.byName(name)?.id,
    topicName: (id: string) => topics.byId(id)?.name,
    hasPartition: (name: string, partition: number) =>
      topics.byName(name)?.partitions[partition] !== undefined,
    partitionCount: (name: string) => topics.byName(name)?.partitions.length,
  }
}

function connectionLimits(config: BrokerConfig): ConnectionLimits {
  return {
    connectionsMax: config.int('max.connections'),
    connectionsPerIpMax: config.int('max.connections.per.ip'),
    connectionsPerIpMaxOf: config.maxConnectionsPerIpOverrides(),
  }
}

function makeServer(
  config: BrokerConfig,
  { network, clock, timers }: Env,
  logger: Logger,
  apis: ApiTable,
  onBroken: (error: unknown) => void,
): SocketServer {
  return new SocketServer(
    {
      ...connectionLimits(config),
      frameBytesMax: config.int('socket.request.max.bytes'),
      connectionsIdleMsMax: config.long('connections.max.idle.ms'),
    },
    {
      network,
      clock,
      timers,
      handler: new Dispatcher({ apis, clock, onBroken, logger: logger.named('kafka.server.KafkaApis') }),
      logger: logger.named('kafka.network.SocketServer'),
    },
  )
}
