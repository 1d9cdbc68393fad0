import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../base/errors.ts'
import { Logger } from '../../base/logger.ts'
import { MemoryLog, memorySerde } from '../testing/memory-log.ts'
import { VirtualTime } from '../testing/virtual-time.ts'
import { coordinatorError } from './append-errors.ts'
import { CoordinatorRuntime } from './coordinator-runtime.ts'
import type { CoordinatorShard, ReplayContext } from './shard.ts'
import type { ShardTimers } from './shard-timers.ts'

interface Entry {
  readonly name: string
  readonly value: number | null
}

/** Named numbers; enough state to see what is replayed, undone and lost. */
class NumberShard implements CoordinatorShard<Entry> {
  readonly numbers = new Map<string, number>()
  readonly timers: ShardTimers<Entry>
  unloadedWith: number | undefined
  loadedAtMs = -1
  markers: [number, boolean][] = []

  constructor(timers: ShardTimers<Entry>) {
    this.timers = timers
  }

  replay({ name, value }: Entry, _context: ReplayContext): () => void {
    const before = this.numbers.get(name)
    this.#set(name, value)
    return () => this.#set(name, before ?? null)
  }

  replayEndTransactionMarker(producerId: number, committed: boolean): void {
    this.markers.push([producerId, committed])
  }

  onLoaded(nowMs: number): void {
    this.loadedAtMs = nowMs
  }

  onUnloaded(error: number): void {
    this.unloadedWith = error
  }

  #set(name: string, value: number | null): void {
    if (value === null) this.numbers.delete(name)
    else this.numbers.set(name, value)
  }
}

function setUp() {
  const time = new VirtualTime()
  const log = new MemoryLog()
  const shards: NumberShard[] = []
  const runtime = new CoordinatorRuntime<NumberShard, Entry>(
    { topic: '__numbers' },
    {
      clock: time,
      timers: time,
      writer: log,
      reader: log,
      batches: log,
      serde: memorySerde<Entry>(),
      logger: new Logger('test', { write: () => {} }),
      createShard: (_, timers) => {
        const shard = new NumberShard(timers)
        shards.push(shard)
        return shard
      },
    },
  )
  const put = (name: string, value: number | null) =>
    runtime.scheduleWriteOperation('put', 0, () => ({ records: [{ name, value }], response: name }))
  const get = (name: string) => runtime.scheduleReadOperation('get', 0, (shard) => shard.numbers.get(name))
  return { time, log, shards, runtime, put, get }
}

/** Follows a promise without waiting for it. */
function watch<T>(promise: Promise<T>): { value: T | 'waiting' } {
  const seen: { value: T | 'waiting' } = { value: 'waiting' }
  void promise.then((value) => {
    seen.value = value
  })
  return seen
}

test('[COORD1] operations of one turn share a batch, and their answers wait for the high watermark', async () => {
  const { time, log, runtime, put } = setUp()
  await runtime.onElection(0, 1)
  log.commitsAtOnce = false
  const first = watch(put('a', 1))
  const second = watch(put('b', 2))
  await time.settle()
  equal(log.batches.length, 1)
  equal(log.batches[0]!.records.length, 2)
  deepEqual([first.value, second.value], ['waiting', 'waiting'])
  log.commit()
  await time.settle()
  deepEqual(first.value, { ok: true, value: 'a' })
  deepEqual(second.value, { ok: true, value: 'b' })
})

test('[COORD2] a read sees the newest state and answers once that is committed', async () => {
  const { time, log, runtime, put, get } = setUp()
  await runtime.onElection(0, 1)
  deepEqual(await get('a'), { ok: true, value: undefined })
  log.commitsAtOnce = false
  void put('a', 1)
  const early = watch(get('a'))
  await time.settle()
  const late = watch(get('a'))
  await time.settle()
  deepEqual([early.value, late.value], ['waiting', 'waiting'])
  log.commit()
  await time.settle()
  deepEqual(early.value, { ok: true, value: 1 })
  deepEqual(late.value, { ok: true, value: 1 })
})

test('[COORD3] loading replays the whole log: the newest value wins and tombstones delete', async () => {
  const { time, log, shards, runtime, put, get } = setUp()
  await runtime.onElection(0, 1)
  void put('a', 1)
  void put('b', 1)
  await time.settle()
  void put('a', 2)
  void put('b', null)
  await time.settle()
  log.store({ records: [], transactionalProducerId: 7, marker: 'abort' })
  log.store({
    records: [{ key: new Uint8Array(0), value: null }],
    transactionalProducerId: -1,
    marker: 'other',
  })
  runtime.onResignation(0)
  await runtime.onElection(0, 2)
  deepEqual([...shards[1]!.numbers], [['a', 2]])
  deepEqual(shards[1]!.markers, [[7, false]])
  equal(shards[1]!.loadedAtMs, time.wallMs())
  deepEqual(await get('a'), { ok: true, value: 2 })
})

test('[COORD4] a partition that is loading, failed, given up or never led says so', async () => {
  const { log, runtime, get } = setUp()
  deepEqual(await get('a'), { ok: false, error: errors.NOT_COORDINATOR })
  const loading = runtime.onElection(0, 1)
  equal(runtime.stateOf(0), 'loading')
  deepEqual(await get('a'), { ok: false, error: errors.COORDINATOR_LOAD_IN_PROGRESS })
  await loading
  equal(runtime.stateOf(0), 'active')
  runtime.onResignation(0)
  deepEqual(await get('a'), { ok: false, error: errors.NOT_COORDINATOR })
  log.isPresent = false
  await runtime.onElection(0, 2)
  equal(runtime.stateOf(0), 'failed')
  deepEqual(await get('a'), { ok: false, error: errors.NOT_COORDINATOR })
})

test('[COORD4] a damaged log fails the shard and an older election changes nothing', async () => {
  const { log, runtime } = setUp()
  log.decode = () => {
    throw new Error('checksum')
  }
  log.store({
    records: [{ key: new Uint8Array(0), value: null }],
    transactionalProducerId: -1,
    marker: undefined,
  })
  await runtime.onElection(0, 5)
  equal(runtime.stateOf(0), 'failed')
  await runtime.onElection(0, 4)
  equal(runtime.stateOf(0), 'failed')
  log.batches = []
  await runtime.onElection(0, 6)
  equal(runtime.stateOf(0), 'active')
})

test('[COORD11] a living shard keeps its state through newer elections and old resignations', async () => {
  const { shards, runtime } = setUp()
  await Promise.all([runtime.onElection(0, 1), runtime.onElection(0, 2)])
  await runtime.onElection(0, 3)
  runtime.onResignation(0, 3)
  equal(runtime.stateOf(0), 'active')
  equal(shards.length, 1)
  runtime.onResignation(0, 4)
  equal(runtime.stateOf(0), undefined)
})

test('[COORD5] lost leadership drops the shard and fails what waits with NOT_COORDINATOR', async () => {
  const { time, log, shards, runtime, put, get } = setUp()
  await runtime.onElection(0, 1)
  log.commitsAtOnce = false
  const written = watch(put('a', 1))
  await time.settle()
  const gathered = watch(put('b', 1))
  const read = watch(get('a'))
  log.loseLeadership(errors.NOT_LEADER_OR_FOLLOWER)
  await time.settle()
  const lost = { ok: false, error: errors.NOT_COORDINATOR }
  deepEqual([written.value, gathered.value, read.value], [lost, lost, lost])
  equal(shards[0]!.unloadedWith, errors.NOT_COORDINATOR)
  equal(log.batches.length, 1)
})

test('[COORD6] a refused append takes its records back and answers the mapped error', async () => {
  const { time, log, shards, runtime, put, get } = setUp()
  await runtime.onElection(0, 1)
  void put('a', 1)
  await time.settle()
  log.appendError = errors.NOT_ENOUGH_REPLICAS
  const results = Promise.all([put('a', 2), put('a', 3), put('b', 9), get('a')])
  await time.settle()
  const refused = { ok: false, error: errors.COORDINATOR_NOT_AVAILABLE }
  deepEqual(await results, [refused, refused, refused, refused])
  deepEqual([...shards[0]!.numbers], [['a', 1]])
  log.appendError = 0
  deepEqual(await get('a'), { ok: true, value: 1 })
})

test('[COORD7] append errors are mapped to what tells a client where to go', () => {
  const table: [number, number][] = [
    [errors.UNKNOWN_TOPIC_OR_PARTITION, errors.COORDINATOR_NOT_AVAILABLE],
    [errors.NOT_ENOUGH_REPLICAS, errors.COORDINATOR_NOT_AVAILABLE],
    [errors.REQUEST_TIMED_OUT, errors.COORDINATOR_NOT_AVAILABLE],
    [errors.NOT_LEADER_OR_FOLLOWER, errors.NOT_COORDINATOR],
    [errors.KAFKA_STORAGE_ERROR, errors.NOT_COORDINATOR],
    [errors.MESSAGE_TOO_LARGE, errors.UNKNOWN_SERVER_ERROR],
    [errors.RECORD_LIST_TOO_LARGE, errors.UNKNOWN_SERVER_ERROR],
    [errors.INVALID_FETCH_SIZE, errors.UNKNOWN_SERVER_ERROR],
    [errors.NOT_COORDINATOR, errors.NOT_COORDINATOR],
  ]
  for (const [append, answer] of table) equal(coordinatorError(append), answer)
})

test('[COORD8] a batch never exceeds message.max.bytes, and one operation that would is refused unseen', async () => {
  const { time, log, shards, runtime, put } = setUp()
  await runtime.onElection(0, 1)
  const probe = memorySerde<Entry>().encode({ name: 'a', value: 1 })
  const recordBytes = probe.key.length + probe.value!.length + 31
  log.bytesMax = 61 + 2 * recordBytes
  const three = Promise.all([put('a', 1), put('b', 2), put('c', 3)])
  await time.settle()
  await three
  deepEqual(
    log.batches.map(({ records }) => records.length),
    [2, 1],
  )
  const tooLarge = await runtime.scheduleWriteOperation('put', 0, () => ({
    records: ['x', 'y', 'z'].map((name) => ({ name, value: 1 })),
    response: undefined,
  }))
  deepEqual(tooLarge, { ok: false, error: errors.UNKNOWN_SERVER_ERROR })
  equal(shards[0]!.numbers.has('x'), false)
})

test('[COORD9] timers are named, replaced by name, write like requests, and die with the shard', async () => {
  const { time, log, shards, runtime } = setUp()
  await runtime.onElection(0, 1)
  const { timers } = shards[0]!
  const put = (value: number) => () => ({ records: [{ name: 'timed', value }], response: undefined })
  timers.schedule('t', 100, put(1))
  timers.schedule('t', 200, put(2))
  timers.schedule('gone', 150, put(3))
  timers.cancel('gone')
  await time.advance(199)
  equal(log.batches.length, 0)
  await time.advance(1)
  equal(shards[0]!.numbers.get('timed'), 2)
  equal(log.batches.length, 1)
  timers.schedule('t', 100, put(4))
  runtime.close()
  equal(time.timerCount, 0)
  await runtime.onElection(0, 2)
  equal(runtime.stateOf(0), undefined)
})

test('[COORD10] records above the high watermark at load hold answers back until they commit', async () => {
  const { time, log, runtime, put, get } = setUp()
  await runtime.onElection(0, 1)
  log.commitsAtOnce = false
  void put('a', 1)
  await time.settle()
  runtime.onResignation(0)
  await runtime.onElection(0, 2)
  const read = watch(get('a'))
  await time.settle()
  equal(read.value, 'waiting')
  log.commit()
  await time.settle()
  deepEqual(read.value, { ok: true, value: 1 })
})
