// What a caller may do, as bit fields of Kafka's AclOperation codes. Without an authorizer a caller may do
// everything that exists for the kind of resource. Source: AclEntry.supportedOperations.

const operation = {
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  clusterAction: 9,
  describeConfigs: 10,
  alterConfigs: 11,
  idempotentWrite: 12,
} as const

/** The value for "not asked for". */
export const noOperations = -2147483648

export const topicOperations = bits(
  operation.read,
  operation.write,
  operation.create,
  operation.describe,
  operation.delete,
  operation.alter,
  operation.describeConfigs,
  operation.alterConfigs,
)

export const groupOperations = bits(
  operation.read,
  operation.describe,
  operation.delete,
  operation.describeConfigs,
  operation.alterConfigs,
)

export const clusterOperations = bits(
  operation.create,
  operation.clusterAction,
  operation.describeConfigs,
  operation.alterConfigs,
  operation.idempotentWrite,
  operation.alter,
  operation.describe,
)

function bits(...codes: number[]): number {
  return codes.reduce((field, code) => field | (1 << code), 0)
}
