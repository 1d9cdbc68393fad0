// The topics that a request names, by name or id, whatever the API and version.

const topicLists = ['topics', 'topicData', 'topicNames', 'v3AndBelowTopics'] as const
const listsOfTopicLists = ['groups', 'transactions'] as const

/** APIs whose requests name topics. */
const topicApis: ReadonlySet<number> = new Set([
  0, 1, 2, 3, 8, 9, 19, 20, 21, 23, 24, 28, 37, 47, 61, 75, 78, 79,
])

type Fields = Readonly<Record<string, unknown>>

export function namesTopics(apiKey: number): boolean {
  return topicApis.has(apiKey)
}

/** In the order of the request; ids that `nameOf` does not know are left out. */
export function topicsOf(
  apiKey: number,
  request: object,
  nameOf: (id: string) => string | undefined,
): string[] {
  if (!namesTopics(apiKey)) return []
  const names = new Set<string>()
  collect(request as Fields, nameOf, names)
  return [...names]
}

/** The name of one entry of a list of topics. */
export function topicOf(entry: unknown, nameOf: (id: string) => string | undefined): string | undefined {
  if (typeof entry === 'string') return entry
  const { name, topic, topicId } = entry as Fields
  // Versions that name topics by id leave the name empty.
  return ((name || topic) as string | undefined) || nameOf(topicId as string)
}

function collect(fields: Fields, nameOf: (id: string) => string | undefined, names: Set<string>): void {
  for (const list of topicLists) {
    for (const entry of (fields[list] ?? []) as readonly unknown[]) {
      const name = topicOf(entry, nameOf)
      if (name !== undefined) names.add(name)
    }
  }
  for (const list of listsOfTopicLists)
    for (const inner of (fields[list] ?? []) as readonly Fields[]) collect(inner, nameOf, names)
}
