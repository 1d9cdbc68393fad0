// `quorum-state`: the epoch this node knows and who leads it, durable before anything is said in that epoch, so
// that no epoch ever has two leaders. One line of JSON, as Kafka writes it (`FileQuorumStateStore`).

import type { Disk, Outcome } from '../env/env.ts'
import { readTextFile, replaceFile } from '../log/files.ts'

const fileName = 'quorum-state'
const noVote = { votedId: -1, votedDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAA' }

/** The epoch of the file, 0 without one; a message when the file is none. */
export async function readQuorumEpoch(disk: Disk, directory: string): Promise<Outcome<number, string>> {
  const text = await readTextFile(disk, `${directory}/${fileName}`)
  if (text === undefined) return { ok: true, value: 0 }
  const epoch = leaderEpochOf(text)
  if (epoch !== undefined) return { ok: true, value: epoch }
  return { ok: false, error: `${directory}/${fileName} does not hold a quorum state: ${text.slice(0, 200)}` }
}

/** Says that `nodeId`, the only voter, leads `epoch`. The form follows the version of KRaft. */
export function writeQuorumState(
  disk: Disk,
  directory: string,
  { nodeId, epoch, kraftVersion }: { nodeId: number; epoch: number; kraftVersion: number },
): Promise<void> {
  const leader = { leaderId: nodeId, leaderEpoch: epoch }
  const state =
    kraftVersion === 0
      ? {
          clusterId: '',
          ...leader,
          votedId: -1,
          appliedOffset: 0,
          currentVoters: [{ voterId: nodeId }],
          data_version: 0,
        }
      : { ...leader, ...noVote, data_version: 1 }
  return replaceFile(disk, directory, fileName, JSON.stringify(state))
}

function leaderEpochOf(text: string): number | undefined {
  try {
    const { leaderEpoch } = JSON.parse(text) as { leaderEpoch?: unknown }
    return typeof leaderEpoch === 'number' && Number.isSafeInteger(leaderEpoch) && leaderEpoch >= 0
      ? leaderEpoch
      : undefined
  } catch {
    return undefined
  }
}
