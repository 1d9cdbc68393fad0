// The features this broker acts on, with the levels it can run at. Others that Kafka has are kept in the metadata
// log at the level they have there, and are not told to clients until they are served.

export const servedFeatures = [
  { name: 'eligible.leader.replicas.version', minVersion: 0, maxVersion: 1 },
  { name: 'kraft.version', minVersion: 0, maxVersion: 1 },
  { name: 'metadata.version', minVersion: 7, maxVersion: 30 },
] as const

export function isServedFeature(feature: string): boolean {
  return servedFeatures.some(({ name }) => name === feature)
}
