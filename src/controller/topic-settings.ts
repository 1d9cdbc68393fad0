// The value of a setting for one topic as the controller sees it: the topic's own, the cluster's dynamic
// default, the static one.

import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { StaticConfig } from './config-rules.ts'

export function topicInt(
  image: MetadataImage,
  staticConfig: StaticConfig,
  topic: string,
  name: string,
): number {
  const value = dynamicValue(image, topic, name)
  return value === undefined ? staticConfig.int(name) : Number(value)
}

export function topicBoolean(
  image: MetadataImage,
  staticConfig: StaticConfig,
  topic: string,
  name: string,
): boolean {
  const value = dynamicValue(image, topic, name)
  return value === undefined ? staticConfig.boolean(name) : value.trim().toLowerCase() === 'true'
}

function dynamicValue(image: MetadataImage, topic: string, name: string): string | undefined {
  return image.configs.for('topic', topic).get(name) ?? image.configs.for('broker', '').get(name)
}
