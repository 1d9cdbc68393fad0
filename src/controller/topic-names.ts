// The rules for topic names (`Topic.validate`): Kafka stores a topic's data in directories named after it.

const nameLengthMax = 249
const legalName = /^[a-zA-Z0-9._-]+$/

/** The topic that holds the metadata itself; it is nobody's to create. */
export const clusterMetadataTopic = '__cluster_metadata'

/** Why `name` cannot name a topic; undefined when it can. */
export function topicNameProblem(name: string): string | undefined {
  if (name === '') return 'A topic name cannot be empty.'
  if (name === '.' || name === '..') return `Topic name '${name}' is reserved for directories.`
  if (name.length > nameLengthMax) {
    return `Topic name is ${name.length} characters long, the limit is ${nameLengthMax}: '${name}'.`
  }
  if (!legalName.test(name)) {
    return `Topic name '${name}' holds characters other than ASCII letters, digits, '.', '_' and '-'.`
  }
  return undefined
}
