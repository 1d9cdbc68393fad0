// Where `--reset-offsets` moves a group to, read from the flags.

import type { GroupsFlags } from './groups-command.ts'

export type ResetTarget =
  | { readonly to: 'earliest' | 'latest' | 'current' }
  | { readonly to: 'offset'; readonly offset: number }
  | { readonly to: 'shift'; readonly by: number }
  | { readonly to: 'datetime'; readonly text: string }
  | { readonly to: 'duration'; readonly text: string }
  | { readonly to: 'file'; readonly path: string }

export interface PlannedOffset {
  readonly group: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** All that are given; one is right. */
export function resetTargets(flags: GroupsFlags): ResetTarget[] {
  const targets: (ResetTarget | undefined)[] = [
    flags.toEarliest ? { to: 'earliest' } : undefined,
    flags.toLatest ? { to: 'latest' } : undefined,
    flags.toCurrent ? { to: 'current' } : undefined,
    flags.toOffset === undefined ? undefined : { to: 'offset', offset: flags.toOffset },
    flags.shiftBy === undefined ? undefined : { to: 'shift', by: flags.shiftBy },
    flags.toDatetime === undefined ? undefined : { to: 'datetime', text: flags.toDatetime },
    flags.byDuration === undefined ? undefined : { to: 'duration', text: flags.byDuration },
    flags.fromFile === undefined ? undefined : { to: 'file', path: flags.fromFile },
  ]
  return targets.filter((target) => target !== undefined)
}

/** Milliseconds since 1970 of Kafka's YYYY-MM-DDTHH:mm:SS.sss, UTC unless it ends in a zone. */
export function parseDatetime(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(
    text.trim(),
  )
  if (match === null) return undefined
  const zone = /^[+-]\d\d$/.test(match[2] ?? '') ? `${match[2]}:00` : (match[2] ?? 'Z')
  const timestamp = Date.parse(`${match[1]}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`)
  return Number.isNaN(timestamp) ? undefined : timestamp
}

/** Milliseconds of an ISO 8601 duration of days, hours, minutes and seconds. */
export function parseDuration(text: string): number | undefined {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i.exec(text.trim())
  if (match === null || match.slice(1).every((part) => part === undefined)) return undefined
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0))
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)
}

/** Lines of `topic,partition,offset`, or with the group in front; undefined for a line of another form. */
export function parsePlan(text: string, groups: readonly string[]): PlannedOffset[] | undefined {
  const plan: PlannedOffset[] = []
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue
    const fields = line.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1'))
    const [group, topic, partition, offset] = fields.length === 3 ? [groups[0], ...fields] : fields
    const isNamed = group !== undefined && topic !== undefined && fields.length <= 4
    if (!isNamed || !/^\d+$/.test(partition ?? '') || !/^\d+$/.test(offset ?? '')) return undefined
    plan.push({ group, topic, partition: Number(partition), offset: Number(offset) })
  }
  return plan
}

/** The same form, for `--export`. */
export function formatPlan(plan: readonly PlannedOffset[], withGroup: boolean): string {
  return plan
    .map(
      ({ group, topic, partition, offset }) =>
        `${withGroup ? `${group},` : ''}${topic},${partition},${offset}\n`,
    )
    .join('')
}
