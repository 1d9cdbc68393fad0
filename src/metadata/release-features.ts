// Which feature levels a release of Kafka begins with: metadata.version by its name or its release, and every other
// feature by the metadata.version from which on it is switched on (Feature.defaultLevel).

import {
  kraftVersionFeature,
  latestMetadataVersion,
  metadataVersionFeature,
  metadataVersionName,
} from './metadata-version.ts'

const metadataVersionMin = 7

/** Levels with the metadata.version they come with, lowest first. */
const beginnings: readonly (readonly [feature: string, level: number, since: string])[] = [
  ['eligible.leader.replicas.version', 1, '4.1-IV0'],
  ['group.version', 1, '4.0-IV0'],
  [kraftVersionFeature, 1, '3.9-IV0'],
  ['share.version', 1, '4.2-IV0'],
  ['streams.version', 1, '4.2-IV1'],
  ['transaction.version', 2, '4.0-IV2'],
]

/** The level of `4.3-IV0`, or the newest of release `4.3`; undefined where there is none. */
function metadataVersionLevel(text: string): number | undefined {
  for (let level = latestMetadataVersion; level >= metadataVersionMin; level--) {
    const name = metadataVersionName(level)
    if (name === text || name?.startsWith(`${text}-`)) return level
  }
  return undefined
}

/** The level that `text` means: a number, of metadata.version its name too; undefined where it is neither. */
export function featureLevelOf(feature: string, text: string): number | undefined {
  if (/^\d{1,5}$/.test(text)) return Number(text)
  return feature === metadataVersionFeature ? metadataVersionLevel(text) : undefined
}

/** Level by feature, also those that are 0 in that release. */
export function featuresOfRelease(release: string): Map<string, number> | undefined {
  const metadataVersion = metadataVersionLevel(release)
  if (metadataVersion === undefined) return undefined
  const others = beginnings.map(([feature, level, since]) => {
    const isThere = metadataVersion >= metadataVersionLevel(since)!
    return [feature, isThere ? level : 0] as const
  })
  return new Map([[metadataVersionFeature, metadataVersion], ...others])
}

/** The finalized levels of a new cluster; kraft.version is the quorum's, which does not keep it among them. */
export const newClusterFeatureLevels: readonly (readonly [string, number])[] = [
  ...featuresOfRelease(metadataVersionName(latestMetadataVersion)!)!,
].filter(([feature]) => feature !== kraftVersionFeature)
