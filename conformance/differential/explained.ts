// Where Ottla means to differ from Apache Kafka: every comparison leaves these out, and docs/compatibility.md lists them.

export interface Explained {
  /** The label of the case or the text of the request. */
  readonly where: RegExp
  /** A line of the difference: `path: Ottla | Apache Kafka`. */
  readonly line: RegExp
  readonly why: string
  /** Where one line is meant, the whole answer is. */
  readonly isWhole?: true
}

export const explained: readonly Explained[] = [
  {
    where: /Request \d+: \{/,
    line: /^\.?.*errorCode: .* \| -1$/,
    why: 'Where Kafka fails over a request with UNKNOWN_SERVER_ERROR, Ottla says what is wrong with it.',
    isWhole: true,
  },
  {
    where: /^(?:Describe|Create|Delete)AclsRequest/,
    line: /SECURITY_DISABLED|errorCode":54.*the broker closed the connection/,
    why: 'ACLs of unknown types: Kafka closes the connection; Ottla answers SECURITY_DISABLED, as to all of them.',
  },
  {
    where: /odd: null$/,
    line: /^/,
    why: 'A batch of null: Kafka does not answer; Ottla says INVALID_RECORD.',
  },
  {
    where: /torn|as codec [1-4]|length 2147483647/,
    line: /errorCode/,
    why: 'Records that do not decompress: INVALID_RECORD says more than UNKNOWN_SERVER_ERROR.',
  },
  {
    where: /as codec [567]$/,
    line: /errorCode/,
    why: 'An unknown codec: UNSUPPORTED_COMPRESSION_TYPE says more than UNKNOWN_SERVER_ERROR.',
  },
  {
    where: /negative bytes|unknown isolation/,
    line: /^/,
    why: 'Negative byte limits and unknown isolation levels are served as 0 and read_uncommitted, not as UNKNOWN_SERVER_ERROR.',
  },
  {
    where: /twice to one partition/,
    line: /^/,
    why: 'Two batches for one partition in a request: both are stored and answered; Kafka drops the first in silence.',
  },
  {
    where: /^api versions|^ApiVersionsRequest/,
    line: /Features|apiKeys/,
    why: 'ApiVersions tells what this broker serves: see not-done.md.',
  },
  {
    where: /^wire: .*(client id|bytes after it)|metadata 1 with count/,
    line: /^/,
    why: 'Answers to odd frames list what each broker has.',
  },
  {
    where: /^MetadataRequest 1[23]: (a null name|.*name: null)/,
    line: /errorCode: 42 \| -1/,
    why: 'A null topic name in Metadata: INVALID_REQUEST says more than UNKNOWN_SERVER_ERROR.',
  },
]

/** What is left of a difference, and why the rest is meant. */
export function explain(
  where: string,
  lines: readonly string[],
): { lines: readonly string[]; reasons: string[] } {
  const fitting = explained.filter((each) => each.where.test(where))
  const reasons = new Set<string>()
  const left = lines.filter((line) => {
    const why = fitting.find((each) => each.line.test(line))?.why
    if (why !== undefined) reasons.add(why)
    return why === undefined
  })
  const isWhole = fitting.some(({ why, isWhole }) => isWhole === true && reasons.has(why))
  return { lines: isWhole ? [] : left, reasons: [...reasons] }
}
