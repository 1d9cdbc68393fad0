// The features of a cluster and their levels as Kafka 4.3 knows them (`MetadataVersion`, `Feature`): names,
// ranges that this program supports, and which levels of metadata.version changed the records, because stepping
// back over such a level would lose data. What a cluster begins with is told in release-features.ts.

import type { FeatureRange } from './broker-image.ts'

export const metadataVersionFeature = 'metadata.version'
export const kraftVersionFeature = 'kraft.version'

/** metadata.version 4.3-IV0, the newest that this program writes. */
export const latestMetadataVersion = 30

/** 3.5-IV2, the first with records for credentials of users. */
export const scramMetadataVersionMin = 11

interface MetadataVersionLevel {
  readonly name: string
  /** Whether the records of the log differ from the level before. */
  readonly changesMetadata: boolean
}

/** By level. Levels below 7 ended with Kafka 3.3. */
const levels: ReadonlyMap<number, MetadataVersionLevel> = new Map(
  [
    '3.3-IV3*',
    '3.4-IV0*',
    '3.5-IV0',
    '3.5-IV1',
    '3.5-IV2*',
    '3.6-IV0',
    '3.6-IV1*',
    '3.6-IV2*',
    '3.7-IV0*',
    '3.7-IV1',
    '3.7-IV2*',
    '3.7-IV3',
    '3.7-IV4',
    '3.8-IV0',
    '3.9-IV0',
    '4.0-IV0',
    '4.0-IV1*',
    '4.0-IV2',
    '4.0-IV3',
    '4.1-IV0',
    '4.1-IV1',
    '4.2-IV0',
    '4.2-IV1',
    '4.3-IV0*',
  ].map((name, index) => [index + 7, { name: name.replace('*', ''), changesMetadata: name.endsWith('*') }]),
)

/** Ranges that a broker and a controller of this program register with, sorted by name. */
export const supportedFeatures: readonly FeatureRange[] = [
  { name: 'eligible.leader.replicas.version', minSupportedVersion: 0, maxSupportedVersion: 1 },
  { name: 'group.version', minSupportedVersion: 0, maxSupportedVersion: 1 },
  { name: 'kraft.version', minSupportedVersion: 0, maxSupportedVersion: 1 },
  { name: metadataVersionFeature, minSupportedVersion: 7, maxSupportedVersion: latestMetadataVersion },
  { name: 'share.version', minSupportedVersion: 0, maxSupportedVersion: 1 },
  { name: 'streams.version', minSupportedVersion: 0, maxSupportedVersion: 1 },
  { name: 'transaction.version', minSupportedVersion: 0, maxSupportedVersion: 2 },
]

/** Lowest metadata.version for a feature level, where there is one. */
export const featureDependencies: ReadonlyMap<string, number> = new Map([
  ['eligible.leader.replicas.version:1', 23],
])

export function metadataVersionName(level: number): string | undefined {
  return levels.get(level)?.name
}

/** Whether going from `from` down to `to` gives up a level that changed the records. */
export function downgradeLosesMetadata(from: number, to: number): boolean {
  for (let level = to + 1; level <= from; level++) if (levels.get(level)?.changesMetadata) return true
  return false
}
