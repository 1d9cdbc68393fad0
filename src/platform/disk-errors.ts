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
