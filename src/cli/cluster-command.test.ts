import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { calls } from '../client/api-call.ts'
import { ClientWorld } from '../client/testing/client-world.ts'
import { CliWorld } from './testing/cli-world.ts'

const server = '--bootstrap-server fake:9093'
const directoryId = 'AAAAAAAAAAAAAAAAAAAABQ'

function start() {
  const world = new ClientWorld()
  world.broker.onMetadata([world.broker], { orders: [1] })
  return { world, cli: new CliWorld(world) }
}

test("[CLI19] the cluster's id and brokers are shown, a broker is taken off the list", async () => {
  const { world, cli } = start()
  world.broker.on(calls.describeCluster, ({ includeFencedBrokers }) => ({
    ...calls.describeCluster.response.defaults(),
    brokers: [
      { brokerId: 10, host: 'ten.example', port: 9092, rack: 'r', isFenced: true },
      { brokerId: 2, host: 'two', port: 9092, rack: null, isFenced: false },
    ].filter(({ isFenced }) => includeFencedBrokers || !isFenced),
  }))
  let errorCode: number = errors.NONE
  world.broker.on(calls.unregisterBroker, () => ({
    ...calls.unregisterBroker.response.defaults(),
    errorCode,
    errorMessage: errorCode === 0 ? null : 'Broker ID 10 is not currently registered',
  }))
  assert.equal((await cli.run(`cluster cluster-id ${server}`)).out, 'Cluster ID: fake\n')
  assert.equal((await cli.run(`cluster ${server} cluster-id --json`)).out, '{"clusterId":"fake"}\n')
  assert.equal(
    (await cli.run(`cluster list-endpoints --include-fenced-brokers ${server}`)).out,
    'ID         HOST        PORT       RACK       STATE      ENDPOINT_TYPE\n' +
      '2          two         9092       null       unfenced   broker\n' +
      '10         ten.example 9092       r          fenced     broker\n',
  )
  const listed = await cli.run(`cluster list-endpoints --json ${server}`)
  assert.deepEqual(JSON.parse(listed.out), [
    { id: 2, host: 'two', port: 9092, rack: null, state: 'unfenced', endpointType: 'broker' },
  ])
  const gone = await cli.run(`cluster unregister --id 10 ${server}`)
  assert.deepEqual(gone, { code: 0, out: 'Broker 10 is no longer registered.\n', err: '' })
  errorCode = errors.BROKER_ID_NOT_REGISTERED
  const refused = await cli.run(`cluster unregister -i 10 ${server}`)
  assert.equal(refused.err, 'Broker ID 10 is not currently registered. (BROKER_ID_NOT_REGISTERED)\n')
})

test('[CLI33] controllers are asked by their own address, and known by what they say of each other', async () => {
  const { world, cli } = start()
  const [host, port] = ['fake', 9093]
  world.broker.on(calls.describeCluster, ({ endpointType }) => ({
    ...calls.describeCluster.response.defaults(),
    clusterId: 'fake',
    controllerId: 3,
    brokers: endpointType === 2 ? [{ brokerId: 3, host, port, rack: null, isFenced: false }] : [],
  }))
  const controller = '--bootstrap-controller fake:9093'
  assert.equal((await cli.run(`cluster cluster-id ${controller}`)).out, 'Cluster ID: fake\n')
  assert.equal(
    (await cli.run(`cluster list-endpoints -C ${host}:${port}`)).out.split('\n')[1],
    `3          ${host} ${port}       null       unfenced   controller`,
  )
  world.broker.on(calls.unregisterBroker, () => calls.unregisterBroker.response.defaults())
  const gone = await cli.run(`cluster unregister --id 10 ${controller}`)
  assert.equal(gone.out, 'Broker 10 is no longer registered.\n')
  assert.equal(world.broker.askedFor(calls.metadata).length, 0)
  const both = await cli.run(`cluster cluster-id ${controller} --bootstrap-server other:9092`)
  assert.deepEqual(
    [both.code, both.err.split('\n')[0]],
    [2, 'Give either --bootstrap-server or --bootstrap-controller.'],
  )
  const nobody = await cli.run('cluster cluster-id --bootstrap-controller nobody:1')
  assert.match(nobody.err, /^No controller answers at nobody:1/)
})

test("[CLI20] features are described in the columns of Kafka's tool", async () => {
  const { world, cli } = start()
  world.broker.features = {
    supportedFeatures: [
      { name: 'share.version', minVersion: 0, maxVersion: 1 },
      { name: 'metadata.version', minVersion: 7, maxVersion: 30 },
    ],
    finalizedFeatures: [{ name: 'metadata.version', minVersionLevel: 29, maxVersionLevel: 29 }],
    finalizedFeaturesEpoch: 12,
  }
  const { out } = await cli.run(`features describe ${server}`)
  assert.equal(
    out,
    'Feature: metadata.version                          SupportedMinVersion: 3.3-IV3          ' +
      'SupportedMaxVersion: 4.3-IV0          FinalizedVersionLevel: 4.2-IV1          Epoch: 12\n' +
      'Feature: share.version                             SupportedMinVersion: 0                ' +
      'SupportedMaxVersion: 1                FinalizedVersionLevel: 0                Epoch: 12\n',
  )
  const json = JSON.parse((await cli.run(`features describe --node-id 1 --json ${server}`)).out)
  assert.deepEqual([json.epoch, json.features[0].finalizedLevel], [12, 29])
})

test('[CLI20] levels are raised, lowered and given up, each told by itself', async () => {
  const { world, cli } = start()
  let refusal: { errorCode: number; errorMessage: string | null } = { errorCode: 0, errorMessage: null }
  world.broker.on(calls.updateFeatures, () => ({ ...calls.updateFeatures.response.defaults(), ...refusal }))
  const lines: [string, string, string][] = [
    ['upgrade --feature a=2 --feature b=1', 'a was upgraded to 2.\nb was upgraded to 1.\n', 'a2t1 b1t1'],
    ['upgrade --metadata 4.2 --dry-run', 'metadata.version can be upgraded to 29.\n', 'metadata.version29t1'],
    [
      'downgrade --feature metadata.version=4.3-IV0',
      'metadata.version was downgraded to 30.\n',
      'metadata.version30t2',
    ],
    ['downgrade --unsafe --feature a=1', 'a was downgraded to 1.\n', 'a1t3'],
    ['disable --feature a', 'a was disabled.\n', 'a0t2'],
  ]
  for (const [line, out, expected] of lines) {
    assert.deepEqual(await cli.run(`features ${line} ${server}`), { code: 0, out, err: '' })
    const { featureUpdates, validateOnly } = world.broker.askedFor(calls.updateFeatures).at(-1)!
    const sent = featureUpdates.map((each) => `${each.feature}${each.maxVersionLevel}t${each.upgradeType}`)
    assert.deepEqual([sent.join(' '), validateOnly], [expected, line.includes('--dry-run')])
  }
  await cli.run(`features upgrade --release-version 4.1 ${server}`)
  const sent = world.broker.askedFor(calls.updateFeatures).at(-1)!.featureUpdates
  const levels = sent.map(({ feature, maxVersionLevel }) => `${feature}=${maxVersionLevel}`)
  assert.deepEqual(levels, [
    'metadata.version=27',
    'eligible.leader.replicas.version=1',
    'group.version=1',
    'kraft.version=1',
    'transaction.version=2',
  ])
  refusal = { errorCode: errors.INVALID_UPDATE_VERSION, errorMessage: 'No.' }
  const refused = await cli.run(`features upgrade --feature a=2 ${server}`)
  assert.deepEqual(refused, {
    code: 1,
    out: '',
    err: 'Could not upgrade a to 2. No.\n1 out of 1 operation(s) failed.\n',
  })
})

test('[CLI20] levels that cannot be read are refused', async () => {
  const { cli } = start()
  const lines: [string, RegExp][] = [
    ['upgrade', /Upgrade needs --feature/],
    ['upgrade --feature a', /not of the form name=level/],
    ['upgrade --feature a=1 --feature a=2', /feature a is given twice/i],
    ['upgrade --release-version 9.9', /no release 9\.9/],
    ['upgrade --release-version 4.3 --feature a=1', /leave out the others/],
  ]
  for (const [line, expected] of lines) {
    const ran = await cli.run(`features ${line} ${server}`)
    assert.equal(ran.code, 2, line)
    assert.match(ran.err, expected)
  }
})

function describeQuorum(world: ClientWorld) {
  const replica = (replicaId: number, logEndOffset: number, timestamp: number) => ({
    replicaId,
    replicaDirectoryId: directoryId,
    logEndOffset,
    lastFetchTimestamp: timestamp,
    lastCaughtUpTimestamp: timestamp,
  })
  world.broker.on(calls.describeQuorum, () => ({
    ...calls.describeQuorum.response.defaults(),
    topics: [
      {
        topicName: '__cluster_metadata',
        partitions: [
          {
            partitionIndex: 0,
            errorCode: 0,
            errorMessage: null,
            leaderId: 2,
            leaderEpoch: 4,
            highWatermark: 90,
            currentVoters: [replica(1, 80, 600), replica(2, 100, 700)],
            observers: [replica(3, 100, -1)],
          },
        ],
      },
    ],
    nodes: [{ nodeId: 1, listeners: [{ name: 'CONTROLLER', host: 'one', port: 9093 }] }],
  }))
}

test("[CLI21] the quorum's status and replication are shown as by Kafka's tool", async () => {
  const { world, cli } = start()
  describeQuorum(world)
  const status = await cli.run(`quorum describe --status ${server}`)
  assert.equal(
    status.out,
    'ClusterId:              fake\nLeaderId:               2\nLeaderEpoch:            4\n' +
      'HighWatermark:          90\nMaxFollowerLag:         20\nMaxFollowerLagTimeMs:   100\n' +
      `CurrentVoters:          [{"id": 1, "directoryId": "${directoryId}", "endpoints": ["CONTROLLER://one:9093"]}, ` +
      `{"id": 2, "directoryId": "${directoryId}"}]\n` +
      `CurrentObservers:       [{"id": 3, "directoryId": "${directoryId}"}]\n`,
  )
  const replication = await cli.run(`quorum ${server} describe --replication`)
  const cells = replication.out.split('\n').map((line) => line.split(/ *\t/).slice(0, 7))
  assert.deepEqual(cells, [
    ['NodeId', 'DirectoryId', 'LogEndOffset', 'Lag', 'LastFetchTimestamp', 'LastCaughtUpTimestamp', 'Status'],
    ['2', directoryId, '100', '0', '700', '700', 'Leader'],
    ['1', directoryId, '80', '20', '600', '600', 'Follower'],
    ['3', directoryId, '100', '0', '-1', '-1', 'Observer'],
    [''],
  ])
  const ago = await cli.run(`quorum describe --replication --human-readable ${server}`)
  assert.match(ago.out, /\d ms ago/)
  const json = JSON.parse((await cli.run(`quorum describe --status --json ${server}`)).out)
  assert.deepEqual([json.leaderId, json.maxFollowerLag, json.currentVoters[0].id], [2, 20, 1])
  assert.equal((await cli.run(`quorum describe ${server}`)).code, 2)
})

test("[CLI22] log directories are described as by Kafka's tool", async () => {
  const { world, cli } = start()
  world.broker.on(calls.describeLogDirs, () => ({
    ...calls.describeLogDirs.response.defaults(),
    results: [
      {
        errorCode: 0,
        logDir: '/d',
        topics: ['orders', 'clicks'].map((name) => ({
          name,
          partitions: [{ partitionIndex: 0, partitionSize: 7, offsetLag: 0, isFutureKey: false }],
        })),
        totalBytes: 9,
        usableBytes: 5,
        isCordoned: false,
      },
    ],
  }))
  const described = await cli.run(`log-dirs --describe --topic-list orders ${server}`)
  const json =
    '{"brokers":[{"broker":1,"logDirs":[{"partitions":[{"partition":"orders-0","size":7,"offsetLag":0,' +
    '"isFuture":false}],"error":null,"logDir":"/d"}]}],"version":1}\n'
  assert.deepEqual(described, {
    code: 0,
    out:
      'Querying brokers for log directories information\n' +
      `Received log directory information from brokers 1\n${json}`,
    err: '',
  })
  assert.equal((await cli.run(`log-dirs --describe --topic-list orders --json ${server}`)).out, json)
  const missing = await cli.run(`log-dirs --describe --broker-list 1,7 ${server}`)
  assert.deepEqual([missing.code, missing.err], [1, 'The cluster has no broker 7, it has 1.\n'])
  assert.equal((await cli.run('log-dirs')).code, 2)
})
