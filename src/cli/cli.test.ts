import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientWorld } from '../client/testing/client-world.ts'
import { CliWorld } from './testing/cli-world.ts'

const commands = [
  'start',
  'topics',
  'produce',
  'consume',
  'groups',
  'configs',
  'get-offsets',
  'delete-records',
  'log-dirs',
  'features',
  'cluster',
  'quorum',
  'storage',
  'dump-log',
  'fault',
  'clock',
]

test('[CLI1] help, with examples, and version go to standard output and are no failure', async () => {
  const cli = new CliWorld(new ClientWorld())
  const help = await cli.run('--help')
  assert.deepEqual([help.code, help.err], [0, ''])
  for (const command of commands) {
    assert.match(help.out, new RegExp(`^  ${command} `, 'm'))
    const own = await cli.run(`${command} --help`)
    assert.equal(own.code, 0)
    assert.match(own.out, new RegExp(`\\nExamples:\\n.* ottla ${command}`, 's'))
  }
  assert.deepEqual(await cli.run('--version'), { code: 0, out: '1.2.3\n', err: '' })
})

test('[CLI1] a command line that makes no sense is exit code 2, with the way to learn what does', async () => {
  const cli = new CliWorld(new ClientWorld())
  const lines: [string, RegExp][] = [
    ['topics', /Give exactly one of --list, .*\.\nSee: ottla topics --help\n/],
    ['topics --list --describe', /exactly one/],
    ['topics --lst', /unknown option '--lst'\n\(Did you mean --list\?\)/],
    ['topics --create', /--create needs --topic/],
    ['topics --alter --topic t', /--alter needs --partitions, --config or --delete-config/],
    ['topics --create --topic t --delete-config a', /--delete-config needs --alter/],
    ['topics --create --topic t --partitions zero', /Not a whole number/],
    ['topics --create --topic t --config x', /Write name=value/],
    ['topics --create --topic t --replica-assignment 1:1', /Partition 0 names a broker twice/],
    ['topics --create --topic t --replica-assignment 1:2,3', /Partition 1 has another replication factor/],
    ['topics --list --bootstrap-server nowhere', /"nowhere" is no address of a broker; write host:port/],
    ['produce', /required option '--topic <name>' not specified/],
    ['produce --topic t --acks 2', /It is all, 1 or 0/],
    [
      'produce --topic t --reader-property parse.kye=true',
      /The reader has no property parse\.kye; it knows parse\.key/,
    ],
    ['produce --topic t --producer-property acks=two', /"two" is no value of acks/],
    ['consume', /either --topic or --include/],
    ['consume --topic t --offset 3', /--offset needs --partition/],
    ['consume --topic t --group g --partition 0', /cannot choose its --partition/],
    ['consume --topic t --from-beginning --consumer-property auto.offset.reset=latest', /contradicts/],
    ['groups --describe', /--describe needs --group or --all-groups/],
    ['groups --delete-offsets --group g', /needs one --group and --topic/],
    ['groups --reset-offsets --group g --topic t', /exactly one of --to-earliest/],
    ['groups --reset-offsets --group g --to-latest', /needs --topic or --all-topics/],
    [
      'groups --reset-offsets --group g --topic t --to-latest --dry-run --execute',
      /either --dry-run or --execute/,
    ],
    ['dump-log', /required option '--files/],
    ['start --port 70000', /--port 70000 is not between 0 and 65535/],
    ['start --test-control 70000', /--test-control 70000 is not between 0 and 65535/],
    ['start --memory --data x', /leave out --data/],
    ['nonsense', /unknown command 'nonsense'/],
    ['topcs', /Did you mean topics\?/],
    ['kafka-topics.sh --list', /Here it is: ottla topics\n$/],
    ['kafka-consumer-groups --list', /Here it is: ottla groups\n$/],
    ['console-producer --topic t', /Here it is: ottla produce\n$/],
  ]
  for (const [line, expected] of lines) {
    const ran = await cli.run(line)
    assert.equal(ran.code, 2, line)
    assert.match(ran.err, expected)
    assert.equal(ran.out, '', line)
  }
})

test("[CLI1] options of Kafka's scripts that mean nothing here are told and passed over", async () => {
  const cli = new CliWorld(new ClientWorld())
  const lines: [string, string][] = [
    ['produce --topic t --max-block-ms 5 --bootstrap-server here:1', '--max-block-ms'],
    ['consume --topic t --skip-message-on-error --bootstrap-server here:1', '--skip-message-on-error'],
    [
      'topics --list --partition-size-limit-per-response 9 --bootstrap-server here:1',
      '--partition-size-limit-per-response',
    ],
    ['dump-log --files x --index-sanity-check', '--index-sanity-check'],
  ]
  for (const [line, option] of lines) {
    const ran = await cli.run(line)
    assert.equal(ran.code, 1)
    assert.ok(ran.err.startsWith(`Warning: ${option} has no effect here.\n`), ran.err)
  }
})

test('[CLI2] a cluster that does not answer is said with address, reason and the way out', async () => {
  const cli = new CliWorld(new ClientWorld())
  const expected =
    'No broker answers at here:1 (connection refused). Is it running? Start one with: ottla start\n'
  const commands = [
    'topics --list',
    'topics --create --topic t',
    'produce --topic t',
    'consume --topic t',
    'groups --list',
    'groups --describe --group g',
    'groups --delete --group g',
    'groups --reset-offsets --group g --topic t --to-latest',
  ]
  for (const command of commands) {
    const ran = await cli.run(`${command} --bootstrap-server here:1`)
    assert.deepEqual([ran.code, ran.err], [1, expected], command)
  }
})

test('[CLI2] a security protocol that is not spoken is refused, not ignored', async () => {
  const cli = new CliWorld(new ClientWorld())
  cli.files.set('admin.properties', Buffer.from('security.protocol=SASL_SSL'))
  const message = 'The client does not speak SASL_SSL yet'
  for (const command of ['topics --list', 'groups --list', 'produce --topic t', 'consume --topic t']) {
    const ran = await cli.run(`${command} --command-config admin.properties`)
    assert.notEqual(ran.code, 0)
    assert.ok(ran.err.startsWith(message), ran.err)
  }
  assert.ok((await cli.run('cluster cluster-id -c admin.properties')).err.startsWith(message))
})

const facts = {
  nodeId: 7,
  clusterId: 'c',
  listeners: [{ name: 'PLAINTEXT', host: '::1', port: 9092 }],
  logDirs: ['/data'],
}

test('[CLI3] start passes on what it is told and stops the node when interrupted', async () => {
  const cli = new CliWorld(new ClientWorld())
  cli.files.set('server.properties', Buffer.from('node.id=7'))
  let isStopped = false
  const stop = async () => {
    isStopped = true
  }
  cli.startedNode = { ok: true, node: { facts, stop } }
  const line = 'start server.properties --override a=b=c --override d= --data dir --port 0'
  const running = cli.start(line)
  await new Promise((resolve) => setImmediate(resolve))
  assert.match(cli.out, /^Ottla is ready: node 7 of cluster c\nListening on \[::1\]:9092 \(PLAINTEXT\), /)
  assert.ok(!isStopped)
  cli.interrupt()
  assert.equal((await running).code, 0)
  assert.ok(isStopped)
  const { onFatal: _, ...options } = cli.started[0]!
  assert.deepEqual(options, {
    properties: { path: 'server.properties', text: 'node.id=7' },
    overrides: [
      ['a', 'b=c'],
      ['d', ''],
    ],
    dataDirectory: 'dir',
    port: 0,
    memory: false,
    json: false,
  })
})

test('[CLI3] with --json a program learns from one line where the node listens', async () => {
  const cli = new CliWorld(new ClientWorld())
  cli.startedNode = { ok: true, node: { facts, stop: async () => {} } }
  const running = cli.start('start --json')
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(JSON.parse(cli.out), { ready: facts })
  assert.equal(cli.started[0]!.json, true)
  cli.interrupt()
  assert.equal((await running).code, 0)
})

test('[CLI3] a node that cannot start or go on is one line and exit code 1', async () => {
  const cli = new CliWorld(new ClientWorld())
  cli.startedNode = { ok: false, message: 'port 9092 is taken' }
  assert.deepEqual(await cli.run('start'), { code: 1, out: '', err: 'Port 9092 is taken.\n' })
  const missing = await cli.run('start missing.properties')
  assert.equal(missing.err, 'Cannot read missing.properties: no such file.\n')
  let isStopped = false
  const stop = async () => {
    isStopped = true
  }
  cli.startedNode = { ok: true, node: { facts, stop } }
  const running = cli.start('start --memory')
  await new Promise((resolve) => setImmediate(resolve))
  cli.started.at(-1)!.onFatal('the disk refuses writes')
  const { code, err } = await running
  assert.deepEqual([code, err], [1, 'The disk refuses writes.\n'])
  assert.ok(!isStopped, 'a clean stop would write')
})
