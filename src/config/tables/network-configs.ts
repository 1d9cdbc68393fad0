// Listeners, connections, requests: SocketServerConfigs and the network part of ServerConfigs.

import type { ConfigDefinition } from '../config-definition.ts'
import {
  clusterWide,
  honoured,
  int,
  list,
  long,
  perBroker,
  string,
  withoutEffect,
} from '../config-definition.ts'
import { anyListOrNull, atLeast, nonEmptyList, nonEmptyListOrNull } from '../config-validators.ts'
import { intMax } from './java-limits.ts'

export const networkConfigs: readonly ConfigDefinition[] = [
  ...honoured([
    list('advertised.listeners', null, nonEmptyListOrNull),
    long('connections.max.idle.ms', '600000'),
    int('fetch.max.bytes', '57671680', atLeast(1024)),
    perBroker(
      string(
        'listener.security.protocol.map',
        'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
      ),
    ),
    perBroker(list('listeners', 'PLAINTEXT://:9092', nonEmptyList)),
    clusterWide(int('max.connections', intMax, atLeast(0))),
    clusterWide(int('max.connections.per.ip', intMax, atLeast(0))),
    clusterWide(string('max.connections.per.ip.overrides', '')),
    int('max.incremental.fetch.session.cache.slots', '1000', atLeast(0)),
    long('queued.max.request.bytes', '-1'),
    int('queued.max.requests', '500', atLeast(1)),
    int('socket.request.max.bytes', '104857600', atLeast(1)),
  ]),
  ...withoutEffect('security is not built yet', [
    int('connection.failed.authentication.delay.ms', '100', atLeast(0)),
  ]),
  ...withoutEffect('all listeners open when the node is ready', [
    list('early.start.listeners', null, anyListOrNull),
  ]),
  ...withoutEffect('quotas are not built yet', [
    clusterWide(int('max.connection.creation.rate', intMax, atLeast(0))),
  ]),
  ...withoutEffect('a request may name as many partitions as fit in it', [
    int('max.request.partition.size.limit', '2000', atLeast(1)),
  ]),
  ...withoutEffect('one event loop serves all connections and logs, there is no pool of threads', [
    clusterWide(int('num.io.threads', '8', atLeast(1))),
    clusterWide(int('num.network.threads', '3', atLeast(1))),
  ]),
  ...withoutEffect('one node replicates to nobody; clusters are not built yet', [
    long('socket.connection.setup.timeout.max.ms', '30000'),
    long('socket.connection.setup.timeout.ms', '10000'),
  ]),
  ...withoutEffect('the operating system sets the length of the accept queue', [
    int('socket.listen.backlog.size', '50', atLeast(1)),
  ]),
  ...withoutEffect('the operating system sizes the buffers of sockets', [
    int('socket.receive.buffer.bytes', '102400'),
    int('socket.send.buffer.bytes', '102400'),
  ]),
]
