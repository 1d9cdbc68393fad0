import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isUuid } from '../base/uuid.ts'
import { ClientWorld } from '../client/testing/client-world.ts'
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
