// Whether clients are at work with a broker: a reset under a client's feet makes tests fail that did nothing wrong.

import { describeGroup, listGroups } from './group-calls.ts'
import { OttlaError } from './ottla-error.ts'
import { lookUntil, type Machine } from './patience.ts'
import type { TestControl } from './test-control.ts'

/** A client that was just closed has its last request under way. */
const waitMsMax = 1000

/** Waits a moment for requests to end and members to leave, then fails and names those that are left. */
export async function requireIdle(control: TestControl, machine: Machine): Promise<void> {
  const busy = await lookUntil(
    machine,
    waitMsMax,
    () => clientsAtWork(control),
    (clients) => clients.length === 0,
  )
  if (busy.length === 0) return
  throw new OttlaError(
    `reset() while clients are at work: ${busy.join('; ')}. Close them first, or call reset({ disconnect: true }).`,
  )
}

async function clientsAtWork(control: TestControl): Promise<string[]> {
  const busy = control.inWork.map(({ api, clientId, peer }) => `${clientId || peer} waits for ${api}`)
  for (const groupId of await listGroups(control)) {
    const group = await describeGroup(control, groupId)
    for (const { memberId, clientId } of group?.members ?? [])
      if (control.isConnected(groupId, memberId)) busy.push(`${clientId || memberId} is in group ${groupId}`)
  }
  return busy
}
