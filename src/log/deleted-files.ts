// Files marked `.deleted` that stay a while (`file.delete.delay.ms`), for readers that are at them still.

import type { Disk } from '../env/env.ts'

export class DeletedFiles {
  #waiting: { readonly paths: readonly string[]; readonly dueMs: number }[] = []

  add(paths: readonly string[], dueMs: number): void {
    this.#waiting.push({ paths, dueMs })
  }

  /** Undefined when nothing is due. */
  removeDue(disk: Disk, nowMs: number): Promise<void> | undefined {
    const due = this.#waiting.filter((files) => files.dueMs <= nowMs)
    if (due.length === 0) return undefined
    this.#waiting = this.#waiting.filter((files) => files.dueMs > nowMs)
    return removeAll(
      disk,
      due.flatMap((files) => files.paths),
    )
  }
}

async function removeAll(disk: Disk, paths: readonly string[]): Promise<void> {
  for (const path of paths) await disk.remove(path)
}
