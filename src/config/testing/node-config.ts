// Configurations of a node for tests: the smallest that starts, with what the test is about on top.

import { assert } from '../../base/assert.ts'
import { BrokerConfig, type BrokerConfigResult } from '../broker-config.ts'

const smallest: Readonly<Record<string, string>> = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.voters': '1@localhost:9093',
  'controller.listener.names': 'CONTROLLER',
  listeners: 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093',
  'log.dirs': '/data',
}

/** Parses the smallest configuration with `changes` on top; undefined removes an entry. */
export function parseNodeConfig(
  changes: Readonly<Record<string, string | undefined>> = {},
): BrokerConfigResult {
  const entries = new Map<string, string>()
  for (const [name, text] of Object.entries({ ...smallest, ...changes })) {
    if (text !== undefined) entries.set(name, text)
  }
  return BrokerConfig.parse(entries)
}

/** As `parseNodeConfig`, for configurations that are meant to be valid. */
export function nodeConfig(changes: Readonly<Record<string, string | undefined>> = {}): BrokerConfig {
  const result = parseNodeConfig(changes)
  assert(result.ok, `the configuration is valid: ${result.ok || result.message}`)
  return result.config
}
