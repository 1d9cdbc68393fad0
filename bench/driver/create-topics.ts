// Topics, made one after the other by one administrator, and usable.

import { makeTopic, newClient } from './connections.ts'
import type { Target } from './drive.ts'

export interface TopicsOptions {
  readonly prefix: string
  readonly topics: number
  readonly partitions: number
}

/** Milliseconds of each topic, in their order. */
export async function createTopics({ server }: Target, options: TopicsOptions): Promise<number[]> {
  const client = newClient(server)
  const timesMs: number[] = []
  for (let index = 0; index < options.topics; index++) {
    const startedMs = performance.now()
    await makeTopic(client, `${options.prefix}-${index}`, options.partitions)
    timesMs.push(performance.now() - startedMs)
  }
  client.close()
  return timesMs
}
