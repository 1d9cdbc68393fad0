// The lock of a data directory. Node has no call for file locks, but its SQLite takes them: an exclusive transaction
// locks the empty database `.lock` by the operating system's own means (fcntl, LockFileEx), and nothing is written.
// The system drops the lock with the process, however it ends; no process id can lie after a crash or in a container.
// Apache Kafka locks the whole of the same file, so either of the two keeps the other out of a directory.

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DiskError } from '../env/env.ts'

const lockFileName = '.lock'
const sqliteBusy = 5

export class DirectoryLocks {
  /** Referenced until release: a collected database would give up its lock. */
  readonly #held = new Set<DatabaseSync>()

  lock(directory: string): () => void {
    const path = join(directory, lockFileName)
    const database = take(directory, path)
    this.#held.add(database)
    return () => {
      if (this.#held.delete(database)) database.close()
    }
  }
}

function take(directory: string, path: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    // The journal in memory keeps a second file from appearing beside the lock.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    const { errcode, message } = error as { errcode?: number; message: string }
    if (errcode === sqliteBusy) {
      const why = `another Ottla or Kafka process holds the lock of ${path}`
      const wayOut = 'Stop that process or choose another directory.'
      throw new DiskError('locked', directory, `${directory} is in use: ${why}. ${wayOut}`)
    }
    throw new DiskError('io', directory, `cannot lock ${path}: ${message}`)
  }
}
