// Errors of Node's file calls as the one DiskError that callers know.

import { DiskError, type DiskErrorKind } from '../env/env.ts'

const kinds: ReadonlyMap<string, DiskErrorKind> = new Map([
  ['ENOENT', 'not-found'],
  ['EEXIST', 'exists'],
  ['ENOTEMPTY', 'exists'],
  ['EACCES', 'not-permitted'],
  ['EPERM', 'not-permitted'],
  ['EROFS', 'not-permitted'],
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['ENOTDIR', 'not-a-directory'],
])

export function diskError(path: string, error: NodeJS.ErrnoException): DiskError {
  return new DiskError(kinds.get(error.code ?? '') ?? 'io', path, `${path}: ${error.message}`)
}

/** What `call` returns; what it throws as a DiskError of `path`. */
export function callSync<T>(path: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw diskError(path, error as NodeJS.ErrnoException)
  }
}

/** What `start` calls back with; an error as a DiskError of `path`. */
export function callAsync<T>(path: string, start: StartCall<T>): Promise<T> {
  return new Promise((resolve, reject) =>
    start((error, value) => {
      if (error) reject(diskError(path, error))
      else resolve(value as T)
    }),
  )
}

/** Calls a function of Node's that calls back. */
export type StartCall<T> = (done: (error: Error | null, value?: T) => void) => void
