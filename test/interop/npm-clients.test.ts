// Published clients against a real process of the node that is killed and started again.

import { join } from 'node:path'
import { test } from 'node:test'
import { kafkajs } from '../../conformance/clients/kafkajs.ts'
import { platformatic } from '../../conformance/clients/platformatic.ts'
import { runClient } from '../../conformance/run-client.ts'

const program = join(import.meta.dirname, '../../src/main.ts')

for (const [index, client] of [kafkajs, platformatic].entries())
  test(`[INTEROP1] ${client.name} finds every acknowledged record and its committed offset after a kill -9`, () =>
    runClient(client, program, 19_492 + index))
