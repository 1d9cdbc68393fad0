// A broker as it was before the first test.

import type { ConfigsImage } from '../metadata/configs-image.ts'
import { wipe } from './broker-state.ts'
import type { Machine } from './patience.ts'
import { requireIdle } from './require-idle.ts'
import type { TestControl } from './test-control.ts'

export interface ResetModules {
  readonly control: TestControl
  readonly machine: Machine
  /** What is set in a broker that has just started for the first time. */
  readonly configs: ConfigsImage
}

/** Rejects with an OttlaError that names the clients when some are at work; with `disconnect` they are cut off. */
export async function resetBroker(
  { control, machine, configs }: ResetModules,
  { disconnect }: { readonly disconnect: boolean },
): Promise<void> {
  control.faults.clear()
  if (disconnect) control.disconnectAll()
  await requireIdle(control, machine)
  await wipe(control, configs)
  control.time.setWallRight()
  control.requests.clear()
}
