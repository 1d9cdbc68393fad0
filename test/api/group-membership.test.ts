// Classic groups of a whole node, in every version: JoinGroup, SyncGroup, Heartbeat, LeaveGroup, and what is told of
// groups.

import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { createTopics, newTopic } from '../support/admin-apis.ts'
import { versionsFrom } from '../support/data-requests.ts'
import {
  bytes,
  deleteGroups,
  describeGroups,
  heartbeat,
  joinGroup,
  joining,
  leaveGroup,
  listGroups,
  rangeProtocol,
  subscription,
  syncGroup,
} from '../support/group-apis.ts'
import { groupNode, soleMember } from './group-node.ts'
import { NodeUnderTest } from './node-under-test.ts'

test('[MEMBER1] the life of a sole member in every version', async (t) => {
  const node = await groupNode(t)
  for (const version of versionsFrom(0, 9)) {
    const groupId = `life-${version}`
    let memberId = ''
    if (version >= 4) {
      const first = await node.call(joinGroup, version, joining(groupId, 'a'))
      equal(first.errorCode, errors.MEMBER_ID_REQUIRED)
      memberId = first.memberId
    }
    const joined = await node.call(joinGroup, version, joining(groupId, 'a', { memberId }))
    deepEqual([joined.errorCode, joined.generationId, joined.protocolName], [errors.NONE, 1, 'range'])
    equal(joined.protocolType, version >= 7 ? 'consumer' : null)
    deepEqual([joined.leader, joined.skipAssignment], [joined.memberId, false])
    match(joined.memberId, /^test-[0-9a-f-]{36}$/)
    deepEqual(joined.members, [
      { memberId: joined.memberId, groupInstanceId: null, metadata: subscription('a') },
    ])
    const member = { groupId, memberId: joined.memberId, generationId: 1 }
    const syncVersion = Math.min(version, 5)
    const synced = await node.call(syncGroup, syncVersion, {
      ...member,
      ...rangeProtocol,
      assignments: [{ memberId: joined.memberId, assignment: bytes('mine') }],
    })
    deepEqual([synced.errorCode, synced.assignment], [errors.NONE, bytes('mine')])
    deepEqual(
      [synced.protocolType, synced.protocolName],
      syncVersion >= 5 ? ['consumer', 'range'] : [null, null],
    )
    equal((await node.call(heartbeat, Math.min(version, 4), member)).errorCode, errors.NONE)
    const leaving = { memberId: joined.memberId, groupInstanceId: null, reason: null }
    const left = await node.call(leaveGroup, syncVersion, {
      groupId,
      ...(syncVersion >= 3 ? { members: [leaving] } : { memberId: joined.memberId }),
    })
    equal(left.errorCode, errors.NONE)
    equal(left.members.length, syncVersion >= 3 ? 1 : 0)
    equal((await node.call(describeGroups, 6, { groups: [groupId] })).groups[0]!.groupState, 'Empty')
  }
})

test('[MEMBER2] two members share a group', async (t) => {
  const node = await groupNode(t)
  const [one, two] = [await node.connect('one'), await node.connect('two')]
  const leader = await soleMember(one, 'shared')
  const secondId = (await two.call(joinGroup, 9, joining('shared', 'a'))).memberId
  const secondJoin = two.call(joinGroup, 9, joining('shared', 'a', { memberId: secondId }))
  const beat = () => one.call(heartbeat, 4, leader)
  while ((await beat()).errorCode === errors.NONE);
  equal((await beat()).errorCode, errors.REBALANCE_IN_PROGRESS)
  const again = await one.call(joinGroup, 9, joining('shared', 'a', { memberId: leader.memberId }))
  const second = await secondJoin
  deepEqual([again.generationId, second.generationId], [2, 2])
  deepEqual([again.leader, second.leader], [leader.memberId, leader.memberId])
  deepEqual(again.members.map(({ memberId }) => memberId).sort(), [leader.memberId, secondId].sort())
  deepEqual(second.members, [])
  const waiting = two.call(syncGroup, 5, {
    groupId: 'shared',
    generationId: 2,
    memberId: secondId,
    ...rangeProtocol,
  })
  const synced = await one.call(syncGroup, 5, {
    groupId: 'shared',
    generationId: 2,
    memberId: leader.memberId,
    ...rangeProtocol,
    assignments: [
      { memberId: leader.memberId, assignment: bytes('left') },
      { memberId: secondId, assignment: bytes('right') },
    ],
  })
  deepEqual([synced.assignment, (await waiting).assignment], [bytes('left'), bytes('right')])
})

test('[MEMBER3] JoinGroup refuses in every version', async (t) => {
  const node = await groupNode(t)
  await soleMember(node, 'taken')
  const cases = [
    [joining('', 'a'), errors.INVALID_GROUP_ID],
    [joining('g', 'a', { sessionTimeoutMs: 10 }), errors.INVALID_SESSION_TIMEOUT],
    [joining('g', 'a', { sessionTimeoutMs: 100_000_000 }), errors.INVALID_SESSION_TIMEOUT],
    [joining('g', 'a', { protocols: [] }), errors.INCONSISTENT_GROUP_PROTOCOL],
    [joining('taken', 'a', { protocolType: 'other' }), errors.INCONSISTENT_GROUP_PROTOCOL],
    [joining('g', 'a', { memberId: 'nobody' }), errors.UNKNOWN_MEMBER_ID],
  ] as const
  for (const version of versionsFrom(0, 9))
    for (const [fields, error] of cases) {
      const response = await node.call(joinGroup, version, fields)
      deepEqual([response.errorCode, response.generationId, response.members], [error, -1, []])
    }
})

test('[MEMBER3] SyncGroup, Heartbeat and LeaveGroup refuse in every version', async (t) => {
  const node = await groupNode(t)
  const member = await soleMember(node, 'g')
  const cases = [
    [{ ...member, groupId: '' }, errors.INVALID_GROUP_ID],
    [{ ...member, groupId: 'unknown' }, errors.UNKNOWN_MEMBER_ID],
    [{ ...member, memberId: 'nobody' }, errors.UNKNOWN_MEMBER_ID],
    [{ ...member, generationId: 7 }, errors.ILLEGAL_GENERATION],
  ] as const
  for (const [fields, error] of cases) {
    for (const version of versionsFrom(0, 5))
      equal((await node.call(syncGroup, version, { ...fields, ...rangeProtocol })).errorCode, error)
    for (const version of versionsFrom(0, 4))
      equal((await node.call(heartbeat, version, fields)).errorCode, error)
  }
  const other = { ...rangeProtocol, protocolName: 'other' }
  equal(
    (await node.call(syncGroup, 5, { ...member, ...other })).errorCode,
    errors.INCONSISTENT_GROUP_PROTOCOL,
  )
  for (const version of versionsFrom(0, 5)) {
    const nobody = { memberId: 'nobody', groupInstanceId: null, reason: null }
    const fields = version >= 3 ? { members: [nobody] } : { memberId: 'nobody' }
    const refused = await node.call(leaveGroup, version, { groupId: '', ...fields })
    equal(refused.errorCode, errors.INVALID_GROUP_ID)
    const unknown = await node.call(leaveGroup, version, { groupId: 'g', ...fields })
    const code = version >= 3 ? unknown.members[0]!.errorCode : unknown.errorCode
    equal(code, errors.UNKNOWN_MEMBER_ID)
  }
})

test('[MEMBER3] a static member that came back fences its former self', async (t) => {
  const node = await groupNode(t)
  for (const version of versionsFrom(5, 9)) {
    const groupId = `static-${version}`
    const fields = joining(groupId, 'a', { groupInstanceId: 'i' })
    const former = await node.call(joinGroup, version, fields)
    const { memberId, generationId } = former
    const identity = { groupId, memberId, generationId, groupInstanceId: 'i' }
    await node.call(syncGroup, 5, { ...identity, ...rangeProtocol })
    const back = await node.call(joinGroup, version, fields)
    deepEqual([back.errorCode, back.generationId], [errors.NONE, generationId])
    equal(back.skipAssignment, version >= 9)
    equal((await node.call(heartbeat, 4, identity)).errorCode, errors.FENCED_INSTANCE_ID)
    const sync = await node.call(syncGroup, 5, { ...identity, ...rangeProtocol })
    equal(sync.errorCode, errors.FENCED_INSTANCE_ID)
    const again = await node.call(joinGroup, version, { ...fields, memberId })
    equal(again.errorCode, errors.FENCED_INSTANCE_ID)
  }
})

test('[MEMBER3] a full group takes nobody else', async (t) => {
  const node = await groupNode(t, { 'group.max.size': '1' })
  await soleMember(node, 'full')
  const other = await node.connect()
  for (const version of versionsFrom(0, 9)) {
    const refused = await other.call(joinGroup, version, joining('full', 'a'))
    equal(refused.errorCode, errors.GROUP_MAX_SIZE_REACHED)
  }
})

test('[MEMBER4] a node without __consumer_offsets coordinates nothing', async (t) => {
  const node = await NodeUnderTest.start(t)
  await node.call(createTopics, 7, { topics: [newTopic('a')], timeoutMs: 5000 })
  for (const version of versionsFrom(0, 9))
    equal((await node.call(joinGroup, version, joining('g', 'a'))).errorCode, errors.NOT_COORDINATOR)
  equal((await node.call(syncGroup, 5, { groupId: 'g', ...rangeProtocol })).errorCode, errors.NOT_COORDINATOR)
  equal((await node.call(heartbeat, 4, { groupId: 'g' })).errorCode, errors.NOT_COORDINATOR)
  const described = await node.call(describeGroups, 6, { groups: ['g'] })
  equal(described.groups[0]!.errorCode, errors.NOT_COORDINATOR)
  const deleted = await node.call(deleteGroups, 2, { groupsNames: ['g'] })
  equal(deleted.results[0]!.errorCode, errors.NOT_COORDINATOR)
  deepEqual((await node.call(listGroups, 5)).groups, [])
})

test('[MEMBER5] groups and their members are told', async (t) => {
  const node = await groupNode(t)
  const member = await soleMember(node, 'told')
  for (const version of versionsFrom(0, 6)) {
    const asked = { groups: ['told', 'unknown'], includeAuthorizedOperations: version >= 3 }
    const [told, unknown] = (await node.call(describeGroups, version, asked)).groups
    deepEqual(
      [told!.errorCode, told!.groupState, told!.protocolType, told!.protocolData],
      [errors.NONE, 'Stable', 'consumer', 'range'],
    )
    deepEqual(told!.members, [
      {
        memberId: member.memberId,
        groupInstanceId: null,
        clientId: 'test',
        clientHost: '/127.0.0.1',
        memberMetadata: subscription('a'),
        memberAssignment: bytes('mine'),
      },
    ])
    equal(told!.authorizedOperations > 0, version >= 3)
    equal(unknown!.errorCode, version >= 6 ? errors.GROUP_ID_NOT_FOUND : errors.NONE)
    equal(unknown!.groupState, 'Dead')
  }
  for (const version of versionsFrom(0, 5)) {
    const { groups } = await node.call(listGroups, version)
    deepEqual(groups, [
      {
        groupId: 'told',
        protocolType: 'consumer',
        groupState: version >= 4 ? 'Stable' : '',
        groupType: version >= 5 ? 'classic' : '',
      },
    ])
  }
  const ids = async (statesFilter: string[], typesFilter: string[] = []) =>
    (await node.call(listGroups, 5, { statesFilter, typesFilter })).groups.map(({ groupId }) => groupId)
  deepEqual(await ids(['stable', 'Empty']), ['told'])
  deepEqual(await ids(['Empty']), [])
  deepEqual(await ids([], ['Classic']), ['told'])
  deepEqual(await ids([], ['share']), [])
})

test('[MEMBER6] only empty groups are deleted', async (t) => {
  const node = await groupNode(t)
  for (const version of versionsFrom(0, 2)) {
    await soleMember(node, `busy-${version}`)
    const { memberId } = await soleMember(node, 'empty')
    await node.call(leaveGroup, 2, { groupId: 'empty', memberId })
    const groupsNames = [`busy-${version}`, 'empty', 'unknown', '']
    const { results } = await node.call(deleteGroups, version, { groupsNames })
    deepEqual(results.map(({ groupId, errorCode }) => [groupId, errorCode]).sort(), [
      ['', errors.GROUP_ID_NOT_FOUND],
      [`busy-${version}`, errors.NON_EMPTY_GROUP],
      ['empty', errors.NONE],
      ['unknown', errors.GROUP_ID_NOT_FOUND],
    ])
    const described = await node.call(describeGroups, 6, { groups: ['empty'] })
    ok(described.groups[0]!.errorCode === errors.GROUP_ID_NOT_FOUND)
  }
})
