import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scramKeys } from '../base/scram.ts'
import { isUuid } from '../base/uuid.ts'
import { ClientWorld } from '../client/testing/client-world.ts'
import { readBootstrapRecords } from '../raft/format.ts'
import { CliWorld } from './testing/cli-world.ts'

const clusterId = 'MkU3OEVBNTcwNTJENDM2Qg'

function start(properties = 'node.id=4\nlog.dirs=/a,/b\n') {
  const cli = new CliWorld(new ClientWorld())
  cli.files.set('server.properties', Buffer.from(properties))
  return cli
}

test('[CLI25] a drawn id is one that a cluster may have', async () => {
  const { out } = await start().run('storage random-uuid')
  assert.ok(out.endsWith('\n') && isUuid(out.trim()), out)
})

test('[CLI25] directories are formatted once, on demand only those that are not', async () => {
  const cli = start()
  const format = 'storage format --config server.properties --cluster-id'
  assert.deepEqual(await cli.run(`${format} ${clusterId}`), {
    code: 0,
    out:
      'Formatting /a with metadata.version 4.3-IV0.\nFormatting /b with metadata.version 4.3-IV0.\n' +
      `Cluster ID: ${clusterId}\n`,
    err: '',
  })
  const again = await cli.run(`${format} ${clusterId}`)
  assert.deepEqual([again.code, again.out], [1, ''])
  assert.match(again.err, /^Log directory \/a is already formatted: use --ignore-formatted/)
  const passed = await cli.run(`${format} ${clusterId} --ignore-formatted`)
  assert.equal(passed.out, 'All of the log directories are already formatted.\n')
  await cli.disk.remove('/b')
  const one = JSON.parse((await cli.run('storage format -g -c server.properties --json')).out)
  assert.deepEqual([one.clusterId, one.formatted], [clusterId, ['/b']])
  const other = await cli.run(`${format} AAAAAAAAAAAAAAAAAAAABQ -g`)
  assert.match(other.err, /belongs to cluster MkU3OEVBNTcwNTJENDM2Qg, asked for is AAAAAAAAAAAAAAAAAAAABQ/)
})

test('[CLI25] what cannot be formatted is refused with the reason', async () => {
  const cli = start('node.id=4\nlog.dirs=/a\ncontroller.quorum.voters=4@localhost:9093\n')
  const lines: [string, RegExp][] = [
    ['--config missing', /^Cannot read missing: no such file/],
    ['--config server.properties --cluster-id a/b', /^Cluster id "a\/b" is no id/],
    ['--config server.properties --standalone', /controller\.quorum\.voters is set/],
  ]
  for (const [flags, expected] of lines) {
    const ran = await cli.run(`storage format ${flags}`)
    assert.equal(ran.code, 1)
    assert.match(ran.err, expected)
  }
})

test("[CLI25] info shows directories, their ids and problems in the blocks of Kafka's tool", async () => {
  const cli = start()
  const missing = await cli.run('storage info --config server.properties')
  assert.deepEqual(missing, {
    code: 1,
    out: 'Found problems:\n  /a does not exist\n  /b does not exist\n\n',
    err: '',
  })
  await cli.run(`storage format --config server.properties --cluster-id ${clusterId}`)
  const found = await cli.run('storage info --config server.properties')
  assert.match(
    found.out,
    /^Found log directories:\n {2}\/a\n {2}\/b\n\nFound metadata: \{cluster\.id=MkU3OEVBNTcwNTJENDM2Qg, directory\.id=\S+, node\.id=4, version=1\}\n\n$/,
  )
  await cli.disk.makeDirectory('/c')
  cli.files.set('server.properties', Buffer.from('node.id=4\nlog.dirs=/a,/c\n'))
  const json = JSON.parse((await cli.run('storage info --config server.properties --json')).out)
  assert.deepEqual([json.directories, json.problems], [['/a', '/c'], ['/c is not formatted.']])
})

test('[CLI32] a cluster begins with the chosen feature levels, credentials and directory id', async () => {
  const cli = start()
  const flags = [
    ...'storage format -c server.properties -r 4.0 -f transaction.version=1 -f group.version=0'.split(' '),
    ...['-I', '4@localhost:9093:MkU3OEVBNTcwNTJENDM2Qg', '-S', 'SCRAM-SHA-256=[name=alice,password=secret]'],
  ]
  const ran = await cli.run(flags)
  assert.deepEqual([ran.code, ran.err], [0, ''])
  assert.match(ran.out, /^Formatting \/a with metadata\.version 4\.0-IV3\./)
  assert.match(
    (await cli.run('storage info -c server.properties')).out,
    /directory\.id=MkU3OEVBNTcwNTJENDM2Qg/,
  )
  const bootstrap = await readBootstrapRecords(cli.disk, '/a')
  assert.ok(bootstrap.ok)
  assert.deepEqual(
    bootstrap.value.map((record) =>
      record.name === 'FeatureLevelRecord'
        ? [record.value.name, record.value.featureLevel]
        : record.name === 'UserScramCredentialRecord' && [record.value.name, record.value.iterations],
    ),
    [
      ['metadata.version', 25],
      ['transaction.version', 1],
      ['alice', 4096],
    ],
  )
})

test('[CLI32] what a cluster cannot begin with is refused before a directory is touched', async () => {
  const lines: [string, RegExp][] = [
    ['-r 5.0', /no release 5\.0/],
    ['-f nothing=1', /no feature nothing/],
    ['-f share.version=9', /share\.version has levels 0 to 1, not "9"/],
    ['-f kraft.version=0', /dynamic quorum needs kraft\.version 1/],
    ['-r 3.9 -f eligible.leader.replicas.version=1', /needs metadata\.version 4\.0-IV1 or later/],
    ['-S SCRAM-SHA-1=[name=a,password=b]', /Write --add-scram SCRAM-SHA-256/],
    ['-S SCRAM-SHA-256=[name=a]', /either a password or a saltedpassword/],
    ['-S SCRAM-SHA-256=[name=a,saltedpassword="QQ=="]', /needs its salt/],
    ['-S SCRAM-SHA-256=[name=a,password=b,iterations=1]', /4096 to 16384 iterations, not 1/],
    ['-S SCRAM-SHA-256=[name=a,password=b] -r 3.4', /credentials need metadata\.version 3\.5-IV2/i],
    ['-I 4@a:1:MkU3OEVBNTcwNTJENDM2Qg,5@b:1:AAAAAAAAAAAAAAAAAAAABQ', /may name only this node/],
    ['-I 5@a:1:MkU3OEVBNTcwNTJENDM2Qg', /names node 5, this is node 4/],
    ['-I 4@a', /id@host:port:directoryId/],
    ['-N', /leave out --no-initial-controllers/],
  ]
  for (const [flags, expected] of lines) {
    const cli = start()
    const ran = await cli.run(`storage format -c server.properties ${flags}`)
    assert.equal(ran.code, 1, flags)
    assert.match(ran.err, expected)
    await assert.rejects(cli.disk.list('/a'))
  }
})

test('[CLI32] a directory formatted so starts with all of it', async () => {
  const cli = start()
  await cli.run(
    'storage format -c server.properties -r 3.9 -S SCRAM-SHA-512=[name=bob,salt="c2FsdA==",saltedpassword="cGFzcw=="]',
  )
  const bootstrap = await readBootstrapRecords(cli.disk, '/a')
  assert.ok(bootstrap.ok)
  const credential = bootstrap.value.find(({ name }) => name === 'UserScramCredentialRecord')
  assert.ok(credential?.name === 'UserScramCredentialRecord')
  const { name, mechanism, iterations, salt, storedKey, serverKey } = credential.value
  assert.deepEqual([name, mechanism, iterations, Buffer.from(salt).toString()], ['bob', 2, 4096, 'salt'])
  const keys = scramKeys('SCRAM-SHA-512', Buffer.from('pass'))
  assert.ok(Buffer.compare(keys.storedKey, storedKey) === 0)
  assert.ok(Buffer.compare(keys.serverKey, serverKey) === 0)
})

test("[CLI32] version-mapping and feature-dependencies print the tables of Kafka's tools", async () => {
  const cli = start()
  for (const command of ['storage', 'features']) {
    assert.equal(
      (await cli.run(`${command} version-mapping --release-version 4.0-IV1`)).out,
      'metadata.version=23 (4.0-IV1)\nkraft.version=1\ntransaction.version=0\ngroup.version=1\n' +
        'eligible.leader.replicas.version=0\nshare.version=0\nstreams.version=0\n',
    )
    const flags = '--feature metadata.version=20 --feature eligible.leader.replicas.version=1'
    assert.equal(
      (await cli.run(`${command} feature-dependencies ${flags}`)).out,
      'metadata.version=20 (3.8-IV0) has no dependencies.\n' +
        'eligible.leader.replicas.version=1 requires:\n    metadata.version=23 (4.0-IV1)\n',
    )
    const unknown = await cli.run(`${command} feature-dependencies --feature share.version=2`)
    assert.deepEqual([unknown.code, unknown.err], [1, 'Feature share.version has no level "2".\n'])
  }
})
