// Names of broker configs that earlier versions of Kafka knew, back to 0.8, and what became of them.

const isDynamicQuota = 'quotas are set for users and clients at run time'
const nodeIdIsGiven = 'node.id is always given'
const shutdownIsOrdered = 'a node that stops asks the controller once and waits for its answer'
const noZookeeper = 'metadata lie in the quorum of controllers, see controller.quorum.voters'

const fates: ReadonlyMap<string, string> = new Map([
  ['advertised.host.name', 'use advertised.listeners'],
  ['advertised.port', 'use advertised.listeners'],
  ['auto.include.jmx.reporter', 'use metric.reporters'],
  ['broker.id.generation.enable', nodeIdIsGiven],
  ['control.plane.listener.name', 'use controller.listener.names'],
  ['controlled.shutdown.max.retries', shutdownIsOrdered],
  ['controlled.shutdown.retry.backoff.ms', shutdownIsOrdered],
  ['delegation.token.master.key', 'use delegation.token.secret.key'],
  ['eligible.leader.replicas.enable', 'it is the feature eligible.leader.replicas.version'],
  ['group.coordinator.new.enable', 'there is only the new coordinator'],
  ['group.share.enable', 'it is the feature share.version'],
  ['group.share.max.groups', 'the number of share groups is not limited'],
  ['host.name', 'use listeners'],
  ['inter.broker.protocol.version', 'it is the feature metadata.version'],
  ['leader.imbalance.per.broker.percentage', 'every imbalance is corrected'],
  ['log.message.downconversion.enable', 'records are always stored and served in format 2'],
  ['log.message.format.version', 'records are always stored and served in format 2'],
  [
    'log.message.timestamp.difference.max.ms',
    'use log.message.timestamp.before.max.ms and log.message.timestamp.after.max.ms',
  ],
  ['metadata.log.segment.min.bytes', 'use metadata.log.segment.bytes'],
  ['offsets.commit.required.acks', 'commits always wait for all in-sync replicas'],
  ['port', 'use listeners'],
  ['quota.consumer.default', isDynamicQuota],
  ['quota.producer.default', isDynamicQuota],
  ['reserved.broker.max.id', nodeIdIsGiven],
])

/** What became of `name`, or undefined if no version of Kafka had it or 4.3 still has it. */
export function fateOfFormerName(name: string): string | undefined {
  if (name.startsWith('zookeeper.')) return noZookeeper
  if (name.startsWith('password.encoder.')) return 'passwords among dynamic configs are not encoded'
  return fates.get(name)
}
