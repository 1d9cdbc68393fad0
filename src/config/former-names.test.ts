import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { brokerConfigs } from './config-table.ts'
import { fateOfFormerName } from './former-names.ts'

test('[CONF15] a former name is no present one, and the names it sends to are', () => {
  for (const name of brokerConfigs.keys()) equal(fateOfFormerName(name), undefined, name)
  for (const former of ['port', 'log.message.timestamp.difference.max.ms', 'delegation.token.master.key']) {
    for (const [name] of fateOfFormerName(former)?.matchAll(/[a-z]+(\.[a-z]+)+|listeners/g) ?? []) {
      equal(brokerConfigs.has(name), true, name)
    }
  }
  equal(fateOfFormerName('zookeeper.ssl.crl')?.startsWith('metadata lie in the quorum'), true)
})
