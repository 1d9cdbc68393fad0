import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { type ConfigDefinition, double, honoured, int, list, long, short } from './config-definition.ts'
import { brokerConfigs, topicConfigs } from './config-table.ts'
import { nonEmptyList } from './config-validators.ts'
import { parseConfigValue } from './config-value.ts'

function outcome(definition: ConfigDefinition | undefined, text: string | null): unknown {
  if (definition === undefined) return 'no such config'
  const parsed = parseConfigValue(definition, text)
  return parsed.ok ? parsed.value.value : parsed.message
}

const [anInt, aShort, aLong, aDouble, aList] = honoured([
  int('i', null),
  short('s', null),
  long('l', null),
  double('d', null),
  list('names', null, nonEmptyList),
])

test('[CONF7] numbers are read as Java reads them, within their width', () => {
  equal(outcome(anInt, ' +2147483647 '), 2147483647)
  equal(
    outcome(anInt, '2147483648'),
    'Invalid value 2147483648 for configuration i: Not a number of type INT',
  )
  equal(outcome(anInt, '1.0'), 'Invalid value 1.0 for configuration i: Not a number of type INT')
  equal(outcome(anInt, ''), 'Invalid value  for configuration i: Not a number of type INT')
  equal(outcome(aShort, '-32768'), -32768)
  equal(outcome(aShort, '32768'), 'Invalid value 32768 for configuration s: Not a number of type SHORT')
  equal(outcome(aLong, '0x10'), 'Invalid value 0x10 for configuration l: Not a number of type LONG')
  equal(outcome(aDouble, '.5e1'), 5)
  equal(outcome(aDouble, 'half'), 'Invalid value half for configuration d: Not a number of type DOUBLE')
  equal(outcome(aDouble, null), null)
})

test('[CONF7] a boolean is true or false in any case', () => {
  const definition = brokerConfigs.get('delete.topic.enable')
  equal(outcome(definition, ' FALSE'), false)
  const message = 'Expected value to be either true or false'
  equal(outcome(definition, 'yes'), `Invalid value yes for configuration delete.topic.enable: ${message}`)
})

test('[CONF8] bounds are refused in Kafka’s words', () => {
  const refused = (name: string, text: string | null, table = brokerConfigs) => outcome(table.get(name), text)
  const invalid = (name: string, text: string, reason: string) =>
    `Invalid value ${text} for configuration ${name}: ${reason}`
  const among = 'uncompressed, zstd, lz4, snappy, gzip, producer'
  const replicas = 'leader.replication.throttled.replicas'
  const form = '[partitionId]:[brokerId],[partitionId]:[brokerId],...'
  const cases: readonly (readonly [unknown, string])[] = [
    [refused('num.partitions', '0'), invalid('num.partitions', '0', 'Value must be at least 1')],
    [
      refused('compression.lz4.level', '18'),
      invalid('compression.lz4.level', '18', 'Value must be no more than 17'),
    ],
    [
      refused('compression.gzip.level', '0'),
      invalid('compression.gzip.level', '0', 'Value must be between 1 and 9 or equal to -1'),
    ],
    [
      refused('compression.type', 'lzma'),
      invalid('compression.type', 'lzma', `String must be one of: ${among}`),
    ],
    [
      refused('cleanup.policy', 'delete,drop', topicConfigs),
      invalid('cleanup.policy', 'drop', 'String must be one of: compact, delete'),
    ],
    [
      refused('process.roles', ''),
      "Configuration 'process.roles' must not be empty. Valid values include: [broker, controller]",
    ],
    [
      refused('log.dir', ''),
      "Configuration 'log.dir' must not be empty. Valid values include: any non-empty value",
    ],
    [refused('log.dirs', '/a,,/b'), "Configuration 'log.dirs' values must not be empty."],
    [refused('process.roles', null), "Configuration 'process.roles' values must not be null."],
    [
      refused(replicas, '1:2,3', topicConfigs),
      invalid(
        replicas,
        '[1:2, 3]',
        `${replicas} must be the literal '*' or a list of replicas in the following format: ${form}`,
      ),
    ],
    [
      refused('controller.quorum.voters', '1@localhost'),
      'Failed to parse host name from entry 1@localhost for the configuration controller.quorum.voters.' +
        ' Each entry should be in the form `{id}@{host}:{port}`.',
    ],
    [
      refused('controller.quorum.bootstrap.servers', 'localhost'),
      'Failed to parse host name from localhost for the configuration controller.quorum.bootstrap.servers.' +
        ' Each entry should be in the form "{host}:{port}"',
    ],
  ]
  for (const [message, expected] of cases) equal(message, expected)
})

test('[CONF8] what lies within the bounds is accepted', () => {
  equal(outcome(topicConfigs.get('leader.replication.throttled.replicas'), '*')?.toString(), '*')
  equal(outcome(brokerConfigs.get('group.consumer.migration.policy'), 'Upgrade'), 'Upgrade')
  deepEqual(outcome(brokerConfigs.get('log.cleanup.policy'), ''), [])
  deepEqual(outcome(brokerConfigs.get('controller.quorum.voters'), '1@[::1]:9093'), ['1@[::1]:9093'])
})

test('[CONF9] a list is split at commas, and what it repeats is dropped', () => {
  deepEqual(outcome(aList, ' a , b,a ,c'), ['a', 'b', 'c'])
})

test('[CONF10] values are shown as Kafka prints them, longs exactly', () => {
  const shown = (definition: ConfigDefinition | undefined, text: string) => {
    const parsed = definition && parseConfigValue(definition, text)
    return parsed?.ok ? parsed.value.text : parsed?.message
  }
  equal(shown(aLong, '9223372036854775807'), '9223372036854775807')
  equal(outcome(aLong, '9223372036854775807'), Number.MAX_SAFE_INTEGER)
  equal(shown(aLong, '+007'), '7')
  equal(shown(aDouble, '1'), '1.0')
  equal(shown(aDouble, '0.50'), '0.5')
  equal(shown(aDouble, '0.0001'), '1.0E-4')
  equal(shown(aDouble, '12345678'), '1.2345678E7')
  equal(shown(aDouble, '-0.0'), '-0.0')
  equal(shown(aDouble, '1e400'), 'Infinity')
  equal(shown(aList, 'a , b'), 'a,b')
})
