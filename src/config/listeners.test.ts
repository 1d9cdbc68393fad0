import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { nodeConfig, parseNodeConfig } from './testing/node-config.ts'

const controller = 'CONTROLLER://localhost:9093'

function refusal(changes: Readonly<Record<string, string | undefined>>): string {
  const result = parseNodeConfig(changes)
  return result.ok ? 'accepted' : result.message
}

test('[CONF20] a listener has a name, a host, which may be empty, and a port; names are upper case', () => {
  const config = nodeConfig({ listeners: `plaintext://:9092,${controller}` })
  deepEqual(config.listeners(), [
    { name: 'PLAINTEXT', host: '', port: 9092, protocol: 'PLAINTEXT' },
    { name: 'CONTROLLER', host: 'localhost', port: 9093, protocol: 'PLAINTEXT' },
  ])
  deepEqual(nodeConfig({ listeners: `PLAINTEXT://[::1]:0,${controller}` }).listeners()[0], {
    name: 'PLAINTEXT',
    host: '::1',
    port: 0,
    protocol: 'PLAINTEXT',
  })
})

test('[CONF20] a listener that cannot be read is refused with the whole list', () => {
  const failed = (listener: string, reason: string) =>
    equal(
      refusal({ listeners: `${listener},${controller}` }),
      `Error creating broker listeners from '[${listener}, ${controller}]': ${reason}`,
    )
  failed('localhost:9092', 'Unable to parse localhost:9092 to a broker endpoint')
  failed('PLAINTEXT://localhost', 'Unable to parse PLAINTEXT://localhost to a broker endpoint')
  failed('PLAINTEXT://localhost:-1', 'Unable to parse PLAINTEXT://localhost:-1 to a broker endpoint')
  failed('PLAINTEXT://localhost:65536', 'Port 65536 of listener PLAINTEXT is above 65535')
  failed('EXTERNAL://localhost:9092', 'No security protocol defined for listener EXTERNAL')
})

test('[CONF21] names differ, and ports too unless one address is IPv4 and the other IPv6', () => {
  const map = { 'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,B:PLAINTEXT,CONTROLLER:PLAINTEXT' }
  const outcome = (a: string, b: string) =>
    refusal({ ...map, listeners: `${a},${b},${controller}` }).replace(/^.*]': /, '')
  const cases: readonly (readonly [string, string, string])[] = [
    ['PLAINTEXT://a:1', 'plaintext://a:2', 'Each listener must have a different name, '],
    ['PLAINTEXT://a:9092', 'B://b:9092', 'Each listener must have a different port, '],
    ['PLAINTEXT://:9092', 'B://127.0.0.1:9092', 'Each listener must have a different port, '],
    [
      'PLAINTEXT://127.0.0.2:9092',
      'B://127.0.0.1:9092',
      'If you have two listeners on the same port then one needs to be IPv4 and the other IPv6, ',
    ],
  ]
  for (const [a, b, reason] of cases) {
    const port = reason.startsWith('If') ? ', port: 9092' : ''
    equal(outcome(a, b), `${reason}listeners: [${a}, ${b}, ${controller}]${port}`)
  }
  equal(outcome('PLAINTEXT://127.0.0.1:9092', 'B://[::1]:9092'), 'accepted')
  equal(outcome('PLAINTEXT://a:0', 'B://b:0'), 'accepted')
})

test('[CONF22] controller listeners are PLAINTEXT by themselves unless protocols are set or secured', () => {
  equal(nodeConfig().listenerProtocol('controller'), 'PLAINTEXT')
  equal(
    refusal({ 'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT' }).replace(/^.*]': /, ''),
    'No security protocol defined for listener CONTROLLER',
  )
  equal(
    refusal({ 'listener.security.protocol.map': 'PLAINTEXT:TLS' }),
    'Invalid security protocol `TLS` defined in listener.security.protocol.map',
  )
  equal(
    refusal({ 'listener.security.protocol.map': 'PLAINTEXT' }),
    "Error parsing configuration property 'listener.security.protocol.map':" +
      " 'PLAINTEXT' is not of the form listener:protocol",
  )
  equal(
    refusal({ listeners: `SSL://localhost:9094,${controller}` }).replace(/^.*]': /, ''),
    'No security protocol defined for listener CONTROLLER',
  )
})

test('[CONF23] advertised listeners stand for the listeners, and the controller’s are kept apart', () => {
  const config = nodeConfig({ 'advertised.listeners': 'PLAINTEXT://broker.example:19092' })
  deepEqual(config.advertisedListeners(), [
    { name: 'PLAINTEXT', host: 'broker.example', port: 19092, protocol: 'PLAINTEXT' },
  ])
  deepEqual(nodeConfig().advertisedListeners(), [
    { name: 'PLAINTEXT', host: 'localhost', port: 9092, protocol: 'PLAINTEXT' },
  ])
})

test('[CONF23] a controller on every address is told by its place in the quorum', () => {
  const everywhere = 'PLAINTEXT://localhost:9092,CONTROLLER://0.0.0.0:9093'
  const told = (changes: Record<string, string | undefined>) => {
    const [first] = nodeConfig({ listeners: everywhere, ...changes }).advertisedControllerListeners()
    return `${first?.host}:${first?.port}`
  }
  equal(told({ 'controller.quorum.voters': '1@node.example:19093' }), 'node.example:19093')
  const dynamicQuorum = {
    'controller.quorum.voters': undefined,
    'controller.quorum.bootstrap.servers': 'node.example:9093',
  }
  equal(told(dynamicQuorum), ':9093')
  const advertised = 'PLAINTEXT://localhost:9092,CONTROLLER://other.example:29093'
  equal(told({ 'advertised.listeners': advertised }), 'other.example:29093')
})
