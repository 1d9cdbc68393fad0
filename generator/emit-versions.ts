// Version ranges as conditions in the generated code.

import { type Field, intersection, type Message, type VersionRange } from './schema.ts'

/**
 * A condition on `version` that holds in `range`, for code that runs in the versions of `scope` only;
 * undefined where it always holds.
 */
export function versionCondition(range: VersionRange, scope: VersionRange): string | undefined {
  const inner = intersection(range, scope)!
  const isFrom = inner.from > scope.from
  const isTo = inner.to < scope.to
  if (isFrom && isTo && inner.from === inner.to) return `version === ${inner.from}`
  if (isFrom && isTo) return `(version >= ${inner.from} && version <= ${inner.to})`
  if (isFrom) return `version >= ${inner.from}`
  if (isTo) return `version <= ${inner.to}`
  return undefined
}

/** The opposite of `versionCondition`. */
export function versionConditionNot(range: VersionRange, scope: VersionRange): string | undefined {
  const inner = intersection(range, scope)!
  const isFrom = inner.from > scope.from
  const isTo = inner.to < scope.to
  if (isFrom && isTo) return `(version < ${inner.from} || version > ${inner.to})`
  if (isFrom) return `version < ${inner.from}`
  if (isTo) return `version > ${inner.to}`
  return undefined
}

/** Whether the versions of `scope` are flexible: 'true', 'false', or the variable `flexible` where it depends. */
export function flexibleExpression(message: Message, scope: VersionRange, field?: Field): string {
  if (field?.isInflexible === true || scope.to < message.flexibleFrom) return 'false'
  return scope.from >= message.flexibleFrom ? 'true' : 'flexible'
}

/** Declares the variable `flexible` if `body` reads it. */
export function withFlexible(message: Message, body: readonly string[]): string[] {
  const isRead = body.some((line) => /\bflexible\b/.test(line))
  return isRead ? [`const flexible = version >= ${message.flexibleFrom}`, ...body] : [...body]
}
