import { equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { DiskError, type DiskErrorKind } from '../env/env.ts'
import { StartError, startProblem } from './start-error.ts'

test('[NODE5] what keeps a node from starting is one line that names the thing and the way out', () => {
  const line = (kind: DiskErrorKind) => startProblem(new DiskError(kind, '/data/a', 'as the disk says it'))!
  match(line('not-a-directory'), /^\/data\/a is a file.*--data/)
  match(line('not-permitted'), /^\/data\/a may not be read.*right to.*writable/)
  match(line('not-found'), /^\/data\/a cannot be made.*create it/)
  match(line('full'), /no space left for \/data\/a.*free some/)
  equal(line('locked'), 'as the disk says it')
  equal(startProblem(new StartError('node 1 is not node 2')), 'node 1 is not node 2')
  equal(startProblem(new TypeError('a mistake')), undefined)
})
