import { equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { nodeConfig, parseNodeConfig } from './testing/node-config.ts'

type Changes = Readonly<Record<string, string | undefined>>

function refusal(changes: Changes): string {
  const result = parseNodeConfig(changes)
  return result.ok ? 'accepted' : result.message
}

const brokerAlone: Changes = {
  'process.roles': 'broker',
  'controller.quorum.voters': '2@controller.example:9093',
  listeners: 'PLAINTEXT://localhost:9092',
}

const controllerAlone: Changes = {
  'process.roles': 'controller',
  listeners: 'CONTROLLER://localhost:9093',
}

test('[CONF24] a broker alone is no voter, opens no controller listener and names those of others', () => {
  match(refusal(brokerAlone), /^process.roles is broker, but/)
  match(
    refusal({ ...brokerAlone, 'controller.quorum.voters': '1@localhost:9093' }),
    /the node id 1 must not be included in the set of voters controller.quorum.voters=Set\(1\)$/,
  )
  match(
    refusal({ ...brokerAlone, listeners: 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093' }),
    /^controller.listener.names must not contain a value appearing in the 'listeners' configuration/,
  )
  match(
    refusal({ ...brokerAlone, 'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT' }),
    /^Controller listener with name CONTROLLER defined in controller.listener.names not found in/,
  )
  match(
    refusal({ ...brokerAlone, 'controller.quorum.auto.join.enable': 'true' }),
    /^controller.quorum.auto.join.enable is only supported when process.roles contains/,
  )
})

test('[CONF24] a controller alone opens controller listeners only', () => {
  match(refusal(controllerAlone), /^process.roles is controller, but/)
  match(
    refusal({ ...controllerAlone, listeners: 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093' }),
    /^The listeners config must only contain KRaft controller listeners/,
  )
  match(
    refusal({ ...controllerAlone, 'inter.broker.listener.name': 'CONTROLLER' }),
    /^controller.listener.names must not contain an explicitly set inter.broker.listener.name/,
  )
})

test('[CONF24] a controller is one of the voters, if there are any, and opens its listeners', () => {
  match(
    refusal({ 'controller.quorum.voters': '2@localhost:9093' }),
    /the node id 1 must be included in the set of voters controller.quorum.voters=Set\(2\)$/,
  )
  match(
    refusal({ 'controller.quorum.voters': undefined }),
    /^If using process.roles, either controller.quorum/,
  )
  match(
    refusal({ listeners: 'PLAINTEXT://localhost:9092' }),
    /^controller.listener.names must contain at least one value appearing in the 'listeners' configuration/,
  )
  match(
    refusal({ 'controller.listener.names': 'CONTROLLER,OTHER' }),
    /^controller.listener.names must only contain values appearing in the 'listeners' configuration/,
  )
})

test('[CONF25] a broker advertises listeners that it opens, among them the one for other brokers', () => {
  match(
    refusal({ listeners: 'CONTROLLER://localhost:9093' }),
    /^There must be at least one broker advertised listener/,
  )
  const protocols = 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT'
  match(
    refusal({ 'inter.broker.listener.name': 'EXTERNAL', 'listener.security.protocol.map': protocols }),
    /^inter.broker.listener.name must be a listener name defined in advertised.listeners.*are PLAINTEXT$/,
  )
  match(
    refusal({
      'advertised.listeners': 'PLAINTEXT://a:1,EXTERNAL://b:2',
      'listener.security.protocol.map': protocols,
    }),
    /Found PLAINTEXT,EXTERNAL. The valid options based on the current .* are PLAINTEXT,CONTROLLER$/,
  )
  match(
    refusal({ 'inter.broker.listener.name': 'PLAINTEXT', 'security.inter.broker.protocol': 'PLAINTEXT' }),
    /^Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.$/,
  )
})

test('[CONF25] 0.0.0.0 is an address to listen on, not one to advertise', () => {
  const everywhere = 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://localhost:9093'
  const message =
    'advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.'
  equal(refusal({ listeners: everywhere }), message)
  equal(refusal({ 'advertised.listeners': 'PLAINTEXT://0.0.0.0:9092' }), message)
  equal(refusal({ listeners: everywhere, 'advertised.listeners': 'PLAINTEXT://a:9092' }), 'accepted')
})

test('[CONF26] sizes and times that contradict each other are refused', () => {
  const cases: readonly (readonly [Changes, string | RegExp])[] = [
    [{ 'log.roll.ms': '0' }, 'log.roll.ms must be greater than or equal to 1'],
    [{ 'log.roll.jitter.ms': '-1' }, 'log.roll.jitter.ms must be greater than or equal to 0'],
    [
      { 'log.retention.minutes': '0' },
      'log.retention.ms must be unlimited (-1) or, greater than or equal to 1',
    ],
    [
      { 'log.cleaner.threads': '128' },
      'log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.',
    ],
    [
      { 'log.cleaner.max.compaction.lag.ms': '5', 'log.cleaner.min.compaction.lag.ms': '6' },
      /\(6\) > .* \(5\)$/,
    ],
    [{ 'replica.fetch.wait.max.ms': '30001' }, /^replica.socket.timeout.ms should always be at least/],
    [
      { 'replica.fetch.wait.max.ms': '501', 'replica.lag.time.max.ms': '500' },
      /^replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms/,
    ],
    [
      { 'queued.max.request.bytes': '1000' },
      'queued.max.request.bytes must be larger or equal to socket.request.max.bytes',
    ],
    [
      { 'max.connections.per.ip': '0' },
      'max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.',
    ],
    [
      { 'max.connections.per.ip.overrides': '127.0.0.1:5,bad host:1' },
      'max.connections.per.ip.overrides contains invalid addresses : bad host',
    ],
    [{ 'connections.max.idle.ms': '100' }, /^connection.failed.authentication.delay.ms=100 should always be/],
    [
      { 'group.coordinator.rebalance.protocols': 'consumer' },
      "Disabling the 'classic' protocol is not supported.",
    ],
    [
      { 'cordoned.log.dirs': '*,/data' },
      'When cordoned.log.dirs is set to *, it must not contain other values',
    ],
    [{ 'cordoned.log.dirs': '/data,/other' }, /Missing entries : \/other$/],
  ]
  for (const [changes, expected] of cases) {
    if (typeof expected === 'string') equal(refusal(changes), expected)
    else match(refusal(changes), expected)
  }
})

test('[CONF26] limits of connections may differ by address, IPv6 too', () => {
  const config = nodeConfig({
    'max.connections.per.ip': '0',
    'max.connections.per.ip.overrides': 'localhost:2, ::1:3',
  })
  equal(config.maxConnectionsPerIpOverrides().get('localhost'), 2)
  equal(config.maxConnectionsPerIpOverrides().get('::1'), 3)
})
