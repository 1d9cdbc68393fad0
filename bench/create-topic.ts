// Topics for one run each.

import { randomUUID } from 'node:crypto'
import { makeTopic, newClient } from './driver/connections.ts'

/** A new topic whose partitions are all led; answers its name. */
export async function createTopic(server: string, partitions: number): Promise<string> {
  const client = newClient(server)
  const name = `bench-${randomUUID()}`
  await makeTopic(client, name, partitions)
  client.close()
  return name
}
