// Creates the topics that clients name before they exist (`auto.create.topics.enable`) and the internal ones
// on first use. A topic is asked for once, however many requests need it meanwhile.
// Source: DefaultAutoTopicCreationManager.

import { errorName, errors } from '../base/errors.ts'
import type { Logger } from '../base/logger.ts'
import type { Controller } from '../controller/controller.ts'
import {
  type CreatableTopic,
  type CreateTopicsRequest,
  createTopicsRequest,
} from '../protocol/generated/create-topics-request.ts'

export class TopicAutoCreation {
  readonly #controller: Controller
  readonly #logger: Logger
  readonly #inCreation = new Set<string>()

  constructor(modules: { controller: Controller; logger: Logger }) {
    this.#controller = modules.controller
    this.#logger = modules.logger
  }

  /** Starts the creation of those topics that nobody is creating. */
  create(topics: readonly CreatableTopic[]): void {
    const wanted = topics.filter(({ name }) => !this.#inCreation.has(name))
    if (wanted.length === 0) return
    for (const { name } of wanted) this.#inCreation.add(name)
    void this.#create({ ...createTopicsRequest.defaults(), topics: wanted })
  }

  async #create(request: CreateTopicsRequest): Promise<void> {
    try {
      const response = await this.#controller.createTopics(request)
      for (const { name, errorCode, errorMessage } of response.topics) {
        if (errorCode === errors.NONE) this.#logger.info(`Created topic ${name} on first use`)
        else if (errorCode !== errors.TOPIC_ALREADY_EXISTS)
          this.#logger.warn(`Topic ${name} cannot be created: ${errorName(errorCode)}: ${errorMessage}`)
      }
    } catch (error) {
      // The controller is stopping or its log has failed, which the node tells and acts on; nobody waits here.
      const names = request.topics.map(({ name }) => name).join(', ')
      this.#logger.warn(`Not created on first use, because the controller is gone: ${names}`, { error })
    } finally {
      for (const { name } of request.topics) this.#inCreation.delete(name)
    }
  }
}

/** A topic to create; without counts the controller's defaults hold. */
export function creatableTopic(
  name: string,
  numPartitions = -1,
  replicationFactor = -1,
  configs: ReadonlyMap<string, string> = new Map(),
): CreatableTopic {
  return {
    name,
    numPartitions,
    replicationFactor,
    assignments: [],
    configs: [...configs].map(([key, value]) => ({ name: key, value })),
  }
}
