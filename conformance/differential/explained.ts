// Where Ottla means to differ from Apache Kafka: every comparison leaves these out, and docs/compatibility.md lists them.

export interface Explained {
  /** The label of the case or the text of the request. */
  readonly where: RegExp
  /** A line of the difference: `path: Ottla | Apache Kafka`. */
  readonly line: RegExp
  readonly why: string
}

export const explained: readonly Explained[] = [
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

/** Why a line of a difference is meant; undefined: it is not. */
export function whyExplained(where: string, line: string): string | undefined {
  return explained.find((each) => each.where.test(where) && each.line.test(line))?.why
}
