import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { goldenFile } from '../../test/golden-metadata-log.ts'
import { isUuid } from '../base/uuid.ts'
import { seededRandom } from '../controller/testing/controller-world.ts'
import { VirtualTime } from '../coordinator/testing/virtual-time.ts'
import { readTextFile, readWholeFile, writeFile } from '../log/files.ts'
import { newClusterFeatureLevels } from '../metadata/release-features.ts'
import { MemoryDisk } from '../platform/memory-disk.ts'
import { formatDirectories, readBootstrapRecords } from './format.ts'
import { decodeSnapshot } from './snapshot-file.ts'

const endpoint = { name: 'CONTROLLER', host: '127.0.0.1', port: 19193 }

class Directories {
  readonly disk = new MemoryDisk()
  readonly #modules = { disk: this.disk, random: seededRandom(), clock: new VirtualTime() }

  async format(over: Partial<Parameters<typeof formatDirectories>[0]> = {}) {
    const directories = over.directories ?? ['/a', '/b']
    const defaults = { nodeId: 1, metadataDirectory: directories[0]!, voterEndpoints: [endpoint] }
    return formatDirectories({ ...defaults, ...over, directories }, this.#modules)
  }

  async refusal(over: Parameters<Directories['format']>[0]): Promise<string> {
    const result = await this.format(over)
    return result.ok ? 'accepted' : result.error
  }
}

test('[FORMAT1] the first start makes ids and writes what Kafka would', async () => {
  const world = new Directories()
  const result = await world.format()
  equal(result.ok, true)
  if (!result.ok) return
  const { clusterId, directoryIds, formatted } = result.value
  deepEqual(formatted, ['/a', '/b'])
  equal(isUuid(clusterId), true)
  const directoryId = directoryIds.get('/a')!
  equal(
    await readTextFile(world.disk, '/a/meta.properties'),
    `version=1\ncluster.id=${clusterId}\nnode.id=1\ndirectory.id=${directoryId}\n`,
  )
  const bootstrap = await readBootstrapRecords(world.disk, '/b')
  deepEqual(
    bootstrap.ok && bootstrap.value.map(({ value }) => value),
    newClusterFeatureLevels().map(([name, featureLevel]) => ({ name, featureLevel })),
  )
  const path = '/a/__cluster_metadata-0/00000000000000000000-0000000000.checkpoint'
  const voters = decodeSnapshot((await readWholeFile(world.disk, path))!)
  const golden = decodeSnapshot(goldenFile('00000000000000000000-0000000000.checkpoint'))
  if (!voters.ok || !golden.ok) throw new Error('a snapshot cannot be read')
  const [voter] = golden.value.quorum.voters!.voters
  deepEqual(voters.value.quorum, {
    kraftVersion: 1,
    voters: { version: 0, voters: [{ ...voter, voterDirectoryId: directoryId }] },
  })
})

test('[FORMAT1] a static quorum has no voters in its directory', async () => {
  const world = new Directories()
  await world.format({ voterEndpoints: undefined })
  deepEqual(
    (await world.disk.list('/a')).map(({ name }) => name),
    ['bootstrap.checkpoint', 'meta.properties'],
  )
})

test('[FORMAT1] the bootstrap file of a real node is read', async () => {
  const { disk } = new Directories()
  await disk.makeDirectory('/a')
  await writeFile(disk, '/a/bootstrap.checkpoint', goldenFile('bootstrap.checkpoint'), false)
  const records = await readBootstrapRecords(disk, '/a')
  deepEqual(
    records.ok && records.value.map(({ value }) => value),
    newClusterFeatureLevels().map(([name, featureLevel]) => ({ name, featureLevel })),
  )
  await writeFile(disk, '/a/bootstrap.checkpoint', goldenFile('bootstrap.checkpoint').subarray(0, 300), false)
  const damaged = await readBootstrapRecords(disk, '/a')
  match(damaged.ok ? '' : damaged.error, /bootstrap.checkpoint cannot be read/)
})

test('[FORMAT2] the ids stay, and a directory that joins gets one of its own', async () => {
  const world = new Directories()
  const first = await world.format({ directories: ['/a'], clusterId: 'MkU3OEVBNTcwNTJENDM2Qg' })
  const second = await world.format({ directories: ['/a', '/b'] })
  if (!first.ok || !second.ok) throw new Error('formatting is refused')
  equal(second.value.clusterId, 'MkU3OEVBNTcwNTJENDM2Qg')
  equal(second.value.directoryIds.get('/a'), first.value.directoryIds.get('/a'))
  deepEqual(second.value.formatted, ['/b'])
  equal(new Set(second.value.directoryIds.values()).size, 2)
})

test('[FORMAT2] the properties of a real node are understood', async () => {
  const world = new Directories()
  await world.disk.makeDirectory('/a')
  await writeFile(world.disk, '/a/meta.properties', goldenFile('meta.properties'), false)
  const result = await world.format({ directories: ['/a'] })
  deepEqual(result.ok && [result.value.clusterId, ...result.value.directoryIds.values()], [
    'MkU3OEVBNTcwNTJENDM2Qg',
    'UeSIb_tyQ6itAVDaGr-L5g',
  ])
})

test('[FORMAT3] what is not of this node and cluster is refused with the way out', async () => {
  const world = new Directories()
  await world.format({ directories: ['/a'] })
  await world.format({ directories: ['/other'] })
  match(
    await world.refusal({ directories: ['/a'], nodeId: 2 }),
    /\/a belongs to node 1, this is node 2: set node.id=1/,
  )
  match(
    await world.refusal({ directories: ['/a'], clusterId: 'another' }),
    /asked for is another: use that id or another directory/,
  )
  match(
    await world.refusal({ directories: ['/a', '/other'] }),
    /\/other belongs to cluster .*, \/a to .*: take one/,
  )
  match(
    await world.refusal({ directories: ['/a', '/new'], metadataDirectory: '/new' }),
    /\/new is not formatted while \/a is/,
  )
  await world.disk.makeDirectory('/copy')
  const bytes = (await readWholeFile(world.disk, '/a/meta.properties'))!
  await writeFile(world.disk, '/copy/meta.properties', bytes, false)
  match(await world.refusal({ directories: ['/a', '/copy'] }), /same directory.id .* one is a copy/)
  const old = new TextEncoder().encode('version=0\nbroker.id=1\n')
  await writeFile(world.disk, '/copy/meta.properties', old, false)
  match(await world.refusal({ directories: ['/copy'] }), /has version '0'/)
  await writeFile(
    world.disk,
    '/copy/meta.properties',
    new TextEncoder().encode('version=1\nnode.id=1\n'),
    false,
  )
  match(await world.refusal({ directories: ['/copy'] }), /must name cluster.id, node.id and directory.id/)
})

test('[FORMAT4] a metadata log without meta.properties is left alone', async () => {
  const world = new Directories()
  await world.disk.makeDirectory('/a/__cluster_metadata-0')
  await writeFile(world.disk, '/a/__cluster_metadata-0/00000000000000000000.log', new Uint8Array(1), false)
  match(await world.refusal({ directories: ['/a'] }), /holds a metadata log but no meta.properties/)
})
