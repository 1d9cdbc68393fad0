// The log directories of a node that does not run: formatted ahead of its first start, and looked at
// (kafka-storage.sh). Which directories they are is what `start` with the same properties would use.

import type { BrokerConfig } from '../config/broker-config.ts'
import { type Disk, DiskError, type Env, type Outcome } from '../env/env.ts'
import { metadataVersionFeature, metadataVersionName } from '../metadata/metadata-version.ts'
import { randomUuid } from '../metadata/random-uuid.ts'
import { type FormatOptions, featureLevel, formatDirectories, type VoterEndpoint } from '../raft/format.ts'
import { type MetaProperties, readMetaProperties } from '../raft/meta-properties.ts'
import { type InitialController, initialController, initialFeatures, scramRecord } from './format-settings.ts'
import { type NodeSettings, nodeConfig } from './node-config.ts'

type StorageEnv = Pick<Env, 'disk' | 'clock' | 'random'>

export interface FormatSettings {
  /** Undefined: one is drawn, unless a directory has one. */
  readonly clusterId: string | undefined
  /** Pass over the directories that are formatted; else they are refused. */
  readonly ignoreFormatted: boolean
  /** The node is to be the sole voter of its quorum. */
  readonly isStandalone: boolean
  /** The same with its address and the id of its metadata directory: `1@host:9093:directoryId`. */
  readonly initialControllers?: string | undefined
  /** Whose levels the features begin with; the newest by default. */
  readonly releaseVersion?: string | undefined
  /** `name=level`, instead of the release's. */
  readonly features?: readonly string[] | undefined
  /** Credentials of users: `SCRAM-SHA-256=[name=alice,password=secret]`. */
  readonly scram?: readonly string[] | undefined
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
  choices: FormatSettings,
  env: StorageEnv,
): Promise<Outcome<FormattedStorage, string>> {
  const parsed = nodeConfig(settings)
  if (!parsed.ok) return { ok: false, error: parsed.message }
  const { config } = parsed
  const cluster = newCluster(config, choices, env)
  if (!cluster.ok) return cluster
  const directories = directoriesOf(config)
  return refusingDiskErrors(async () => {
    const formattedBefore = choices.ignoreFormatted ? undefined : await firstFormatted(env.disk, directories)
    if (formattedBefore !== undefined) {
      const wayOut = 'use --ignore-formatted to pass over it and format the others'
      return { ok: false, error: `log directory ${formattedBefore} is already formatted: ${wayOut}` }
    }
    const { metadataVersion, ...options } = cluster.value
    const metadataDirectory = config.metadataLogDirectory()
    const done = await formatDirectories(
      { directories, metadataDirectory, nodeId: config.int('node.id'), ...options },
      env,
    )
    if (!done.ok) return done
    const { clusterId, formatted } = done.value
    return { ok: true, value: { clusterId, metadataVersion, formatted } }
  })
}

type NewCluster = Pick<
  FormatOptions,
  'clusterId' | 'voterEndpoints' | 'bootstrapRecords' | 'metadataDirectoryId'
> & { readonly metadataVersion: string }

/** What the choices make of a new cluster. */
function newCluster(
  config: BrokerConfig,
  { clusterId, isStandalone, initialControllers, releaseVersion, features = [], scram = [] }: FormatSettings,
  { random }: StorageEnv,
): Outcome<NewCluster, string> {
  // Kafka takes any text; ids in use are not all of the canonical form.
  if (clusterId !== undefined && !/^[\w-]+$/.test(clusterId))
    return { ok: false, error: `cluster id "${clusterId}" is no id: take one from random-uuid` }
  const isStatic = config.isSet('controller.quorum.voters')
  if (isStatic && (isStandalone || initialControllers !== undefined)) {
    const flag = isStandalone ? '--standalone' : '--initial-controllers'
    const error = `${flag} is for a dynamic quorum, but controller.quorum.voters is set: leave out one of them`
    return { ok: false, error }
  }
  const controller =
    initialControllers === undefined
      ? undefined
      : initialController(initialControllers, config.int('node.id'))
  if (controller?.ok === false) return controller
  const levels = initialFeatures(releaseVersion, features)
  if (!levels.ok) return levels
  const metadataVersion = levels.value.get(metadataVersionFeature)!
  const bootstrapRecords = [...levels.value].map(([name, level]) => featureLevel(name, level))
  for (const text of scram) {
    const record = scramRecord(text, metadataVersion, random)
    if (!record.ok) return record
    bootstrapRecords.push(record.value)
  }
  return {
    ok: true,
    value: {
      clusterId,
      metadataVersion: metadataVersionName(metadataVersion)!,
      bootstrapRecords,
      voterEndpoints: isStatic ? undefined : voterEndpoints(config, controller?.value),
      ...(controller !== undefined && { metadataDirectoryId: controller.value.directoryId }),
    },
  }
}

function voterEndpoints(
  config: BrokerConfig,
  controller: InitialController | undefined,
): readonly VoterEndpoint[] {
  const endpoints = config.advertisedControllerListeners()
  if (controller === undefined) return endpoints
  const { host, port } = controller
  return endpoints.slice(0, 1).map(({ name }) => ({ name, host, port }))
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
