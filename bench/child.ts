// Processes that the bench starts end with it, also when it is interrupted: a tool of Kafka's would go on trying to
// reach its broker for a minute.

import type { ChildProcess } from 'node:child_process'

/** Kills `child` when this process exits before it does. */
export function endWithBench(child: ChildProcess): void {
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('close', () => process.off('exit', kill))
}
