// The directories and the metadata log of a node on a simulated disk, through several lives that end in kills, power
// losses and clean stops.

import { equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { Logger } from '../base/logger.ts'
import { brokerConfig } from '../log/testing/log-world.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import { Simulation } from '../simulator/simulation.ts'
import { formatDirectories } from './format.ts'
import { RaftLog } from './quorum-of-one.ts'
import { config, write } from './testing/raft-world.ts'

const settings = { 'metadata.log.max.record.bytes.between.snapshots': '4000' }

class NodeHistory {
  readonly #simulation: Simulation
  #clusterId: string | undefined
  #appended = 0
  #committed = 0
  #epoch = 0
  #lives = 0
  #failure: unknown

  constructor(seed: number) {
    this.#simulation = new Simulation(seed)
  }

  async live(): Promise<void> {
    const simulation = this.#simulation
    const host = simulation.host('a')
    const prng = simulation.prng.fork(`life/${this.#lives++}`)
    // Some lives are too short for anything but a part of the start.
    simulation.after(prng.next() * (prng.chance(0.3) ? 30 : 400), 'crash', () => {
      host.crash(prng.pick(['kill', 'power']))
    })
    this.#work(host.env).catch((error) => {
      this.#failure = error
    })
    await simulation.run(() => !host.isUp || this.#failure !== undefined)
    if (this.#failure !== undefined) throw this.#failure
    host.restart()
  }

  async #work(env: Simulation['hosts'][number]['env']): Promise<void> {
    const formatted = await formatDirectories(
      { directories: ['/data'], metadataDirectory: '/data', nodeId: 1, voterEndpoints: [] },
      env,
    )
    ok(formatted.ok)
    equal(formatted.value.clusterId, this.#clusterId ?? formatted.value.clusterId, this.#where())
    this.#clusterId = formatted.value.clusterId
    const logger = new Logger('raft', env.logSink)
    const options = { directory: '/data', nodeId: 1, brokerConfig: brokerConfig(settings) }
    const opened = await RaftLog.open(options, { ...env, logger })
    ok(opened.ok, `${this.#where()}: ${opened.ok ? '' : opened.error}`)
    const raft = opened.value
    const found = Number(raft.loaded.image.configs.for('broker', '').get('n') ?? 0)
    ok(
      found >= this.#committed && found <= this.#appended,
      `${this.#where()}: ${found} of ${this.#committed}`,
    )
    ok(raft.epoch > this.#epoch, `${this.#where()}: epoch ${raft.epoch} is led again`)
    this.#epoch = raft.epoch
    this.#appended = found
    await this.#appendAll(raft, raft.loaded.image)
  }

  async #appendAll(raft: RaftLog, loaded: MetadataImage): Promise<void> {
    let image = loaded
    for (;;) {
      const n = ++this.#appended
      image = await write(raft, image, config('n', String(n)), config('filling', 'x'.repeat(n % 300)))
      this.#committed = n
    }
  }

  #where(): string {
    return `seed ${this.#simulation.seed}, life ${this.#lives}`
  }

  get committed(): number {
    return this.#committed
  }
}

test('[RAFT3] after any crash the log holds all that was committed, under the same ids, in a new epoch', async () => {
  let committed = 0
  for (let seed = 0; seed < 16; seed++) {
    const history = new NodeHistory(seed)
    for (let life = 0; life < 6; life++) await history.live()
    committed += history.committed
  }
  ok(committed > 500, `${committed} commits are enough to mean something`)
})
