// What a broker does with a request that alters configs before the controller decides it: a broker's own configs
// are altered where they take effect, so only its own id is taken. Source: ConfigAdminManager.preprocess.

import { errors } from '../base/errors.ts'
import { configResourceTypes } from '../metadata/configs-image.ts'

interface Resource {
  readonly resourceType: number
  readonly resourceName: string
}

interface ResourceResponse extends Resource {
  readonly errorCode: number
  readonly errorMessage: string | null
}

export interface AlteredResources<T, R> {
  /** What the controller decides. */
  readonly remaining: T[]
  /** The answers to the others. */
  readonly refused: R[]
}

const brokerLoggerType = 8

export function preprocessResources<T extends Resource>(
  nodeId: number,
  resources: readonly T[],
): AlteredResources<T, ResourceResponse> {
  const remaining: T[] = []
  const refused: ResourceResponse[] = []
  for (const resource of resources) {
    const errorMessage = problem(nodeId, resource)
    const { resourceType, resourceName } = resource
    if (errorMessage === undefined) remaining.push(resource)
    else refused.push({ errorCode: errors.INVALID_REQUEST, errorMessage, resourceType, resourceName })
  }
  return { remaining, refused }
}

function problem(nodeId: number, { resourceType, resourceName }: Resource): string | undefined {
  if (resourceType === brokerLoggerType)
    return 'The levels of broker loggers are set when the broker starts, not while it runs.'
  if (resourceType !== configResourceTypes.broker || resourceName === '') return undefined
  if (resourceName === String(nodeId)) return undefined
  return `Broker ${nodeId} was asked to alter the configs of broker '${resourceName}'; ask that one.`
}
