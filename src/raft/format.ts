// The log directories of a node: formatted on first start, checked on every other. There is no set-up step.
//
// Formatting writes, per directory, `bootstrap.checkpoint` (the features a new cluster starts with), in the
// metadata directory of a dynamic quorum the snapshot that names this node its voter, and `meta.properties`
// last: a directory with it is formatted whole. A directory that joins formatted ones gets their cluster id.

import { dirname } from 'node:path'
import type { Clock, Disk, Outcome, Random } from '../env/env.ts'
import { readWholeFile, replaceFile } from '../log/files.ts'
import { latestMetadataVersion, metadataVersionFeature } from '../metadata/metadata-version.ts'
import { randomUuid } from '../metadata/random-uuid.ts'
import { newClusterFeatureLevels } from '../metadata/release-features.ts'
import { encodeMetadataRecord, type MetadataRecord } from '../protocol/metadata-records.ts'
import { type QuorumRecords, staticQuorum } from './control-records.ts'
import { type MetaProperties, readMetaProperties, writeMetaProperties } from './meta-properties.ts'
import { bootstrapSnapshotId, decodeSnapshot, snapshotBatches, snapshotFileName } from './snapshot-file.ts'

/** The directory of `__cluster_metadata-0` within the metadata log directory. */
export const metadataLogDirectoryName = '__cluster_metadata-0'

const bootstrapFileName = 'bootstrap.checkpoint'

export interface VoterEndpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}

export interface FormatOptions {
  /** `log.dirs` and `metadata.log.dir`, each once. */
  readonly directories: readonly string[]
  /** The one that holds the metadata log. */
  readonly metadataDirectory: string
  readonly nodeId: number
  /** Asked for by the operator; without it a new cluster draws one. */
  readonly clusterId?: string | undefined
  /** Controller listeners of a dynamic quorum of this node; undefined where `controller.quorum.voters` is set. */
  readonly voterEndpoints: readonly VoterEndpoint[] | undefined
  /** What a new cluster begins with; by default the newest levels and nothing else. */
  readonly bootstrapRecords?: readonly MetadataRecord[]
  /** The id of the metadata directory; one is drawn when none is given. */
  readonly metadataDirectoryId?: string
}

export interface FormatModules {
  readonly disk: Disk
  readonly random: Random
  readonly clock: Clock
}

export interface FormattedDirectories {
  readonly clusterId: string
  /** By directory. */
  readonly directoryIds: ReadonlyMap<string, string>
  /** Directories that this call formatted. */
  readonly formatted: readonly string[]
}

/** Formats what is not, checks what is. Refusals name the two values and the way out; rejects with DiskError. */
export async function formatDirectories(
  options: FormatOptions,
  modules: FormatModules,
): Promise<Outcome<FormattedDirectories, string>> {
  const found = new Map<string, MetaProperties>()
  for (const directory of options.directories) {
    await modules.disk.makeDirectory(directory)
    const properties = await readMetaProperties(modules.disk, directory)
    if (!properties.ok) return properties
    if (properties.value !== undefined) found.set(directory, properties.value)
  }
  const problem = conflict(options, found) ?? (await unclaimedLog(options, found, modules.disk))
  if (problem !== undefined) return { ok: false, error: problem }
  const [first] = found.values()
  const clusterId = first?.clusterId ?? options.clusterId ?? randomUuid(modules.random)
  const directoryIds = new Map([...found].map(([directory, { directoryId }]) => [directory, directoryId]))
  const formatted = options.directories.filter((directory) => !found.has(directory))
  for (const directory of formatted) {
    // Or a power loss could take the directory with all that is durable in it.
    await modules.disk.syncDirectory(dirname(directory))
    const given = directory === options.metadataDirectory ? options.metadataDirectoryId : undefined
    const directoryId = given ?? randomUuid(modules.random)
    await formatDirectory(directory, { clusterId, nodeId: options.nodeId, directoryId }, options, modules)
    directoryIds.set(directory, directoryId)
  }
  return { ok: true, value: { clusterId, directoryIds, formatted } }
}

/** The records that a new cluster starts with; of a directory without the file, the newest metadata.version. */
export async function readBootstrapRecords(
  disk: Disk,
  directory: string,
): Promise<Outcome<readonly MetadataRecord[], string>> {
  const path = `${directory}/${bootstrapFileName}`
  const bytes = await readWholeFile(disk, path)
  if (bytes === undefined) {
    return { ok: true, value: [featureLevel(metadataVersionFeature, latestMetadataVersion)] }
  }
  const snapshot = decodeSnapshot(bytes)
  if (!snapshot.ok) return { ok: false, error: `${path} cannot be read: ${snapshot.error}` }
  return { ok: true, value: snapshot.value.records }
}

function conflict(options: FormatOptions, found: ReadonlyMap<string, MetaProperties>): string | undefined {
  const { nodeId, clusterId, metadataDirectory } = options
  const [first] = found
  if (first === undefined) return undefined
  const [firstDirectory, { clusterId: firstClusterId }] = first
  const owners = new Map<string, string>()
  for (const [directory, properties] of found) {
    const belongs = (whose: string): string => `${directory} belongs to ${whose}`
    if (properties.nodeId !== nodeId) {
      const wayOut = `set node.id=${properties.nodeId} or use another directory`
      return belongs(`node ${properties.nodeId}, this is node ${nodeId}: ${wayOut}.`)
    }
    if (clusterId !== undefined && properties.clusterId !== clusterId) {
      const wayOut = 'use that id or another directory'
      return belongs(`cluster ${properties.clusterId}, asked for is ${clusterId}: ${wayOut}.`)
    }
    if (properties.clusterId !== firstClusterId) {
      const wayOut = 'take one of them out of log.dirs'
      return belongs(`cluster ${properties.clusterId}, ${firstDirectory} to ${firstClusterId}: ${wayOut}.`)
    }
    const owner = owners.get(properties.directoryId)
    if (owner !== undefined) {
      const wayOut = 'one is a copy, take it out of log.dirs'
      return `${directory} and ${owner} have the same directory.id ${properties.directoryId}: ${wayOut}.`
    }
    owners.set(properties.directoryId, directory)
  }
  if (found.has(metadataDirectory)) return undefined
  const wayOut = `bring it back, or set metadata.log.dir to the directory that holds ${metadataLogDirectoryName}`
  return `${metadataDirectory} is not formatted while ${firstDirectory} is, so its metadata log is lost: ${wayOut}.`
}

/** A metadata log without `meta.properties` is somebody's data, not a new directory. */
async function unclaimedLog(
  { directories }: FormatOptions,
  found: ReadonlyMap<string, MetaProperties>,
  disk: Disk,
): Promise<string | undefined> {
  for (const directory of directories) {
    if (found.has(directory)) continue
    const logs = (await disk.list(directory)).filter(({ name }) => name === metadataLogDirectoryName)
    for (const { name } of logs) {
      const files = await disk.list(`${directory}/${name}`)
      if (!files.some((file) => file.name.endsWith('.log'))) continue
      return `${directory} holds a metadata log but no meta.properties: restore that file, or use another directory.`
    }
  }
  return undefined
}

async function formatDirectory(
  directory: string,
  properties: MetaProperties,
  options: FormatOptions,
  { disk, clock }: FormatModules,
): Promise<void> {
  const timestampMs = clock.wallMs()
  const snapshot = (quorum: QuorumRecords, records: readonly MetadataRecord[]): Uint8Array =>
    joined(
      snapshotBatches({
        epoch: bootstrapSnapshotId.epoch,
        quorum,
        values: records.map((record) => encodeMetadataRecord(record)),
        lastContainedLogTimestampMs: 0,
        timestampMs,
      }),
    )
  const records =
    options.bootstrapRecords ?? newClusterFeatureLevels().map(([name, level]) => featureLevel(name, level))
  await replaceFile(disk, directory, bootstrapFileName, snapshot(staticQuorum, records))
  const { voterEndpoints } = options
  if (directory === options.metadataDirectory && voterEndpoints !== undefined) {
    const logDirectory = `${directory}/${metadataLogDirectoryName}`
    await disk.makeDirectory(logDirectory)
    const quorum = soleVoter(properties, voterEndpoints)
    await replaceFile(disk, logDirectory, snapshotFileName(bootstrapSnapshotId), snapshot(quorum, []))
  }
  await writeMetaProperties(disk, directory, properties)
}

function soleVoter(
  { nodeId, directoryId }: MetaProperties,
  endpoints: readonly VoterEndpoint[],
): QuorumRecords {
  const voter = {
    voterId: nodeId,
    voterDirectoryId: directoryId,
    endpoints: endpoints.map(({ name, host, port }) => ({ name, host, port })),
    kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
  }
  return { kraftVersion: 1, voters: { version: 0, voters: [voter] } }
}

export function featureLevel(name: string, level: number): MetadataRecord {
  return { name: 'FeatureLevelRecord', value: { name, featureLevel: level } }
}

function joined(chunks: Iterable<Uint8Array>): Uint8Array {
  return new Uint8Array(Buffer.concat([...chunks]))
}
