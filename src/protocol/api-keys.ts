// The APIs of Kafka 4.3 by key. Keys 4 to 7 were removed in Kafka 4.0 and are not here.

import type { ApiDefinition } from './api-definition.ts'
import { apiTable } from './generated/api-table.ts'

/** Every API, in the order of the keys. */
export const apiKeys: ReadonlyMap<number, ApiDefinition> = new Map(apiTable.map((api) => [api.key, api]))

/** The API of `key`, or undefined: a client may send any key. */
export function apiByKey(key: number): ApiDefinition | undefined {
  return apiKeys.get(key)
}
