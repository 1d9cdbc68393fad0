// The log directories of a node that does not run: formatted ahead of its first start, and looked at
// (kafka-storage.sh). Which directories they are is what `start` with the same properties would use.

import type { BrokerConfig } from '../config/broker-config.ts'
import { type Disk, DiskError, type Env, type Outcome } from '../env/env.ts'
import { latestMetadataVersion, metadataVersionName } from '../metadata/metadata-version.ts'
import { randomUuid } from '../metadata/random-uuid.ts'
import { formatDirectories } from '../raft/format.ts'
import { type MetaProperties, readMetaProperties } from '../raft/meta-properties.ts'
import { type NodeSettings, nodeConfig } from './node-config.ts'

type StorageEnv = Pick<Env, 'disk' | 'clock' | 'random'>

export interface FormatSettings {
  /** Undefined: one is drawn, unless a directory has one. */
  readonly clusterId: string | undefined
  /** Pass over the directories that are formatted; else they are refused. */
  readonly ignoreFormatted: boolean
  /** The node is to be the sole voter of its quorum. */
  readonly isStandalone: boolean
}

export interface FormattedStorage {
  readonly clusterId: string
  readonly metadataVersion: string
  /** Those that were not formatted before. */
  readonly formatted: readonly string[]
}

export interface StorageInfo {
  readonly directories: readonly string[]
  /** Of the first directory that has it. */
  readonly metadata: MetaProperties | undefined
  readonly problems: readonly string[]
}

export async function formatStorage(
  settings: NodeSettings,
  { clusterId, ignoreFormatted, isStandalone }: FormatSettings,
  env: StorageEnv,
): Promise<Outcome<FormattedStorage, string>> {
  const parsed = nodeConfig(settings)
  if (!parsed.ok) return { ok: false, error: parsed.message }
  const { config } = parsed
  // Kafka takes any text; ids in use are not all of the canonical form.
  if (clusterId !== undefined && !/^[\w-]+$/.test(clusterId))
    return { ok: false, error: `cluster id "${clusterId}" is no id: take one from random-uuid` }
  const isStatic = config.isSet('controller.quorum.voters')
  if (isStatic && isStandalone) {
    const error =
      '--standalone is for a dynamic quorum, but controller.quorum.voters is set: leave out one of them'
    return { ok: false, error }
  }
  const directories = directoriesOf(config)
  return refusingDiskErrors(async () => {
    const formattedBefore = ignoreFormatted ? undefined : await firstFormatted(env.disk, directories)
    if (formattedBefore !== undefined) {
      const wayOut = 'use --ignore-formatted to pass over it and format the others'
      return { ok: false, error: `log directory ${formattedBefore} is already formatted: ${wayOut}` }
    }
    const done = await formatDirectories(
      {
        directories,
        metadataDirectory: config.metadataLogDirectory(),
        nodeId: config.int('node.id'),
        clusterId,
        voterEndpoints: isStatic ? undefined : config.advertisedControllerListeners(),
      },
      env,
    )
    if (!done.ok) return done
    const metadataVersion = metadataVersionName(latestMetadataVersion)!
    const { formatted } = done.value
    return { ok: true, value: { clusterId: done.value.clusterId, metadataVersion, formatted } }
  })
}

export async function storageInfo(
  settings: NodeSettings,
  { disk }: Pick<Env, 'disk'>,
): Promise<Outcome<StorageInfo, string>> {
  const parsed = nodeConfig(settings)
  if (!parsed.ok) return { ok: false, error: parsed.message }
  const found = new Map<string, MetaProperties | undefined>()
  const problems: string[] = []
  for (const directory of directoriesOf(parsed.config).toSorted()) {
    const looked = await refusingDiskErrors(async () => {
      await disk.list(directory)
      return readMetaProperties(disk, directory)
    })
    if (!looked.ok) {
      problems.push(looked.error)
      continue
    }
    found.set(directory, looked.value)
    if (looked.value === undefined) problems.push(`${directory} is not formatted.`)
  }
  const all = [...found.values()].filter((metadata) => metadata !== undefined)
  if (new Set(all.map(({ clusterId }) => clusterId)).size > 1)
    problems.push('Mismatched cluster IDs between storage directories.')
  if (new Set(all.map(({ nodeId }) => nodeId)).size > 1)
    problems.push('Mismatched node IDs between storage directories.')
  return { ok: true, value: { directories: [...found.keys()], metadata: all[0], problems } }
}

/** A fresh id for a cluster. */
export function drawUuid({ random }: Pick<Env, 'random'>): string {
  return randomUuid(random)
}

function directoriesOf(config: BrokerConfig): string[] {
  return [...new Set([...config.logDirectories(), config.metadataLogDirectory()])]
}

async function firstFormatted(disk: Disk, directories: readonly string[]): Promise<string | undefined> {
  for (const directory of directories) {
    // What cannot be read is refused with its reason when it is to be formatted.
    const found = await readMetaProperties(disk, directory)
    if (found.ok && found.value !== undefined) return directory
  }
  return undefined
}

async function refusingDiskErrors<T>(run: () => Promise<Outcome<T, string>>): Promise<Outcome<T, string>> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
    const problems = { 'not-found': 'does not exist', 'not-a-directory': 'is not a directory' } as const
    const known = error.kind in problems ? problems[error.kind as keyof typeof problems] : undefined
    return { ok: false, error: known === undefined ? error.message : `${error.path} ${known}` }
  }
}
