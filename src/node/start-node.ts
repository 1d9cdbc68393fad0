// Starting and stopping a whole node, from top to bottom: configuration, directories, logs, metadata,
// controller, broker, listeners. Started in this order, because each part works on what the one before has
// recovered; stopped in the reverse, because each needs what lies below it until it has finished.

import { errorName, errors } from '../base/errors.ts'
import { Logger } from '../base/logger.ts'
import type { DecorateApis } from '../broker/api.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import type { Env, Timer } from '../env/env.ts'
import type { EndpointImage } from '../metadata/broker-image.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import { supportedFeatures } from '../metadata/metadata-version.ts'
import { randomUuid } from '../metadata/random-uuid.ts'
import { type Broker, makeBroker } from './make-broker.ts'
import { type NodeSettings, nodeConfig } from './node-config.ts'
import { type OpenDirectories, openDirectories } from './open-directories.ts'
import { StartError, startProblem } from './start-error.ts'

export interface StartOptions extends NodeSettings {
  /** The node cannot go on: a broken invariant or a disk that refuses. Called once; nothing is written any more. */
  readonly onFatal?: (message: string) => void
  /** Puts other APIs in the place of the broker's own: how tests see requests and make them fail. */
  readonly decorateApis?: DecorateApis
}

export interface RunningNode {
  readonly facts: NodeFacts
  /** The port in use of a listener, of the first one without a name. */
  port(listenerName?: string): number | undefined
  /** The newest metadata that is applied. */
  image(): MetadataImage
  /** What the node holds at the moment; all of it is bounded. */
  resources(): NodeResources
  /** Finishes, flushes, writes checkpoints and the marker of a clean stop. */
  stop(): Promise<void>
}

/** What is worth telling of a node that has started. */
export interface NodeFacts {
  readonly nodeId: number
  readonly clusterId: string
  /** As they are advertised. */
  readonly listeners: readonly { readonly name: string; readonly host: string; readonly port: number }[]
  readonly logDirs: readonly string[]
  /** Where tests reach it over HTTP. */
  readonly testControl?: string
}

export interface NodeResources {
  readonly connections: number
  /** Appended and not yet taken by the disk. */
  readonly unwrittenBytes: number
  readonly fetchSessions: number
}

export type StartResult =
  | { readonly ok: true; readonly node: RunningNode }
  | { readonly ok: false; readonly message: string }

export async function startNode(options: StartOptions, env: Env): Promise<StartResult> {
  const parsed = nodeConfig(options)
  if (!parsed.ok) return parsed
  const logger = new Logger('kafka.server.KafkaRaftServer', env.logSink)
  for (const warning of parsed.warnings) logger.named('kafka.server.KafkaConfig').warn(warning)
  const node = new Node(parsed.config, env, logger, options)
  try {
    return { ok: true, node: await node.start() }
  } catch (error) {
    const message = startProblem(error)
    if (message === undefined) throw error
    return { ok: false, message }
  }
}

/** How often due work of the logs is looked for; what is due is decided by Kafka's intervals. */
const tickIntervalMs = 1000

class Node {
  readonly #config: BrokerConfig
  readonly #env: Env
  readonly #logger: Logger
  readonly #options: StartOptions
  readonly #nodeId: number
  #state: 'running' | 'stopping' | 'failed' = 'running'
  #tick: Timer | undefined

  constructor(config: BrokerConfig, env: Env, logger: Logger, options: StartOptions) {
    this.#config = config
    this.#env = env
    this.#logger = logger
    this.#options = options
    this.#nodeId = config.int('node.id')
  }

  async start(): Promise<RunningNode> {
    const directories = await openDirectories(this.#config, this.#env, this.#logger)
    const { decorateApis } = this.#options
    const broker = makeBroker(this.#config, this.#env, this.#logger, directories, {
      onBroken: (error) => this.#fail(error),
      ...(decorateApis !== undefined && { decorateApis }),
    })
    directories.metadataLog.onFailed = (message) => this.#fail(message)
    directories.logs.onDirectoryFailed = (path, message) =>
      this.#onDirectoryFailed(directories, path, message)
    try {
      const endpoints = await this.#listen(broker)
      const brokerEpoch = await this.#joinCluster(broker, directories, endpoints)
      broker.server.open()
      this.#tickLater(broker, directories)
      this.#logger.info(`Node ${this.#nodeId} of cluster ${directories.clusterId} is ready`)
      return this.#running(broker, directories, endpoints, brokerEpoch)
    } catch (error) {
      await broker.server.close()
      await directories.metadataLog.close()
      await directories.logs.close()
      await directories.release()
      throw error
    }
  }

  /** Binds every listener but the controller's, which a quorum of one does not need. */
  async #listen({ server }: Broker): Promise<EndpointImage[]> {
    const controllerNames = new Set(this.#config.controllerListenerNames())
    const endpoints: EndpointImage[] = []
    for (const { name, host, port } of this.#config.listeners()) {
      if (controllerNames.has(name)) continue
      const listening = await server.listen({ name, host, port })
      if (!listening.ok) throw new StartError(listenProblem(name, host, port, listening.error))
      const advertised = this.#config.advertisedListeners().find((endpoint) => endpoint.name === name)
      endpoints.push({
        name,
        host: advertised?.host || this.#env.network.hostName(),
        // A drawn port is told as drawn, unless the operator says otherwise.
        port: advertised === undefined || advertised.port === 0 ? listening.value : advertised.port,
        securityProtocol: plaintext,
      })
    }
    return endpoints
  }

  /** 1. Activate the controller. 2. Open the partitions. 3. Register, and lead what this broker can lead. */
  async #joinCluster(
    { controller, partitions, publisher }: Broker,
    { logs, clusterId, directoryIds }: OpenDirectories,
    listeners: readonly EndpointImage[],
  ): Promise<number> {
    await controller.start()
    await partitions.setAsideStrays(controller.image)
    await publisher.begin(controller.image)
    controller.subscribe((image, delta) => publisher.publish(image, delta))
    const incarnationId = randomUuid(this.#env.random)
    const controllerListeners = this.#config
      .advertisedControllerListeners()
      .map(({ name, host, port }) => ({ name, host, port, securityProtocol: plaintext }))
    await controller.registerController(incarnationId, controllerListeners)
    const { errorCode, errorMessage, brokerEpoch } = await controller.registerBroker({
      brokerId: this.#nodeId,
      clusterId,
      incarnationId,
      listeners,
      features: supportedFeatures,
      rack: this.#config.optionalString('broker.rack'),
      logDirs: directoryIds,
      previousBrokerEpoch: logs.previousBrokerEpoch,
    })
    if (errorCode !== errors.NONE)
      throw new StartError(
        `The controller refuses broker ${this.#nodeId}: ${errorName(errorCode)}: ${errorMessage}`,
      )
    await controller.unfence(this.#nodeId)
    await publisher.applied()
    return brokerEpoch
  }

  #running(
    broker: Broker,
    directories: OpenDirectories,
    endpoints: readonly EndpointImage[],
    brokerEpoch: number,
  ): RunningNode {
    return {
      facts: {
        nodeId: this.#nodeId,
        clusterId: directories.clusterId,
        listeners: endpoints.map(({ name, host, port }) => ({ name, host, port })),
        logDirs: this.#config.logDirectories(),
      },
      port: (name) => broker.server.port(name),
      image: () => broker.publisher.image,
      resources: () => ({
        connections: broker.server.connectionCount,
        unwrittenBytes: directories.logs.unwrittenBytes,
        fetchSessions: broker.fetchSessions.size,
      }),
      stop: () => this.#stop(broker, directories, brokerEpoch),
    }
  }

  async #stop(broker: Broker, directories: OpenDirectories, brokerEpoch: number): Promise<void> {
    if (this.#state !== 'running') return
    this.#state = 'stopping'
    this.#logger.info(`Node ${this.#nodeId} is stopping`)
    this.#tick?.cancel()
    await broker.server.close()
    await broker.controller.beginControlledShutdown(this.#nodeId)
    await broker.publisher.applied()
    broker.groups.shutdown()
    await broker.controller.close()
    await directories.metadataLog.close()
    await directories.logs.close({ brokerEpoch })
    await directories.release()
    this.#logger.info(`Node ${this.#nodeId} has stopped`)
  }

  #tickLater(broker: Broker, directories: OpenDirectories): void {
    this.#tick = this.#env.timers.after(tickIntervalMs, () => {
      directories.logs
        .tick(this.#env.clock.wallMs())
        .catch((error) => this.#fail(error))
        .finally(() => {
          if (this.#state === 'running') this.#tickLater(broker, directories)
        })
    })
  }

  #onDirectoryFailed({ logs }: OpenDirectories, path: string, message: string): void {
    this.#logger.error(`The log directory ${path} has failed and is not used any more: ${message}`)
    if (logs.directories.every(({ failure }) => failure !== undefined))
      this.#fail('every log directory has failed')
  }

  #fail(error: unknown): void {
    if (this.#state === 'failed') return
    this.#state = 'failed'
    this.#tick?.cancel()
    const message = error instanceof Error ? error.message : String(error)
    this.#logger.fatal(`Node ${this.#nodeId} cannot go on: ${message}`, { error })
    this.#options.onFatal?.(message)
  }
}

/** The code of PLAINTEXT in registrations; the only protocol that is served, the configuration sees to that. */
const plaintext = 0

function listenProblem(
  name: string,
  host: string,
  port: number,
  error: { kind: string; message: string },
): string {
  const where = `${host === '' ? '' : `${host}:`}${port}`
  if (error.kind === 'address-in-use')
    return `Port ${where} of listener ${name} is in use: stop the program that has it, or choose another with --port.`
  return `Listener ${name} cannot listen on ${where}: ${error.message}`
}
