import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Disk, DiskError, type File } from '../env/env.ts'
import type { SimHost } from './sim-host.ts'
import { Simulation } from './simulation.ts'

const seeds = Array.from({ length: 60 }, (_, index) => index)

/** A world with one host and `/data/a` in it, which is durable and holds `content`. */
async function worldWithFile(seed: number, content: Uint8Array) {
  const simulation = new Simulation(seed)
  const host = simulation.host('a')
  const file = await simulation.perform(async () => {
    const { disk } = host.env
    await disk.makeDirectory('/data')
    const created = await disk.open('/data/a', 'create')
    await created.write([content], 0)
    await created.sync()
    await disk.syncDirectory('/data')
    await disk.syncDirectory('/')
    return created
  })
  return { simulation, host, file }
}

function filled(sizeBytes: number, value: number): Uint8Array {
  return new Uint8Array(sizeBytes).fill(value)
}

/** What a new life finds under the name; undefined when there is nothing. */
async function contentAfterRestart(simulation: Simulation, host: SimHost, path = '/data/a') {
  const { disk } = host.restart()
  return simulation.perform(() => contentOf(disk, path))
}

async function contentOf(disk: Disk, path: string): Promise<Uint8Array | undefined> {
  let file: File
  try {
    file = await disk.open(path, 'read')
  } catch (error) {
    assert.ok(error instanceof DiskError && error.kind === 'not-found')
    return undefined
  }
  const into = new Uint8Array(await file.size())
  await file.read(into, 0)
  return into
}

test('[SIM9] a killed process leaves what it wrote, and a part of what it was writing', async () => {
  const sizes = new Set<number>()
  for (const seed of seeds) {
    const { simulation, host, file } = await worldWithFile(seed, filled(10, 1))
    await simulation.perform(() => file.write([filled(10, 2)], 10))
    void file.write([filled(10, 3)], 20)
    host.crash('kill')
    const content = await contentAfterRestart(simulation, host)
    assert.ok(content !== undefined && content.length >= 20)
    const written = Buffer.concat([filled(10, 1), filled(10, 2), filled(10, 3)])
    assert.deepEqual(Buffer.from(content), written.subarray(0, content.length))
    sizes.add(content.length)
  }
  assert.ok(sizes.size > 5)
})

test('[SIM10] a power loss spares what was synced and keeps any of the unsynced sectors, torn ones among them', async () => {
  const seen = { lost: 0, kept: 0, torn: 0, hole: 0, whole: 0 }
  for (const seed of seeds) {
    const { simulation, host, file } = await worldWithFile(seed, filled(8192, 1))
    await simulation.perform(() => file.write([filled(5 * 4096, 2)], 8192))
    host.crash('power')
    const content = await contentAfterRestart(simulation, host)
    assert.ok(content !== undefined && content.length >= 8192 && content.length <= 8192 + 5 * 4096)
    assert.deepEqual(content.subarray(0, 8192), filled(8192, 1))
    if (content.length === 8192 + 5 * 4096) seen.whole++
    for (let at = 8192; at + 4096 <= content.length; at += 4096) {
      const sector: Uint8Array = content.subarray(at, at + 4096)
      const newBytes: number = sector.indexOf(0) === -1 ? 4096 : sector.indexOf(0)
      assert.ok(sector.every((byte, index) => byte === (index < newBytes ? 2 : 0)))
      if (newBytes === 4096) seen.kept++
      else if (newBytes > 0) seen.torn++
      else if (content.subarray(at).includes(2)) seen.hole++
      else seen.lost++
    }
  }
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 0, `never ${what}`)
})

test('[SIM10] a sync covers what was written before it began, not what came after', async () => {
  const lost = { before: 0, after: 0 }
  for (const seed of seeds) {
    const { simulation, host, file } = await worldWithFile(seed, filled(1, 1))
    await simulation.perform(async () => {
      await file.write([filled(4096, 2)], 4096)
      const sync = file.sync()
      await file.write([filled(4096, 3)], 8192)
      await sync
    })
    host.crash('power')
    const content = (await contentAfterRestart(simulation, host))!
    if (content[4096] !== 2) lost.before++
    if (content[8192] !== 3) lost.after++
  }
  assert.equal(lost.before, 0)
  assert.ok(lost.after > 0)
})

test('[SIM11] a rename is durable once the directory was synced; before, it is there or not', async () => {
  const found = { old: 0, new: 0 }
  for (const seed of seeds) {
    const { simulation, host } = await worldWithFile(seed, filled(1, 1))
    await simulation.perform(async () => {
      const { disk } = host.env
      const file = await disk.open('/data/a.tmp', 'create')
      await file.write([filled(1, 2)], 0)
      await file.sync()
      await file.close()
      await disk.rename('/data/a.tmp', '/data/a')
      if (seed % 2 === 0) await disk.syncDirectory('/data')
    })
    host.crash('power')
    const content = await contentAfterRestart(simulation, host)
    assert.ok(content !== undefined, 'the name never points to nothing')
    if (seed % 2 === 0) assert.deepEqual(content, filled(1, 2))
    else found[content[0] === 1 ? 'old' : 'new']++
  }
  assert.ok(found.old > 0 && found.new > 0)
})

test('[SIM11] a directory that was not synced in the one above may be gone with all it holds', async () => {
  let gone = 0
  for (const seed of seeds) {
    const simulation = new Simulation(seed)
    const host = simulation.host('a')
    await simulation.perform(async () => {
      const { disk } = host.env
      await disk.makeDirectory('/data')
      const file = await disk.open('/data/a', 'create')
      await file.write([filled(1, 1)], 0)
      await file.sync()
      await disk.syncDirectory('/data')
    })
    host.crash('power')
    const { disk } = host.restart()
    const names = await simulation.perform(() => disk.list('/'))
    if (names.length === 0) gone++
    else assert.deepEqual(await simulation.perform(() => contentOf(disk, '/data/a')), filled(1, 1))
  }
  assert.ok(gone > 0 && gone < seeds.length)
})

test('[SIM12] a full disk takes a part of a write and works again when there is room', async () => {
  const { simulation, host, file } = await worldWithFile(1, filled(1000, 1))
  host.volume.reservedBytes = host.volume.capacityBytes - 1500
  await assert.rejects(
    simulation.perform(() => file.write([filled(1000, 2)], 1000)),
    { kind: 'full' },
  )
  assert.equal(await simulation.perform(() => file.size()), 1500)
  await simulation.perform(() => file.write([filled(1500, 3)], 0))
  host.volume.reservedBytes = 0
  await simulation.perform(() => file.write([filled(1000, 2)], 1500))
  await simulation.perform(() => host.env.disk.remove('/data/a'))
  assert.equal(host.volume.usableBytes, host.volume.capacityBytes)
})

test('[SIM12] reads, writes and syncs fail at the rates set; a failed sync loses the data for good', async () => {
  const { simulation, host, file } = await worldWithFile(1, filled(10, 1))
  host.diskFaults.readError = 1
  host.diskFaults.writeError = 1
  host.diskFaults.syncError = 1
  const failing = { kind: 'io' }
  await assert.rejects(
    simulation.perform(() => file.read(new Uint8Array(1), 0)),
    failing,
  )
  await assert.rejects(
    simulation.perform(() => file.write([filled(10, 2)], 0)),
    failing,
  )
  simulation.heal()
  await simulation.perform(() => file.write([filled(10, 3)], 0))
  host.diskFaults.syncError = 1
  await assert.rejects(
    simulation.perform(() => file.sync()),
    failing,
  )
  simulation.heal()
  await simulation.perform(() => file.sync())
  assert.deepEqual(await simulation.perform(() => contentOf(host.env.disk, '/data/a')), filled(10, 3))
  host.crash('power')
  assert.deepEqual(await contentAfterRestart(simulation, host), filled(10, 1))
})

test('[SIM12] bit rot changes a byte for good', async () => {
  const { simulation, host } = await worldWithFile(1, filled(10, 1))
  host.volume.corrupt('/data/a', 4)
  const rotten = filled(10, 1).fill(0xfe, 4, 5)
  assert.deepEqual(await simulation.perform(() => contentOf(host.env.disk, '/data/a')), rotten)
  host.crash('power')
  assert.deepEqual(await contentAfterRestart(simulation, host), rotten)
})

test('[SIM12] a stalled call takes long and holds up no other', async () => {
  const { simulation, host, file } = await worldWithFile(1, filled(10, 1))
  host.diskFaults.stall = 1
  const stalled = file.sync()
  host.diskFaults.stall = 0
  const startMs = simulation.nowMs
  await simulation.perform(() => file.write([filled(1, 2)], 0))
  assert.ok(simulation.nowMs - startMs < 1)
  await simulation.perform(() => stalled)
  assert.ok(simulation.nowMs - startMs > 10)
})

test('[SIM6] the locks of a dead process are free', async () => {
  const { simulation, host } = await worldWithFile(1, filled(1, 1))
  await simulation.perform(() => host.env.disk.lock('/data'))
  host.crash('kill')
  const { disk } = host.restart()
  await simulation.perform(() => disk.lock('/data'))
})
