import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { calls } from '../client/api-call.ts'
import { encodeAssignment } from '../client/consumer-protocol.ts'
import { ClientWorld } from '../client/testing/client-world.ts'
import { ConsumerWorld } from '../client/testing/consumer-world.ts'
import { parseDatetime, parseDuration, parsePlan } from './reset-target.ts'
import { CliWorld } from './testing/cli-world.ts'

const server = '--bootstrap-server fake:9093'

/** One topic `orders` with partitions of 10 and 4 records, and a group `g`, with a member unless `state` is Empty. */
function start(state: 'Stable' | 'Empty' = 'Empty') {
  const world = new ConsumerWorld([10, 4])
  const member = {
    memberId: 'm-1',
    groupInstanceId: null,
    clientId: 'app',
    clientHost: '/10.0.0.1',
    memberMetadata: new Uint8Array(0),
    memberAssignment: encodeAssignment(new Map([['orders', [0]]])),
  }
  world.broker
    .on(calls.describeGroups, ({ groups }) => ({
      ...calls.describeGroups.response.defaults(),
      groups: groups.map((groupId) => ({
        errorCode: groupId === 'g' ? errors.NONE : errors.GROUP_ID_NOT_FOUND,
        errorMessage: null,
        groupId,
        groupState: groupId === 'g' ? state : 'Dead',
        protocolType: 'consumer',
        protocolData: state === 'Stable' ? 'range' : '',
        members: state === 'Stable' ? [member] : [],
        authorizedOperations: -2147483648,
      })),
    }))
    .on(calls.listGroups, () => ({
      ...calls.listGroups.response.defaults(),
      groups: [
        { groupId: 'g', protocolType: 'consumer', groupState: state, groupType: 'classic' },
        { groupId: 'connect', protocolType: 'connect', groupState: 'Stable', groupType: 'classic' },
      ],
    }))
    .on(calls.offsetFetch, ({ groups }) => ({
      ...calls.offsetFetch.response.defaults(),
      groups: groups.map(({ groupId }) => ({ groupId, errorCode: 0, topics: committedTopics(world) })),
    }))
  world.committed.set('orders-0', 7n)
  return { world, cli: new CliWorld(world) }
}

function committedTopics(world: ConsumerWorld) {
  const partitions = [...world.committed].map(([key, committedOffset]) => ({
    partitionIndex: Number(key.at(-1)),
    committedOffset,
    committedLeaderEpoch: -1,
    metadata: '',
    errorCode: 0,
  }))
  return [{ name: 'orders', topicId: 'AAAAAAAAAAAAAAAAAAAABQ', partitions }]
}

test('[CLI10] consumer groups are listed, with type and state if wanted', async () => {
  const { cli } = start('Stable')
  assert.equal((await cli.run(`groups ${server} --list`)).out, 'g\n')
  assert.equal(
    (await cli.run(`groups ${server} --list --state empty`)).out,
    'GROUP                     STATE\n',
  )
  const typed = await cli.run(`groups ${server} --list --type --state`)
  assert.equal(
    typed.out,
    'GROUP                     TYPE                 STATE\ng                         Classic              Stable\n',
  )
})

test("[CLI10] a group's offsets, members and state are described in the tables of Kafka's tool", async () => {
  const { world, cli } = start('Stable')
  world.committed.set('orders-1', 4n)
  const offsets = await cli.run(`groups ${server} --describe --group g`)
  assert.deepEqual(offsets.out.split('\n'), [
    '',
    'GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID',
    'g               orders          0          7               10              3               m-1             /10.0.0.1       app',
    'g               orders          1          4               4               0               -               -               -',
    '',
  ])
  const members = await cli.run(`groups ${server} --describe --group g --members --verbose`)
  assert.match(members.out, /\ng +m-1 +\/10\.0\.0\.1 +app +1 +- +orders:0 +- +-\n$/)
  const state = await cli.run(`groups ${server} --describe --all-groups --state`)
  assert.match(state.out, /\ng +fake:9093 {2}\(1\) +range +Stable +1\n$/)
  const json = JSON.parse((await cli.run(`groups ${server} --describe --group g --json`)).out)
  assert.deepEqual([json[0].state, json[0].offsets[0].lag], ['Stable', 3])
})

test('[CLI10] a group that is not at work or does not exist is said so', async () => {
  const { cli } = start()
  const empty = await cli.run(`groups ${server} --describe --group g`)
  assert.deepEqual([empty.code, empty.err], [0, "\nConsumer group 'g' has no active members.\n"])
  const missing = await cli.run(`groups ${server} --describe --group nope`)
  assert.deepEqual([missing.code, missing.err], [1, "\nError: Consumer group 'nope' does not exist.\n"])
})

async function reset(flags: string): Promise<string> {
  const { cli, world } = start()
  world.grow([10, 4])
  const { out } = await cli.run(`groups ${server} --reset-offsets --group g --topic orders ${flags} --export`)
  return out.replaceAll('orders,', '').trim().replaceAll('\n', ' ')
}

test('[CLI11] offsets are planned as asked for, within the log', async () => {
  assert.equal(await reset('--to-earliest'), '0,0 1,0')
  assert.equal(await reset('--to-latest'), '0,10 1,4')
  assert.equal(await reset('--to-current'), '0,7 1,4')
  assert.equal(await reset('--to-offset 6'), '0,6 1,4')
  assert.equal(await reset('--to-offset -5'), '0,0 1,0')
  const { cli } = start()
  const shifted = await cli.run(`groups ${server} --reset-offsets --group g --all-topics --shift-by -9`)
  assert.match(shifted.out, /\nGROUP +TOPIC +PARTITION +NEW-OFFSET\ng +orders +0 +0\n$/)
  assert.equal(
    shifted.err,
    'Warning: orders-0 has no offset -2, the nearest is 0.\nNothing was changed. Add --execute to do it.\n',
  )
  const unshifted = await cli.run(`groups ${server} --reset-offsets --group g --topic orders:1 --shift-by 1`)
  assert.match(unshifted.err, /Cannot shift partition orders-1: the group has no committed offset there/)
})

test('[CLI11] only with --execute is the plan committed, and only for a group without members', async () => {
  const { world, cli } = start()
  await cli.run(`groups ${server} --reset-offsets --group g --topic orders:1 --to-offset 2 --dry-run`)
  assert.equal(world.committed.has('orders-1'), false)
  await cli.run(`groups ${server} --reset-offsets --group g --topic orders:1 --to-offset 2 --execute`)
  assert.equal(world.committed.get('orders-1'), 2n)
  const [commit] = world.broker.askedFor(calls.offsetCommit)
  assert.deepEqual([commit!.generationIdOrMemberEpoch, commit!.memberId], [-1, ''])
  const busy = await start('Stable').cli.run(
    `groups ${server} --reset-offsets --group g --topic orders --to-latest --execute`,
  )
  assert.equal(busy.code, 1)
  assert.match(busy.err, /can only be reset if the group 'g' is inactive, but the current state is Stable/)
})

test('[CLI11] a plan can come from a file, what does not exist is refused', async () => {
  const { cli } = start()
  cli.files.set('plan.csv', Buffer.from('orders,0,3\n"orders",1,99\n'))
  const planned = await cli.run(`groups ${server} --reset-offsets --group g --from-file plan.csv --export`)
  assert.equal(planned.out, 'orders,0,3\norders,1,4\n')
  cli.files.set('bad.csv', Buffer.from('orders,x\n'))
  const bad = await cli.run(`groups ${server} --reset-offsets --group g --from-file bad.csv`)
  assert.match(bad.err, /bad\.csv does not hold lines of topic,partition,offset/i)
  const topics: [string, RegExp][] = [
    ['nope', /Topic 'nope' does not exist\./],
    ['orders:7', /Topic 'orders' has no partition 7, it has 2\./],
    ['orders:x', /--topic orders:x is not of the form/],
  ]
  for (const [topic, message] of topics) {
    const ran = await cli.run(`groups ${server} --reset-offsets --group g --topic ${topic} --to-latest`)
    assert.match(ran.err, message)
    assert.equal(ran.code, 1)
  }
})

test("[CLI11] times and durations are read in Kafka's forms", () => {
  assert.equal(parseDatetime('2020-01-01T00:00:00.000'), 1577836800000)
  assert.equal(parseDatetime('2020-01-01T01:00:00+01'), 1577836800000)
  assert.equal(parseDatetime('2020-01-01T01:00:00.5+0100'), 1577836800500)
  assert.equal(parseDatetime('yesterday'), undefined)
  assert.equal(parseDatetime('2020-13-01T00:00:00'), undefined)
  assert.equal(parseDuration('P1DT2H3M4.5S'), 93784500)
  assert.equal(parseDuration('PT1H'), 3600000)
  for (const text of ['P', '1H', 'PT', 'PT1X']) assert.equal(parseDuration(text), undefined, text)
  assert.deepEqual(parsePlan('a,t,1,2', []), [{ group: 'a', topic: 't', partition: 1, offset: 2 }])
  assert.equal(parsePlan('t,1,2', []), undefined)
})

test('[CLI12] groups and offsets are deleted, each failure is told', async () => {
  const { world, cli } = start()
  world.broker.on(calls.deleteGroups, ({ groupsNames }) => ({
    ...calls.deleteGroups.response.defaults(),
    results: groupsNames.map((groupId) => ({
      groupId,
      errorCode: groupId === 'g' ? 0 : errors.NON_EMPTY_GROUP,
    })),
  }))
  const one = await cli.run(`groups ${server} --delete --group g`)
  assert.equal(one.out, "Deletion of requested consumer groups ('g') was successful.\n")
  const two = await cli.run(`groups ${server} --delete --group g --group busy`)
  assert.deepEqual([two.code, two.out], [1, "\nThese consumer groups were deleted successfully: 'g'\n"])
  assert.match(two.err, /\* Group 'busy' could not be deleted: .*\(NON_EMPTY_GROUP\)/)
  world.broker.on(calls.offsetDelete, ({ topics }) => ({
    ...calls.offsetDelete.response.defaults(),
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: partitionIndex === 0 ? 0 : errors.GROUP_SUBSCRIBED_TO_TOPIC,
      })),
    })),
  }))
  const offsets = await cli.run(`groups ${server} --delete-offsets --group g --topic orders:0`)
  assert.match(
    offsets.out,
    /^Request succeeded for deleting offsets from group g\.\n\nTOPIC .*\norders +0 +Successful\n$/,
  )
  const partly = await cli.run(`groups ${server} --delete-offsets --group g --topic orders`)
  assert.equal(partly.code, 1)
  assert.match(partly.out, /orders +1 +Error: .*\(GROUP_SUBSCRIBED_TO_TOPIC\)/)
})

test('[CLI34] a pattern is checked as brokers would read it, without a cluster', async () => {
  const cli = new CliWorld(new ClientWorld())
  const lines: [string, string][] = [
    ['orders-.*', 'The regular expression `orders-.*` is valid.\n'],
    ['(a', 'The regular expression `(a` is invalid: missing closing ).\n'],
    ['(?=a)', 'The regular expression `(?=a)` is invalid: invalid or unsupported Perl syntax.\n'],
  ]
  for (const [pattern, out] of lines)
    assert.deepEqual(await cli.run(['groups', '--validate-regex', pattern]), { code: 0, out, err: '' })
  const json = await cli.run(['groups', '--validate-regex', '[', '--json'])
  assert.deepEqual(JSON.parse(json.out), { regex: '[', problem: 'missing closing ]' })
})
