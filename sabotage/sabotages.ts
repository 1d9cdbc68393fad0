// Small breakages of the program, each a mistake that somebody could make. `main.ts` tries them one by one: the
// simulator or the unit tests of the folder have to notice.

export interface Sabotage {
  /** What goes wrong, as a sentence without a subject: "answers before the write". */
  readonly what: string
  readonly file: string
  /** Stands in the file exactly once. */
  readonly search: string
  readonly replace: string
  /** Beside the tests of the folder. */
  readonly tests?: string
}

const recovery = 'src/log/recovery.ts'
const partitionLog = 'src/log/partition-log.ts'
const partition = 'src/replication/partition.ts'
const quorum = 'src/raft/quorum-of-one.ts'

export const sabotages: readonly Sabotage[] = [
  {
    what: 'takes batches with a wrong checksum from producers',
    file: 'src/log/batch-validator.ts',
    search: 'if (!crcIsValid(records, 0)) {',
    replace: 'if (false) {',
  },
  {
    what: 'believes batches with a wrong checksum at recovery',
    file: recovery,
    search: ' || !crcIsValid(bytes, at)) return false',
    replace: ') return false',
  },
  {
    what: 'acknowledges before the write',
    file: partition,
    search: 'else if (endOffset <= this.log.highWatermark) onDone(errors.NONE)',
    replace: 'else if (endOffset <= this.log.logEndOffset) onDone(errors.NONE)',
  },
  {
    what: 'acknowledges before the sync where acknowledgements wait for it',
    file: partitionLog,
    search: 'beforeWritten: (endOffset) => this.flushBeforeAcknowledging(endOffset),',
    replace: 'beforeWritten: () => undefined,',
  },
  {
    what: 'goes on after a write that failed',
    file: 'src/log/log-writer.ts',
    search: '        this.#fail(error)\n        break\n',
    replace: '        this.#groups.shift()\n',
  },
  {
    what: 'forgets the sequences behind the last snapshot at recovery',
    file: recovery,
    search: 'if (lastOffset >= producers.endOffset) {',
    replace: 'if (lastOffset < producers.endOffset) {',
  },
  {
    what: 'cuts one batch too many at recovery',
    file: recovery,
    search: 'if (lastOffset - segment.baseOffset > relativeOffsetMax) return false',
    replace: 'if (at + header.sizeBytes === bytes.length) return false',
  },
  {
    what: 'leaves a torn batch in the file at recovery',
    file: recovery,
    search: '    await this.#files.truncate(segment, segment.sizeBytes)\n',
    replace: '',
  },
  {
    what: 'keeps segments that lie behind the damage',
    file: recovery,
    search: '      return this.#drop(found.slice(index + 1))\n',
    replace: '      continue\n',
  },
  {
    what: 'believes a marker of a clean stop for ever',
    file: 'src/log/clean-shutdown.ts',
    search: 'await disk.remove(',
    replace: 'void (',
  },
  {
    what: 'writes time index entries one offset too far',
    file: 'src/log/time-index.ts',
    search: 'this.entries.tail.setInt32(at + 8, offset - this.baseOffset)',
    replace: 'this.entries.tail.setInt32(at + 8, offset - this.baseOffset + 1)',
  },
  {
    what: 'writes offset index entries one offset too low',
    file: 'src/log/offset-index.ts',
    search: 'this.entries.tail.setInt32(at, lastOffset - this.baseOffset)',
    replace: 'this.entries.tail.setInt32(at, Math.max(0, lastOffset - this.baseOffset - 1))',
  },
  {
    what: 'skips the sync of a log directory after new files',
    file: 'src/log/log-flusher.ts',
    search: '    await this.#modules.pool.syncDirectory(this.#files.directory)\n',
    replace: '',
  },
  {
    what: 'moves the recovery point without a sync',
    file: 'src/log/log-flusher.ts',
    search: '    if (endOffset > active.baseOffset) await this.#files.sync(active)\n',
    replace: '',
  },
  {
    what: 'replaces small files without syncing their content',
    file: 'src/log/files.ts',
    search: 'await writeFile(disk, temporary, bytes, true)',
    replace: 'await writeFile(disk, temporary, bytes, false)',
  },
  {
    what: 'replaces small files without syncing their directory',
    file: 'src/log/files.ts',
    search: '  await disk.syncDirectory(directory)\n',
    replace: '',
  },
  {
    what: 'measures the age of a segment by its oldest record',
    file: 'src/log/retention.ts',
    search: 'segment.maxTimestamp >= 0 ? segment.maxTimestamp : segment.lastAppendMs',
    replace: 'segment.firstTimestamp ?? segment.lastAppendMs',
  },
  {
    what: 'deletes the files of the wrong segment',
    file: partitionLog,
    search: 'removed.push(...contents.segments.slice(0, count))',
    replace: 'removed.push(...contents.segments.slice(1, count + 1))',
  },
  {
    what: 'lets retention take what is not committed',
    file: 'src/log/retention.ts',
    search: '    if (highWatermark < (next?.baseOffset ?? logEndOffset)) break\n',
    replace: '',
  },
  {
    what: 'compacts the newest record of a key away and keeps the oldest',
    file: 'src/log/cleaner-offset-map.ts',
    search: '    this.#offsets[slot] = offset + 1\n',
    replace: '    if (this.#offsets[slot] === 0) this.#offsets[slot] = offset + 1\n',
  },
  {
    what: 'takes tombstones away as soon as a second cleaning meets them',
    file: 'src/log/cleaner-filter.ts',
    search: 'horizonMs !== undefined && horizonMs <= rules.nowMs',
    replace: 'horizonMs !== undefined',
  },
  {
    what: 'lets compacted segments take their place before they are durable',
    file: 'src/log/cleaned-segments.ts',
    search: '      await this.#files.sync(segment)\n',
    replace: '',
  },
  {
    what: 'takes a retried batch for an error',
    file: 'src/log/producer-state.ts',
    search: "if (duplicate !== undefined) return { kind: 'duplicate', batch: duplicate }",
    replace: '',
  },
  {
    what: 'stores a retried batch once more',
    file: 'src/log/producer-state.ts',
    search: '      const wrong = checkSequence(entry, batch)\n',
    replace: '      const wrong = undefined as ProducerVerdict | undefined\n',
  },
  {
    what: 'answers a retried batch with the end of the log',
    file: 'src/log/log-appender.ts',
    search: '        baseOffset: firstOffset,\n',
    replace: '        baseOffset: logEndOffset,\n',
  },
  {
    what: 'accepts gaps between sequences',
    file: 'src/log/producer-checks.ts',
    search: 'batch.baseSequence === sequenceAfter(entry.lastSequence, 1)',
    replace: 'batch.baseSequence >= sequenceAfter(entry.lastSequence, 1)',
  },
  {
    what: 'serves records above the high watermark',
    file: partition,
    search: "isolation === 'read-committed' ? this.lastStableOffset : this.log.highWatermark",
    replace: "isolation === 'read-committed' ? this.lastStableOffset : this.log.logEndOffset",
    tests: 'test/api/data-*.test.ts',
  },
  {
    what: 'serves clients that know an old leader epoch',
    file: partition,
    search: 'return errors.FENCED_LEADER_EPOCH',
    replace: 'return errors.NONE',
    tests: 'test/api/data-*.test.ts',
  },
  {
    what: 'forgets who waits for the watermark',
    file: partition,
    search:
      'for (const watcher of [...this.#watchers]) watcher.onHighWatermark(log.highWatermark, bytesAdded)',
    replace: '',
    tests: 'test/api/data-*.test.ts',
  },
  {
    what: 'commits metadata before the sync',
    file: quorum,
    search: '    await log.flush()\n    log.highWatermark',
    replace: '    void log.flush()\n    log.highWatermark',
  },
  {
    what: 'begins no new epoch at a start',
    file: quorum,
    search: 'loaded.image.epoch) + 1',
    replace: 'loaded.image.epoch)',
  },
  {
    what: 'reads snapshots of the metadata that have no end',
    file: 'src/raft/snapshot-file.ts',
    search: "if (lastType !== 'snapshot-footer')",
    replace: 'if (lastType === undefined)',
  },
  {
    what: 'leaves configs out of snapshots of the metadata',
    file: 'src/metadata/image-records.ts',
    search: '    configRecords(image),\n',
    replace: '',
  },
  {
    what: 'names a snapshot of the metadata after one record too many',
    file: 'src/raft/snapshotter.ts',
    search: 'const id = { endOffset: image.offset + 1, epoch: image.epoch }',
    replace: 'const id = { endOffset: image.offset + 2, epoch: image.epoch }',
  },
  {
    what: 'gives a block of producer ids twice',
    file: 'src/controller/producer-ids.ts',
    search: 'const nextProducerId = firstId + producerIdBlockSize',
    replace: 'const nextProducerId = firstId + 1',
  },
  {
    what: 'loses the last commits of offsets when a coordinator loads',
    file: 'src/broker/coordinator-partitions.ts',
    search: '  while (offset < endOffset) {\n    const read = await log.read({ offset, endOffset,',
    replace:
      '  endOffset--\n  while (offset < endOffset) {\n    const read = await log.read({ offset, endOffset,',
    tests: 'test/api/group-*.test.ts',
  },
  {
    what: 'ignores the tombstones of committed offsets',
    file: 'src/coordinator/group/offset-store.ts',
    search: '      this.#set(group, topic, partition, undefined)\n      this.#dropPending',
    replace: '      this.#dropPending',
  },
  {
    what: 'accepts commits of an old generation',
    file: 'src/coordinator/group/offset-commit.ts',
    search: 'if (generationId !== group.generationId) return errors.ILLEGAL_GENERATION',
    replace: '',
  },
  {
    what: 'rebalances without a new generation',
    file: 'src/coordinator/group/classic-group.ts',
    search: 'this.generationId++',
    replace: 'this.generationId = Math.max(1, this.generationId)',
  },
  {
    what: 'answers coordinator requests before they are committed',
    file: 'src/coordinator/runtime/partition-shard.ts',
    search: 'if (oldest === undefined || oldest.endOffset > this.#highWatermark) return',
    replace: 'if (oldest === undefined) return',
  },
  {
    what: 'keeps fetch sessions without a limit',
    file: 'src/broker/fetch-sessions.ts',
    search: 'if (this.#sessions.size < this.#options.sessionsMax) return true',
    replace: 'return true',
  },
  {
    what: 'answers the requests of a connection out of order',
    file: 'src/server/client-connection.ts',
    search: 'this.#slots.push(slot)',
    replace: 'this.#slots.unshift(slot)',
  },
  {
    what: 'never lets go of a connection',
    file: 'src/server/socket-server.ts',
    search: 'this.#connections.delete(client)',
    replace: '',
  },
]
