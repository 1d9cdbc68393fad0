// What must hold between listeners, quorum and the roles of a node: broker, controller, or both
// (KafkaConfig.validateValues for KRaft, with Kafka's words).

import type { BrokerConfig } from './broker-config.ts'
import type { Check } from './broker-config-checks.ts'
import { parseQuorumVoters } from './quorum-voters.ts'

/** The first of these that is wrong, or null. */
export const roleProblem: Check = (config) => {
  const roles = config.list('process.roles')
  const isBroker = roles.includes('broker')
  const isController = roles.includes('controller')
  return (
    quorumIsKnown(config) ??
    (isController ? null : brokerOnly(config)) ??
    (isBroker ? null : controllerOnly(config)) ??
    (isController ? controller(config) : null) ??
    (isBroker ? brokerListeners(config) : null)
  )
}

const quorumIsKnown: Check = (config) => {
  const known = [
    ...config.list('controller.quorum.voters'),
    ...config.list('controller.quorum.bootstrap.servers'),
  ]
  if (known.length > 0) return null
  return (
    'If using process.roles, either controller.quorum.bootstrap.servers must contain the set of' +
    ' bootstrap controllers or controller.quorum.voters must contain a parseable set of controllers.'
  )
}

const brokerOnly: Check = (config) => {
  const id = config.int('node.id')
  const ids = voterIds(config)
  if (ids.includes(id)) {
    return (
      `If process.roles contains just the 'broker' role, the node id ${id} must not be included in the` +
      ` set of voters controller.quorum.voters=${setText(ids)}`
    )
  }
  if (config.listeners().some(({ name }) => config.controllerListenerNames().includes(name))) {
    return (
      "controller.listener.names must not contain a value appearing in the 'listeners' configuration" +
      ' when running KRaft with just the broker role'
    )
  }
  const unmapped = config.controllerListenerNames().find((name) => !config.listenerProtocol(name))
  if (unmapped !== undefined) {
    return (
      `Controller listener with name ${unmapped} defined in controller.listener.names not found in` +
      ' listener.security.protocol.map (an explicit security mapping for each controller listener is' +
      ' required if listener.security.protocol.map is non-empty, or if there are security protocols other' +
      ' than PLAINTEXT in use)'
    )
  }
  if (!config.boolean('controller.quorum.auto.join.enable')) return null
  return (
    "controller.quorum.auto.join.enable is only supported when process.roles contains the 'controller'" +
    ' role.'
  )
}

const controllerOnly: Check = (config) => {
  if (config.advertisedControllerListeners().length !== config.listeners().length) {
    return (
      'The listeners config must only contain KRaft controller listeners from controller.listener.names' +
      ' when process.roles=controller'
    )
  }
  const interBroker = config.optionalString('inter.broker.listener.name')?.toUpperCase()
  if (interBroker === undefined || !config.controllerListenerNames().includes(interBroker)) return null
  return (
    'controller.listener.names must not contain an explicitly set inter.broker.listener.name' +
    ' configuration value when process.roles=controller'
  )
}

const controller: Check = (config) => {
  const id = config.int('node.id')
  const ids = voterIds(config)
  if (ids.length > 0 && !ids.includes(id)) {
    return (
      `If process.roles contains the 'controller' role, the node id ${id} must be included in the set` +
      ` of voters controller.quorum.voters=${setText(ids)}`
    )
  }
  if (config.advertisedControllerListeners().length === 0) {
    return (
      "controller.listener.names must contain at least one value appearing in the 'listeners'" +
      ' configuration when running the KRaft controller role'
    )
  }
  const opened = config.listeners().map((endpoint) => endpoint.name)
  if (config.controllerListenerNames().every((name) => opened.includes(name))) return null
  return (
    "controller.listener.names must only contain values appearing in the 'listeners' configuration when" +
    ' running the KRaft controller role'
  )
}

const brokerListeners: Check = (config) => {
  const advertised = config.advertisedListeners().map((endpoint) => endpoint.name)
  if (advertised.length === 0) {
    return (
      'There must be at least one broker advertised listener. Perhaps all listeners appear in' +
      ' controller.listener.names?'
    )
  }
  const interBroker = config.optionalString('inter.broker.listener.name')
  if (interBroker !== null && config.isSet('security.inter.broker.protocol')) {
    return 'Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.'
  }
  const interBrokerName = (interBroker ?? config.string('security.inter.broker.protocol')).toUpperCase()
  if (!advertised.includes(interBrokerName)) {
    return (
      'inter.broker.listener.name must be a listener name defined in advertised.listeners. The valid' +
      ` options based on currently configured listeners are ${advertised.join(',')}`
    )
  }
  const opened = config.listeners().map((endpoint) => endpoint.name)
  if (advertised.every((name) => opened.includes(name))) return null
  return (
    'advertised.listeners listener names must be equal to or a subset of the ones defined in listeners.' +
    ` Found ${advertised.join(',')}. The valid options based on the current configuration are` +
    ` ${opened.join(',')}`
  )
}

function voterIds(config: BrokerConfig): readonly number[] {
  const voters = parseQuorumVoters(config.list('controller.quorum.voters'))
  return voters.ok ? voters.value.map((voter) => voter.id) : []
}

function setText(ids: readonly number[]): string {
  return `Set(${ids.join(', ')})`
}
