import { deepEqual, doesNotThrow, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { encodeAssignment } from '../client/consumer-protocol.ts'
import { GroupChecker } from './group-checker.ts'
import { Sometimes } from './sometimes.ts'

const { NONE, ILLEGAL_GENERATION, NOT_COORDINATOR } = errors

class World {
  readonly sometimes = new Sometimes()
  readonly checker = new GroupChecker({ sometimes: this.sometimes })

  join(generationId: number, leader = 'a'): void {
    this.checker.onJoined('g', this.checker.generation('g'), { generationId, leader })
  }

  sync(generationId: number, memberId: string, partitions: readonly number[]): void {
    this.checker.onSynced('g', generationId, memberId, encodeAssignment(new Map([['t', [...partitions]]])))
  }

  commit(offset: number, errorCode: number, own = 1): void {
    const before = this.checker.generation('g')
    this.checker.onCommitBegun('k', offset)
    this.checker.onCommitAnswered('k', offset, errorCode, { own, before })
  }

  fetch(offset: number): void {
    this.checker.onOffsetFetched('k', this.checker.allPossibleOffsets().get('k') ?? new Set(), offset)
  }
}

/** Two members of generation 1 that share two partitions. */
function world(): World {
  const made = new World()
  made.join(1)
  made.sync(1, 'a', [0])
  made.sync(1, 'b', [1])
  return made
}

test('[SIM20] a group that rebalances is not complained of', () => {
  const made = world()
  doesNotThrow(() => {
    made.commit(5, NONE)
    made.join(2, 'b')
    made.sync(2, 'b', [0, 1])
    made.commit(6, NONE, 2)
    made.fetch(6)
  })
})

test('[SIM20] it is told when a partition has two owners or a generation two leaders', () => {
  throws(() => world().sync(1, 'b', [0]), /S27: t-0 belongs to a and to b in generation 1/)
  throws(() => world().join(1, 'b'), /S27: generation 1 of g is led by a and by b/)
})

test('[SIM20] it is told when a generation goes back, but for one that no assignment had made durable', () => {
  throws(() => world().join(0), /S27: group g is in generation 0 after 1/)
  const made = world()
  made.join(2)
  made.checker.onCrash(false)
  doesNotThrow(() => made.join(2, 'b'))
  throws(() => made.join(0), /S27/)
})

test('[SIM20] it is told when a commit of an old generation is accepted', () => {
  const made = world()
  made.join(2)
  made.commit(5, ILLEGAL_GENERATION)
  deepEqual([...made.sometimes.counts().keys()], ['commit of offsets refused'])
  throws(() => made.commit(6, NONE), /S27: a commit of generation 1 is accepted in 2/)
})

test('[SIM20] it is told when an offset is committed that nobody committed', () => {
  const made = world()
  doesNotThrow(() => made.fetch(-1))
  made.commit(5, NONE)
  made.commit(7, ILLEGAL_GENERATION)
  made.checker.onCrash(false)
  doesNotThrow(() => made.fetch(5))
  for (const offset of [-1, 4, 7]) throws(() => made.fetch(offset), /S29: k is committed at/)
})

test('[SIM20] a commit whose fate is unknown may have happened', () => {
  const made = world()
  made.commit(5, NONE)
  made.commit(6, NOT_COORDINATOR)
  made.checker.onCommitBegun('k', 7)
  made.checker.onCrash(false)
  doesNotThrow(() => [5, 6, 7].map((offset) => made.fetch(offset)))
})

test('[SIM20] after a crash that lost data any offset may be the committed one, until one is told', () => {
  const made = world()
  made.commit(5, NONE)
  made.checker.onCrash(true)
  doesNotThrow(() => made.fetch(3))
  throws(() => made.fetch(4), /S29/)
})
