import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../base/errors.ts'
import { bytes, GroupWorld, subscription } from '../testing/group-world.ts'
import { coordinatorPartition, javaStringHash } from './java-string-hash.ts'

test('[GROUP22] ListGroups filters by state and type without regard to case', async () => {
  const world = await GroupWorld.start()
  await world.stableMember({ sessionTimeoutMs: 100_000 })
  await world.commit({ groupId: 'simple' })
  const list = async (statesFilter: string[] = [], typesFilter: string[] = []) => {
    const request = { statesFilter, typesFilter }
    const { groups } = await world.coordinator.listGroups(world.context(5), request)
    return groups.map(({ groupId, groupState }) => `${groupId} ${groupState}`)
  }
  deepEqual(await list(), ['g Stable', 'simple Empty'])
  deepEqual(await list(['sTABLE']), ['g Stable'])
  deepEqual(await list([], ['CLASSIC']), ['g Stable', 'simple Empty'])
  deepEqual(await list([], ['consumer']), [])
})

test('[GROUP23] DescribeGroups shows protocol and metadata of a stable group only', async () => {
  const world = await GroupWorld.start()
  const memberId = await world.stableMember()
  const stable = await world.describe()
  deepEqual([stable.groupState, stable.protocolType, stable.protocolData], ['Stable', 'consumer', 'range'])
  deepEqual(stable.members, [
    {
      memberId,
      groupInstanceId: null,
      clientId: 'client',
      clientHost: '/127.0.0.1',
      memberMetadata: subscription('orders'),
      memberAssignment: bytes('all'),
    },
  ])
  await world.joinWithId()
  const preparing = await world.describe()
  deepEqual([preparing.groupState, preparing.protocolData], ['PreparingRebalance', ''])
  deepEqual(preparing.members[0]?.memberMetadata, new Uint8Array(0))
})

test('[GROUP23] an unknown group is Dead, from version 6 with GROUP_ID_NOT_FOUND', async () => {
  const world = await GroupWorld.start()
  const old = await world.describe('none', 5)
  deepEqual([old.groupState, old.errorCode], ['Dead', errors.NONE])
  const current = await world.describe('none', 6)
  deepEqual([current.groupState, current.errorCode], ['Dead', errors.GROUP_ID_NOT_FOUND])
})

test('[GROUP24] DeleteGroups deletes empty groups with their offsets and no others', async () => {
  const world = await GroupWorld.start()
  await world.stableMember({ sessionTimeoutMs: 100_000 })
  await world.commit({ groupId: 'simple' })
  const request = { groupsNames: ['g', 'simple', 'none', 'simple'] }
  const { results } = (await world.send(world.coordinator.deleteGroups(world.context(2), request))).response!
  deepEqual(results, [
    { groupId: 'g', errorCode: errors.NON_EMPTY_GROUP },
    { groupId: 'simple', errorCode: errors.NONE },
    { groupId: 'none', errorCode: errors.GROUP_ID_NOT_FOUND },
  ])
  equal((await world.describe('simple')).errorCode, errors.GROUP_ID_NOT_FOUND)
  deepEqual((await world.fetch(null, { groupId: 'simple' })).topics, [])
})

test('[GROUP25] the partition of a group is the absolute Java hash of its id modulo the partitions', () => {
  equal(javaStringHash(''), 0)
  equal(javaStringHash('abc'), 96_354)
  equal(javaStringHash('polygenelubricants'), -2_147_483_648)
  equal(coordinatorPartition('polygenelubricants', 50), 0)
  equal(coordinatorPartition('abc', 50), 4)
})
