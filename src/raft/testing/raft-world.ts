// A metadata log on a disk in memory, the files of a real one to put there, and a disk that waits or refuses.

import { Logger } from '../../base/logger.ts'
import { VirtualTime } from '../../coordinator/testing/virtual-time.ts'
import { type Disk, DiskError } from '../../env/env.ts'
import { readWholeFile, writeFile } from '../../log/files.ts'
import { brokerConfig, turnTimers } from '../../log/testing/log-world.ts'
import { MetadataDelta } from '../../metadata/metadata-delta.ts'
import type { MetadataImage } from '../../metadata/metadata-image.ts'
import { MemoryDisk } from '../../platform/memory-disk.ts'
import type { MetadataRecord } from '../../protocol/metadata-records.ts'
import { RaftLog } from '../quorum-of-one.ts'

export const directory = '/data/__cluster_metadata-0'
export const goldenFiles = [
  '00000000000000000000-0000000000.checkpoint',
  '00000000000000000000.log',
  '00000000000000000078-0000000001.checkpoint',
  'quorum-state',
  'leader-epoch-checkpoint',
  'partition.metadata',
]

export class World {
  readonly disk: Disk
  readonly time = new VirtualTime()
  /** The controller listener is that of the golden voter. */
  settings: Record<string, string> = { listeners: 'PLAINTEXT://:9092,CONTROLLER://127.0.0.1:19193' }

  constructor(disk: Disk = new MemoryDisk()) {
    this.disk = disk
  }

  async open(nodeId = 1) {
    const modules = {
      disk: this.disk,
      clock: this.time,
      timers: turnTimers,
      logger: new Logger('raft', { write: () => {} }),
    }
    return RaftLog.open({ directory: '/data', nodeId, brokerConfig: brokerConfig(this.settings) }, modules)
  }

  async opened(): Promise<RaftLog> {
    const result = await this.open()
    if (!result.ok) throw new Error(result.error)
    return result.value
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    await this.disk.makeDirectory(directory)
    await writeFile(this.disk, `${directory}/${name}`, bytes, false)
  }

  async names(): Promise<string[]> {
    return (await this.disk.list(directory)).map(({ name }) => name)
  }

  async log(): Promise<Uint8Array> {
    const name = (await this.names()).find((each) => each.endsWith('.log'))
    return (await readWholeFile(this.disk, `${directory}/${name}`))!
  }
}

export function config(name: string, value: string | null): MetadataRecord {
  return { name: 'ConfigRecord', value: { resourceType: 4, resourceName: '', name, value } }
}

export function configsOf(raft: RaftLog): Record<string, string> {
  return Object.fromEntries(raft.loaded.image.configs.for('broker', ''))
}

/** Appends and publishes as the controller does. */
export async function write(
  raft: RaftLog,
  image: MetadataImage,
  ...changes: MetadataRecord[]
): Promise<MetadataImage> {
  const delta = new MetadataDelta(image)
  for (const record of changes) delta.replay(record)
  const next = delta.apply(await raft.append(changes, true), raft.epoch)
  raft.published(next)
  return next
}

/** A disk whose syncs wait, or fail, when told. */
export class SlowDisk extends MemoryDisk {
  #held: Promise<void> = Promise.resolve()
  #release: () => void = () => {}

  hold(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held = promise
    this.#release = resolve
  }

  release(): void {
    this.#release()
  }

  refuse(): void {
    this.#held = Promise.reject(new DiskError('full', directory, 'no space'))
    this.#held.catch(() => {})
  }

  override async open(path: string, mode: 'read' | 'create') {
    const file = await super.open(path, mode)
    const sync = async (): Promise<void> => {
      await this.#held
      await file.sync()
    }
    return {
      write: file.write.bind(file),
      read: file.read.bind(file),
      sync,
      truncate: file.truncate.bind(file),
      size: file.size.bind(file),
      close: file.close.bind(file),
    }
  }
}
