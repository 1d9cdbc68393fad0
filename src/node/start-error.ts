// Why a node does not start, in one line for the person who typed the command: what, which thing, the way out.

import { DiskError } from '../env/env.ts'

export class StartError extends Error {
  override readonly name = 'StartError'
}

/** The line for an error of the start; undefined for one that no person can mend. */
export function startProblem(error: unknown): string | undefined {
  if (error instanceof StartError) return error.message
  if (!(error instanceof DiskError)) return undefined
  const { kind, path, message } = error
  switch (kind) {
    case 'exists':
    case 'not-a-directory':
      return `${path} is a file, not a directory: choose another with --data or log.dirs.`
    case 'not-found':
      return `${path} cannot be made: create it, or choose another directory with --data or log.dirs.`
    case 'not-permitted':
      return (
        `${path} may not be read and written: give this user the right to, make its file system writable, or` +
        ' choose another directory.'
      )
    case 'full':
      return `There is no space left for ${path}: free some, or choose a directory on another disk.`
    case 'locked':
    case 'io':
      return message
  }
}
