// Which feature levels a release of Kafka begins with: metadata.version by its name or its release, and every other
// feature by the metadata.version from which on it is switched on (Feature.defaultLevel).

import {
  kraftVersionFeature,
  latestMetadataVersion,
  metadataVersionFeature,
  metadataVersionName,
} from './metadata-version.ts'

const metadataVersionMin = 7

/** `4.3-IV0`, as `featuresOfRelease` takes it. */
export const latestRelease = metadataVersionName(latestMetadataVersion)!

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

/**
 * Of the levels that a cluster begins with those that its records tell: the ones above 0; that of kraft.version stands
 * in the control records of the metadata log.
 */
export function recordedLevels(levels: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...levels].filter(([feature, level]) => level > 0 && feature !== kraftVersionFeature))
}

/** What the records of a new cluster tell when nothing else is asked for. */
export function newClusterFeatureLevels(): [feature: string, level: number][] {
  return [...recordedLevels(featuresOfRelease(latestRelease)!)]
}
