// UpdateFeatures (API 57): finalized feature levels go up when every broker and controller supports them, and
// down only where no records would be lost. All updates of a request are applied, or none.

import { errors } from '../base/errors.ts'
import type { FeatureRange } from '../metadata/broker-image.ts'
import { configResourceTypes } from '../metadata/configs-image.ts'
import { eligibleLeaderReplicasFeature, type MetadataImage } from '../metadata/metadata-image.ts'
import {
  downgradeLosesMetadata,
  featureDependencies,
  kraftVersionFeature,
  metadataVersionFeature,
  metadataVersionName,
  supportedFeatures,
} from '../metadata/metadata-version.ts'
import type {
  FeatureUpdateKey,
  UpdateFeaturesRequest,
} from '../protocol/generated/update-features-request.ts'
import type { UpdateFeaturesResponse } from '../protocol/generated/update-features-response.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import type { StaticConfig } from './config-rules.ts'
import { type Decision, noError } from './decision.ts'

const minInsyncReplicas = 'min.insync.replicas'

/** `upgradeType` of a request (`FeatureUpdate.UpgradeType`); 0 is unknown. */
const upgradeType = { upgrade: 1, safeDowngrade: 2, unsafeDowngrade: 3 } as const

/** `kraftVersion` is the level that the log itself runs at. */
export function decideUpdateFeatures(
  image: MetadataImage,
  staticConfig: StaticConfig,
  kraftVersion: number,
  request: UpdateFeaturesRequest,
): Decision<UpdateFeaturesResponse> {
  // Of updates of one feature the last counts.
  const updates = [...new Map(request.featureUpdates.map((update) => [update.feature, update])).values()]
  const proposed = new Map(updates.map((update) => [update.feature, update.maxVersionLevel]))
  for (const update of updates) {
    const problem = updateProblem(image, kraftVersion, update, proposed)
    if (problem === undefined) continue
    const errorMessage = `Feature ${update.feature} cannot be set to level ${update.maxVersionLevel}: ${problem}`
    const response = {
      throttleTimeMs: 0,
      errorCode: errors.INVALID_UPDATE_VERSION,
      errorMessage,
      results: [],
    }
    return { records: [], response, atomic: true }
  }
  const records = updates
    // Its level is a control record of the log.
    .filter(({ feature }) => feature !== kraftVersionFeature)
    .map(
      ({ feature, maxVersionLevel }): MetadataRecord => ({
        name: 'FeatureLevelRecord',
        value: { name: feature, featureLevel: maxVersionLevel },
      }),
    )
  const keepsElr = (proposed.get(eligibleLeaderReplicasFeature) ?? 0) > 0
  const safety = keepsElr ? oneMinInsyncReplicas(image, staticConfig) : []
  const results = request.featureUpdates.map(({ feature }) => ({
    feature,
    errorCode: errors.NONE,
    // The text that Kafka has for no error.
    errorMessage: 'NONE',
  }))
  return {
    records: request.validateOnly ? [] : [...safety, ...records],
    response: { throttleTimeMs: 0, ...noError, results },
    atomic: true,
  }
}

/** Who is eligible depends on one min.insync.replicas for all brokers (`maybeGenerateElrSafetyRecords`). */
function oneMinInsyncReplicas({ configs }: MetadataImage, staticConfig: StaticConfig): MetadataRecord[] {
  const config = (resourceName: string, value: string | null): MetadataRecord => ({
    name: 'ConfigRecord',
    value: { resourceType: configResourceTypes.broker, resourceName, name: minInsyncReplicas, value },
  })
  const ofAll = configs.for('broker', '').has(minInsyncReplicas)
    ? []
    : [config('', String(staticConfig.int(minInsyncReplicas)))]
  const ofOne = [...configs.all()].filter(
    (resource) =>
      resource.type === 'broker' && resource.name !== '' && resource.configs.has(minInsyncReplicas),
  )
  return [...ofAll, ...ofOne.map(({ name }) => config(name, null))]
}

function updateProblem(
  image: MetadataImage,
  kraftVersion: number,
  update: FeatureUpdateKey,
  proposed: ReadonlyMap<string, number>,
): string | undefined {
  const { feature, maxVersionLevel: level } = update
  const types: readonly number[] = Object.values(upgradeType)
  if (!types.includes(update.upgradeType)) return `upgrade type ${update.upgradeType} is unknown.`
  if (level < 0) return 'a level cannot be below 0.'
  const unsupported = unsupportedBy(image, feature, level)
  if (unsupported !== undefined) return unsupported
  const current = finalizedLevel(image, kraftVersion, feature)
  if (level < current && update.upgradeType === upgradeType.upgrade) {
    return `its level is ${current}, and going down takes a safe or unsafe downgrade.`
  }
  if (level > current && update.upgradeType !== upgradeType.upgrade) {
    return `its level is ${current}, so this is no downgrade.`
  }
  if (feature === kraftVersionFeature && level !== current)
    return 'the quorum does not change its version here.'
  if (feature === metadataVersionFeature) return metadataDowngradeProblem(current, level)
  const needed = featureDependencies.get(`${feature}:${level}`) ?? 0
  const metadataVersion = proposed.get(metadataVersionFeature) ?? image.features.metadataVersion
  if (metadataVersion >= needed) return undefined
  return `it needs ${metadataVersionFeature} ${needed}, the cluster has ${metadataVersion}.`
}

function metadataDowngradeProblem(current: number, level: number): string | undefined {
  if (level >= current || !downgradeLosesMetadata(current, level)) return undefined
  const [from, to] = [metadataVersionName(current), metadataVersionName(level)]
  return `going from ${from} to ${to} would lose metadata.`
}

function unsupportedBy(image: MetadataImage, feature: string, level: number): string | undefined {
  if (!supportedFeatures.some(({ name }) => name === feature)) return 'the feature is not known.'
  const members: (readonly [string, readonly FeatureRange[]])[] = [
    ['this controller', supportedFeatures],
    ...[...image.brokers.values()].map((broker) => [`broker ${broker.id}`, broker.features] as const),
    ...[...image.controllers.values()].map(
      (controller) => [`controller ${controller.id}`, controller.features] as const,
    ),
  ]
  for (const [member, features] of members) {
    const range = features.find(({ name }) => name === feature)
    if (range === undefined && level > 0) return `${member} does not know the feature.`
    if (range === undefined) continue
    // Level 0 switches a feature off, whatever the lowest level that has a meaning.
    const { minSupportedVersion: min, maxSupportedVersion: max } = range
    if (level > max || (level < min && feature === metadataVersionFeature)) {
      return `${member} supports levels ${min} to ${max}.`
    }
  }
  return undefined
}

function finalizedLevel(image: MetadataImage, kraftVersion: number, feature: string): number {
  if (feature === kraftVersionFeature) return kraftVersion
  if (feature === metadataVersionFeature) return image.features.metadataVersion
  return image.features.finalized.get(feature) ?? 0
}
