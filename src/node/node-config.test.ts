import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { type NodeSettings, nodeConfig } from './node-config.ts'

function config(settings: Partial<NodeSettings>) {
  const result = nodeConfig({ overrides: [], ...settings })
  ok(result.ok, result.ok ? '' : result.message)
  return result.config
}

test('[NODE1] without any setting a node is broker and controller, for clients of this machine', () => {
  const node = config({})
  equal(node.int('node.id'), 1)
  deepEqual(node.logDirectories(), ['ottla-data'])
  deepEqual(
    node.advertisedListeners().map(({ host, port }) => `${host}:${port}`),
    ['localhost:9092'],
  )
})

test('[NODE2] --port stands for the port of the first listener that is not the controller, also where it is told', () => {
  const node = config({ port: 4000 })
  deepEqual(
    node.listeners().map(({ name, port }) => `${name}:${port}`),
    ['PLAINTEXT:4000', 'CONTROLLER:9093'],
  )
  equal(node.advertisedListeners()[0]!.port, 4000)
  const text =
    'controller.listener.names=C\nlisteners=C://:1,IN://:2,OUT://:3\nlistener.security.protocol.map=C:PLAINTEXT,IN:PLAINTEXT,OUT:PLAINTEXT\ninter.broker.listener.name=IN'
  const given = config({ properties: { path: 'p', text }, port: 4000 })
  deepEqual(
    given.listeners().map(({ port }) => port),
    [1, 4000, 3],
  )
})

test('[NODE3] overrides win over the properties file, --data over both', () => {
  const properties = { path: 'p', text: 'num.partitions=2\nlog.dirs=/a,/b\nmetadata.log.dir=/c' }
  const node = config({ properties, overrides: [['num.partitions', '5']], dataDirectory: 'mine' })
  equal(node.int('num.partitions'), 5)
  deepEqual(node.logDirectories(), ['mine'])
  equal(node.metadataLogDirectory(), 'mine')
})

test('[NODE4] a value that cannot be used is refused with the file, the name and what would do', () => {
  const result = nodeConfig({
    properties: { path: 'my.properties', text: 'num.partitions=many' },
    overrides: [],
  })
  ok(!result.ok)
  match(result.message, /my\.properties.*many.*num\.partitions/)
})
