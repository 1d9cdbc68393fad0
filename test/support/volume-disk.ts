// The simulator's volume, which can lose power, as a disk without delays, and logs on it.

import type { Logger } from '../../src/base/logger.ts'
import type { BrokerConfig } from '../../src/config/broker-config.ts'
import type { DirectoryEntry, Disk, File } from '../../src/env/env.ts'
import { LogManager } from '../../src/log/log-manager.ts'
import type { SimFileContents } from '../../src/simulator/sim-file-contents.ts'
import type { SimVolume } from '../../src/simulator/sim-volume.ts'

/** The volume as the disk of one life; calls of a dead life never settle. */
export class VolumeDisk implements Disk {
  readonly #volume: SimVolume
  isAlive = true

  constructor(volume: SimVolume) {
    this.#volume = volume
  }

  async #call<T>(action: () => T): Promise<T> {
    await Promise.resolve()
    return this.isAlive ? action() : new Promise<never>(() => {})
  }

  async open(path: string, mode: 'read' | 'create'): Promise<File> {
    return this.#file(await this.#call(() => this.#volume.open(path, mode)))
  }

  #file(contents: SimFileContents): File {
    return {
      write: (chunks, position) =>
        this.#call(() => void this.#volume.write(contents, Buffer.concat(chunks), position)),
      read: (into, position) => this.#call(() => contents.read(into, position)),
      sync: () => this.#call(() => contents.beginSync()()),
      truncate: (sizeBytes) => this.#call(() => this.#volume.truncate(contents, sizeBytes)),
      size: () => this.#call(() => contents.sizeBytes),
      close: () => this.#call(() => {}),
    }
  }

  list = (path: string): Promise<DirectoryEntry[]> => this.#call(() => this.#volume.list(path))
  makeDirectory = (path: string) => this.#call(() => this.#volume.makeDirectory(path))
  rename = (from: string, to: string) => this.#call(() => this.#volume.rename(from, to))
  remove = (path: string) => this.#call(() => this.#volume.remove(path))
  syncDirectory = (path: string) => this.#call(() => this.#volume.syncDirectory(path))
  absolutePath = (path: string) => path
  usage = () => this.#call(() => ({ totalBytes: 0, usableBytes: 0 }))
  lock = () => this.#call(() => ({ release: async () => {} }))
}

/** The logs of one life in `/data`. Time is what `nowMs` says, and no timer fires. */
export function openLogs(
  disk: VolumeDisk,
  config: { readonly broker: BrokerConfig; readonly topic: ReadonlyMap<string, string> },
  nowMs: () => number,
  logger: Logger,
): Promise<LogManager> {
  const options = { directories: ['/data'], brokerConfig: config.broker, topicOverrides: () => config.topic }
  return LogManager.open(options, {
    disk,
    clock: { wallMs: nowMs, monotonicMs: () => 0 },
    timers: { after: () => ({ cancel: () => {} }), soon: (work) => queueMicrotask(work) },
    random: { next: () => 0, bytes: (count) => new Uint8Array(count) },
    logger,
  })
}
