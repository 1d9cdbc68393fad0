// `.kafka_cleanshutdown`: written last at a clean stop, read and removed first at a start. While it is missing,
// nothing behind the recovery points is believed. It carries the broker's epoch, by which the controller
// learns that the broker lost nothing (KIP-966, PreviousBrokerEpoch).

import type { Disk } from '../env/env.ts'
import { readTextFile, replaceFile } from './files.ts'

const name = '.kafka_cleanshutdown'

/** The broker epoch of the marker (-1 when it names none), or undefined when the stop was not clean. */
export async function takeCleanShutdownMarker(disk: Disk, directory: string): Promise<number | undefined> {
  const text = await readTextFile(disk, `${directory}/${name}`)
  if (text === undefined) return undefined
  await disk.remove(`${directory}/${name}`)
  await disk.syncDirectory(directory)
  const epoch = /"brokerEpoch"\s*:\s*(-?\d+)/.exec(text)?.[1]
  return epoch === undefined ? -1 : Number(epoch)
}

export async function writeCleanShutdownMarker(
  disk: Disk,
  directory: string,
  brokerEpoch: number,
): Promise<void> {
  await replaceFile(disk, directory, name, `{"version":0,"brokerEpoch":${brokerEpoch}}`)
}
