// Where Ottla means to differ from Apache Kafka: every comparison leaves these out, docs/compatibility.md lists them.

export interface Explained {
  /** The label of the case or the text of the request. */
  readonly where: RegExp
  /** A line of the difference: `path: Ottla | Apache Kafka`. */
  readonly line: RegExp
  readonly why: string
  /** Where one line is meant, the whole answer is. */
  readonly isWhole?: true
}

const unclearError = 'UNKNOWN_SERVER_ERROR'

export const explained: readonly Explained[] = [
  {
    where: /^\w+Request \d+: \{/,
    line: /errorCode: [1-9]\d* \| -1$/,
    why: `Where Kafka fails over a request with ${unclearError}, Ottla says what is wrong with it.`,
    isWhole: true,
  },
  {
    where: /^FetchRequest 1[3-8]: /,
    line: /^\.errorCode: 0 \| -1$/,
    why: `Unknown topic ids beside the zero id in Fetch: each is UNKNOWN_TOPIC_ID; Kafka fails with ${unclearError}.`,
    isWhole: true,
  },
  {
    where: /^FetchRequest .*sessionId: -2147483648/,
    line: /^\.errorCode: 0 \| -1$/,
    why: `The smallest number as session id: no session, as any unknown one; Kafka fails with ${unclearError}.`,
    isWhole: true,
  },
  {
    where: /^JoinGroupRequest .*metadata: <Buffer/,
    line: /\| "nothing"$/,
    why: 'A subscription that announces more than it holds: Ottla takes it as bytes; Kafka does not answer.',
  },
  {
    where: /^(?:Describe|Create|Delete)AclsRequest/,
    line: /"errorCode":54.*\| "the broker closed the connection"/,
    why: 'ACLs of types that Kafka does not know: it closes the connection; Ottla says SECURITY_DISABLED, as to all.',
  },
  {
    where: /odd: null$|^ProduceRequest .*records: null/,
    line: /^/,
    why: 'A batch of null: Kafka does not answer; Ottla says INVALID_RECORD.',
  },
  {
    where: /torn|as codec [1-4]|length 2147483647/,
    line: /errorCode/,
    why: `Records that do not decompress: INVALID_RECORD says more than ${unclearError}.`,
  },
  {
    where: /as codec [567]$/,
    line: /errorCode/,
    why: `An unknown codec: UNSUPPORTED_COMPRESSION_TYPE says more than ${unclearError}.`,
  },
  {
    where: /^(?:Fetch|ListOffsets)Request .*isolationLevel: (?!1\b)/,
    line: /errorCode: 0 \| -1$/,
    why: `An unknown isolation level stands for read_uncommitted, not for ${unclearError}.`,
    isWhole: true,
  },
  {
    where: /^AlterClientQuotasRequest .*entityType: 'ip'/,
    line: /errorCode: 0 \| 42$|errorMessage: null \| undefined$/,
    why: 'The host name of an ip quota: Kafka looks it up and refuses what is not found.',
  },
  {
    where: /^IncrementalAlterConfigsRequest .*configOperation: (?:-|[4-9]|\d\d)/,
    line: /errorCode: [1-9]\d* \| [1-9]\d*$/,
    why: 'An unknown config operation beside another mistake: Kafka finds them in the order of a hash map.',
  },
  {
    where: /^FetchRequest .*(?:partitionM|m)axBytes: -/,
    line: /errorCode: 0 \| -1$/,
    why: `Negative limits of bytes stand for 0, not for ${unclearError}.`,
    isWhole: true,
  },
  {
    where: /negative bytes|unknown isolation/,
    line: /^/,
    why: `Negative limits and unknown isolation levels stand for 0 and read_uncommitted, not for ${unclearError}.`,
  },
  {
    where: /twice to one partition/,
    line: /^/,
    why: 'Two batches for one partition in a request: both are stored and answered; Kafka drops the first in silence.',
  },
  {
    where: /^api versions|^ApiVersionsRequest/,
    line: /Features|apiKeys/,
    why: 'ApiVersions tells what this broker serves: not-done.md has what is missing.',
  },
  {
    where: /^wire: .*(client id|bytes after it)|metadata 1 with count/,
    line: /^/,
    why: 'The answers to odd frames list what each broker has.',
  },
  {
    where: /^MetadataRequest 1[23]: (?:a null name|.*name: null)/,
    line: /errorCode: 42 \| -1/,
    why: `A null topic name in Metadata: INVALID_REQUEST says more than ${unclearError}.`,
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
