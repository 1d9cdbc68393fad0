// The broker configs the group coordinator uses, under Kafka's names in comments.

export interface GroupCoordinatorOptions {
  /** `group.min.session.timeout.ms`; below it a stalled client would be thrown out by mere garbage collection. */
  readonly sessionTimeoutMsMin: number
  /** `group.max.session.timeout.ms`; above it a dead member holds its partitions for too long. */
  readonly sessionTimeoutMsMax: number
  /** `group.initial.rebalance.delay.ms`: how long an empty group waits for further first members. */
  readonly initialRebalanceDelayMs: number
  /** `group.max.size`, members of one group. */
  readonly groupSizeMax: number
  /** `offsets.retention.minutes`, in milliseconds. */
  readonly offsetsRetentionMs: number
  /** `offsets.retention.check.interval.ms`. */
  readonly offsetsRetentionCheckIntervalMs: number
  /** `offset.metadata.max.bytes`, compared with the string's length as Kafka does. */
  readonly offsetMetadataLengthMax: number
  /** `offsets.topic.num.partitions`: holds until the topic exists. */
  readonly partitionCount: number
}

/** How long a new member's parked join counts as a sign of life (a constant of Kafka, no config). */
export const newMemberJoinTimeoutMs = 5 * 60 * 1000
