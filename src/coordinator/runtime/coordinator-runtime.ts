// The shards of one coordinator on this broker, one per led partition of its internal topic. The runtime
// routes operations to shards and creates and drops shards as leadership moves; it knows nothing of groups
// or transactions. A newer leader epoch reloads a failed shard and leaves a living one alone, because nobody
// else wrote to the partition meanwhile; an older epoch is ignored.

import { errors } from '../../base/errors.ts'
import type { Outcome } from '../../env/env.ts'
import { PartitionShard, type PartitionShardModules, type PartitionShardState } from './partition-shard.ts'
import type { CoordinatorShard, WriteOperation } from './shard.ts'
import type { ShardTimers } from './shard-timers.ts'

export interface CoordinatorRuntimeModules<S, U> extends Omit<PartitionShardModules<S, U>, 'createShard'> {
  readonly createShard: (partition: number, timers: ShardTimers<U>) => S
}

interface LedPartition<S extends CoordinatorShard<U>, U> {
  leaderEpoch: number
  readonly shard: PartitionShard<S, U>
  readonly loaded: Promise<void>
}

export class CoordinatorRuntime<S extends CoordinatorShard<U>, U> {
  readonly #topic: string
  readonly #modules: CoordinatorRuntimeModules<S, U>
  readonly #shards = new Map<number, LedPartition<S, U>>()
  #isClosed = false

  constructor(options: { topic: string }, modules: CoordinatorRuntimeModules<S, U>) {
    this.#topic = options.topic
    this.#modules = modules
  }

  /** Starts loading `partition`; resolves when the load ended either way. A shard that lives stays as it is. */
  onElection(partition: number, leaderEpoch: number): Promise<void> {
    const current = this.#shards.get(partition)
    if (this.#isClosed) return Promise.resolve()
    if (current !== undefined && current.leaderEpoch >= leaderEpoch) return current.loaded
    if (current?.shard.state === 'active' || current?.shard.state === 'loading') {
      current.leaderEpoch = leaderEpoch
      return current.loaded
    }
    const shard = new PartitionShard<S, U>(
      { topic: this.#topic, partition },
      { ...this.#modules, createShard: (timers) => this.#modules.createShard(partition, timers) },
    )
    const loaded = shard.load()
    this.#shards.set(partition, { leaderEpoch, shard, loaded })
    return loaded
  }

  /** Drops the shard, unless `leaderEpoch` is given and this broker was elected in it or later. */
  onResignation(partition: number, leaderEpoch?: number): void {
    const current = this.#shards.get(partition)
    if (current === undefined || (leaderEpoch !== undefined && current.leaderEpoch >= leaderEpoch)) return
    current.shard.close()
    this.#shards.delete(partition)
  }

  stateOf(partition: number): PartitionShardState | undefined {
    return this.#shards.get(partition)?.shard.state
  }

  /**
   * Runs `operation` on the shard of `partition` and answers when it is committed. `name` is the
   * operation's name in logs. Errors are Kafka codes as a client of the coordinator sees them.
   */
  scheduleWriteOperation<T>(
    name: string,
    partition: number,
    operation: WriteOperation<S, U, T>,
  ): Promise<Outcome<T, number>> {
    const shard = this.#shards.get(partition)?.shard
    if (shard === undefined) {
      this.#modules.logger.debug('operation for a partition that is not led here', { name, partition })
      return Promise.resolve({ ok: false, error: errors.NOT_COORDINATOR })
    }
    return shard.write(operation)
  }

  /** Reads the newest state and answers when what was read is committed. */
  scheduleReadOperation<T>(
    name: string,
    partition: number,
    operation: (shard: S) => T,
  ): Promise<Outcome<T, number>> {
    return this.scheduleWriteOperation<T>(name, partition, (shard) => ({
      records: [],
      response: operation(shard),
    }))
  }

  /** The same read on every shard of this broker, in order of partitions. */
  scheduleReadAllOperation<T>(name: string, operation: (shard: S) => T): Promise<Outcome<T, number>[]> {
    const partitions = [...this.#shards.keys()].sort((a, b) => a - b)
    return Promise.all(partitions.map((partition) => this.scheduleReadOperation(name, partition, operation)))
  }

  /** The same write on every shard of this broker. */
  scheduleWriteAllOperation<T>(
    name: string,
    operation: WriteOperation<S, U, T>,
  ): Promise<Outcome<T, number>[]> {
    return Promise.all(
      [...this.#shards.keys()].map((partition) => this.scheduleWriteOperation(name, partition, operation)),
    )
  }

  close(): void {
    this.#isClosed = true
    for (const { shard } of this.#shards.values()) shard.close()
    this.#shards.clear()
  }
}
