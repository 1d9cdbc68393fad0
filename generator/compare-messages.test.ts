import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareMessages } from './compare-messages.ts'
import { messageOfKafka, parseKafkaMessage } from './kafka-definitions.ts'
import { parseSchema } from './parse-schema.ts'

const definition = `// Licensed, and so on
{
  "type": "request", "apiKey": 7, "name": "ExampleRequest", "listeners": ["controller", "broker"],
  // The second version is not final.
  "validVersions": "1-3", "flexibleVersions": "2+", "latestVersionUnstable": true,
  "commonStructs": [{ "name": "Shared", "versions": "0+", "fields": [
    { "name": "Id", "type": "int32", "versions": "0+", "default": "-1", "mapKey": true }
  ]}],
  "fields": [
    { "name": "Name", "type": "string", "versions": "0+", "nullableVersions": "2+", "ignorable": true,
      "entityType": "topicName", "default": "null" },
    { "name": "Tagged", "type": "int8", "taggedVersions": "2+", "tag": 4, "default": "0x10" },
    { "name": "List", "type": "[]Inner", "versions": "2", "fields": [
      { "name": "Flag", "type": "bool", "versions": "0+", "default": "false" },
      { "name": "Shared", "type": "Shared", "versions": "0+" }
    ]}
  ]
}`

const schema = `request Example 7 versions 1-3 flexible 2+ latest-unstable on broker controller
  struct Shared
    id: int32 = -1 key
  name: string?2+ = null ignorable @topicName
  tagged: int8 2+ = 16 tag 4
  list: [Inner] 2
    flag: bool
    shared: Shared
`

function differences(ourText: string, theirText: string): string[] {
  const { message, problems } = messageOfKafka(parseKafkaMessage(theirText))
  return [...problems, ...compareMessages(parseSchema(ourText, 'x'), [message])]
}

test('[SCHEMA3] the same message in both notations has no differences', () => {
  assert.deepEqual(differences(schema, definition), [])
})

test('[SCHEMA3] every changed property is found', () => {
  const changes: [from: string, to: string, difference: string][] = [
    [
      '"Name", "type"',
      '"Nam", "type"',
      'ExampleRequest: fields are name tagged list; in Kafka nam tagged list',
    ],
    ['"int8"', '"int16"', 'ExampleRequest.tagged: type int8; in Kafka int16'],
    ['"[]Inner"', '"[]Other"', 'ExampleRequest.list: type [Inner]; in Kafka [Other]'],
    ['"versions": "2",', '"versions": "2+",', 'ExampleRequest.list: versions 2-2; in Kafka 2-3'],
    [
      '"nullableVersions": "2+"',
      '"nullableVersions": "3+"',
      'ExampleRequest.name: nullable versions 2-3; in Kafka 3-3',
    ],
    ['"0x10"', '"0x11"', 'ExampleRequest.tagged: default 16; in Kafka 17'],
    ['"tag": 4', '"tag": 5', 'ExampleRequest.tagged: tag 4; in Kafka 5'],
    ['"taggedVersions": "2+"', '"taggedVersions": "3+"', 'ExampleRequest.tagged: versions 2-3; in Kafka 3-3'],
    ['"ignorable": true', '"ignorable": false', 'ExampleRequest.name: ignorable true; in Kafka false'],
    ['"topicName"', '"groupId"', 'ExampleRequest.name: entity type topicName; in Kafka groupId'],
    ['"mapKey": true', '"mapKey": false', 'ExampleRequest.list.shared.id: map key true; in Kafka false'],
    ['"flexibleVersions": "2+"', '"flexibleVersions": "3+"', 'ExampleRequest: flexible from 2; in Kafka 3'],
    ['"1-3"', '"1-4"', 'ExampleRequest: versions 1-3; in Kafka 1-4'],
    ['"apiKey": 7', '"apiKey": 8', 'ExampleRequest: API key 7; in Kafka 8'],
    ['Unstable": true', 'Unstable": false', 'ExampleRequest: latest unstable true; in Kafka false'],
    ['"type": "request"', '"type": "response"', 'ExampleRequest: kind request; in Kafka response'],
    [
      '["controller", "broker"]',
      '["broker"]',
      'ExampleRequest: listeners broker controller; in Kafka broker',
    ],
    ['"default": "false"', '"default": "true"', 'ExampleRequest.list.flag: default none; in Kafka true'],
  ]
  for (const [from, to, difference] of changes) {
    assert.ok(definition.includes(from), from)
    assert.ok(differences(schema, definition.replace(from, to)).includes(difference), difference)
  }
})

test('[SCHEMA3] messages missing on either side are listed', () => {
  const { message } = messageOfKafka(parseKafkaMessage(definition))
  assert.deepEqual(compareMessages(parseSchema('data Ours versions 0', 'x'), [message]), [
    'Ours: Kafka has no such message',
    'ExampleRequest: missing in schemas/',
  ])
})

test('[SCHEMA3] what our notation cannot say is reported', () => {
  const unknownKind = definition.replace('"type": "request"', '"type": "event"')
  assert.ok(differences(schema, unknownKind).includes('ExampleRequest: kind event is not known'))
  const partlyTagged = definition.replace(
    '"taggedVersions": "2+"',
    '"versions": "1+", "taggedVersions": "2+"',
  )
  assert.ok(
    differences(schema, partlyTagged).includes('ExampleRequest.Tagged: tagged in some of its versions only'),
  )
  const flexibleField = definition.replace('"tag": 4', '"tag": 4, "flexibleVersions": "3+"')
  assert.ok(differences(schema, flexibleField).includes('ExampleRequest.Tagged: flexible versions 3+'))
  const unknownType = definition.replace('"int8"', '"int24"')
  assert.ok(differences(schema, unknownType).includes('ExampleRequest: type int24 is not known'))
})
