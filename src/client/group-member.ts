// Membership in a consumer group by the classic protocol, eager: a member that joins has given up its partitions.
//
//   outside  --join-->  joining  --JoinGroup, SyncGroup-->  member
//   member   --heartbeat says REBALANCE_IN_PROGRESS-->  outside (same member id)
//   member   --ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID-->  outside (generation or member id lost)
//   member   --leader sees other partition counts-->  outside
//
// Heartbeats run by timer from the end of one join to the begin of the next.

import { errors } from '../base/errors.ts'
import type { Timer } from '../env/env.ts'
import { DecodeError } from '../protocol/decode-error.ts'
import type { JoinGroupResponse } from '../protocol/generated/join-group-response.ts'
import { calls } from './api-call.ts'
import { type ClientError, failure, type Result, success } from './client-error.ts'
import { type Committer, groupTarget, noMember } from './committed-offsets.ts'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './consumer-protocol.ts'
import type { KafkaClient } from './kafka-client.ts'
import { type Assignment, assignRanges } from './range-assignor.ts'

export interface GroupMemberOptions {
  readonly groupId: string
  /** A static member keeps its partitions over a restart; null: dynamic. */
  readonly instanceId: string | null
  readonly topics: readonly string[]
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly heartbeatIntervalMs: number
}

const protocolType = 'consumer'
const protocolName = 'range'
/** A join waits until the rebalance timeout is over, and its answer still has to come. */
const joinAnswerMs = 5000
const unansweredErrors: readonly number[] = [errors.NETWORK_EXCEPTION, errors.REQUEST_TIMED_OUT]
/** Kafka's `metadata.max.age.ms`: how often the leader looks whether topics have grown. */
const metadataAgeMsMax = 300_000

export class GroupMember {
  readonly #options: GroupMemberOptions
  readonly #client: KafkaClient
  readonly #onWarning: (error: ClientError) => void
  #identity: Committer = noMember
  #isMember = false
  #isClosed = false
  #heartbeat: Timer | undefined
  /** Of the leader: what the assignment was made from. */
  #partitionCounts: ReadonlyMap<string, number> | undefined
  #countedMs = 0

  constructor(options: GroupMemberOptions, client: KafkaClient, onWarning: (error: ClientError) => void) {
    this.#options = options
    this.#client = client
    this.#onWarning = onWarning
    this.#identity = { ...noMember, instanceId: options.instanceId }
  }

  /** False: the partitions of the last join are lost, `join` gets new ones. */
  get isMember(): boolean {
    return this.#isMember
  }

  /** Who commits for this member; without membership nobody may. */
  get committer(): Committer {
    return this.#identity
  }

  /** Joins and resolves with this member's partitions, which may take as long as the other members need. */
  async join(): Promise<Result<Assignment>> {
    this.#heartbeat?.cancel()
    const { rebalanceTimeoutMs } = this.#options
    for (;;) {
      const joined = await this.#client.retrying(rebalanceTimeoutMs, () => this.#warned(this.#joinOnce()))
      const assigned = joined.ok
        ? await this.#client.retrying(rebalanceTimeoutMs, () => this.#warned(this.#syncOnce(joined.value)))
        : joined
      if (assigned.ok) {
        this.#isMember = true
        this.#scheduleHeartbeat()
        return assigned
      }
      if (this.#isClosed || !this.#loses(assigned.error)) return assigned
    }
  }

  /** Leaves at once, so that the others need not wait for the session to time out. A static member stays. */
  async leave(): Promise<void> {
    this.#isClosed = true
    this.#heartbeat?.cancel()
    this.#isMember = false
    const { memberId, instanceId } = this.#identity
    if (memberId === '' || instanceId !== null) return
    const member = { memberId, groupInstanceId: null, reason: 'the consumer is closed' }
    const defaults = calls.leaveGroup.request.defaults()
    const { groupId } = this.#options
    // Not on the group's own connection: a join that still waits for its answer would hold it up there.
    await this.#client.request(groupTarget(groupId), calls.leaveGroup, (version) =>
      version >= 3 ? { ...defaults, groupId, members: [member] } : { ...defaults, groupId, memberId },
    )
  }

  /** A coordinator that is loading is nothing to tell; one that does not answer may stay away for long. */
  async #warned<T>(attempt: Promise<Result<T>>): Promise<Result<T>> {
    const result = await attempt
    const isLost = !result.ok && unansweredErrors.includes(result.error.code)
    if (isLost && !this.#isClosed) this.#onWarning(result.error)
    return result
  }

  /** Takes note of an error that says what is left of the membership; false: the error is of another kind. */
  #loses({ code }: ClientError): boolean {
    if (code === errors.MEMBER_ID_REQUIRED || code === errors.REBALANCE_IN_PROGRESS) return true
    if (code === errors.UNKNOWN_MEMBER_ID)
      this.#identity = { ...this.#identity, memberId: '', generation: -1 }
    else if (code === errors.ILLEGAL_GENERATION) this.#identity = { ...this.#identity, generation: -1 }
    else return false
    return true
  }

  async #joinOnce(): Promise<Result<JoinGroupResponse>> {
    const { groupId, topics, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options
    const { memberId, instanceId } = this.#identity
    const answer = await this.#client.request(
      groupTarget(groupId),
      calls.joinGroup,
      {
        ...calls.joinGroup.request.defaults(),
        groupId,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        memberId,
        groupInstanceId: instanceId,
        protocolType,
        protocols: [{ name: protocolName, metadata: encodeSubscription(topics) }],
      },
      { purpose: 'group', timeoutMs: rebalanceTimeoutMs + joinAnswerMs },
    )
    if (!answer.ok) return answer
    const { errorCode, memberId: givenId, generationId } = answer.value
    if (errorCode === errors.MEMBER_ID_REQUIRED) this.#identity = { ...this.#identity, memberId: givenId }
    if (errorCode !== errors.NONE) return failure(errorCode, groupProblem(groupId, errorCode))
    this.#identity = { ...this.#identity, memberId: givenId, generation: generationId }
    return answer
  }

  async #syncOnce(joined: JoinGroupResponse): Promise<Result<Assignment>> {
    const { groupId } = this.#options
    const { memberId, instanceId, generation } = this.#identity
    const isLeader = joined.leader === memberId && !joined.skipAssignment
    this.#partitionCounts = undefined
    const assignments = isLeader ? await this.#assign(joined) : success([])
    if (!assignments.ok) return assignments
    const answer = await this.#client.request(
      groupTarget(groupId),
      calls.syncGroup,
      (version) => ({
        ...calls.syncGroup.request.defaults(),
        groupId,
        generationId: generation,
        memberId,
        groupInstanceId: instanceId,
        ...(version >= 5 && { protocolType, protocolName: joined.protocolName }),
        assignments: assignments.value,
      }),
      { purpose: 'group', timeoutMs: this.#options.rebalanceTimeoutMs + joinAnswerMs },
    )
    if (!answer.ok) return answer
    if (answer.value.errorCode !== errors.NONE) return failure(answer.value.errorCode)
    return decoded(() => decodeAssignment(answer.value.assignment))
  }

  async #assign(joined: JoinGroupResponse): Promise<Result<{ memberId: string; assignment: Uint8Array }[]>> {
    const members = decoded(() =>
      joined.members.map(({ memberId, groupInstanceId, metadata }) => ({
        memberId,
        instanceId: groupInstanceId,
        topics: decodeSubscription(metadata).topics,
      })),
    )
    if (!members.ok) return members
    const topics = new Set(members.value.flatMap((member) => member.topics))
    const counts = await this.#countPartitions([...topics])
    if (!counts.ok) return counts
    this.#partitionCounts = counts.value
    this.#countedMs = this.#client.modules.clock.monotonicMs()
    const assignments = assignRanges(members.value, counts.value)
    return success(
      [...assignments].map(([memberId, assignment]) => ({
        memberId,
        assignment: encodeAssignment(assignment),
      })),
    )
  }

  /** Missing topics have no partitions; the leader looks again until they appear. */
  async #countPartitions(topics: readonly string[]): Promise<Result<ReadonlyMap<string, number>>> {
    const metadata = await this.#client.metadata(topics, { autoCreate: true })
    if (!metadata.ok) return metadata
    return success(
      new Map(topics.map((topic) => [topic, metadata.value.topics.get(topic)?.partitions.length ?? 0])),
    )
  }

  #scheduleHeartbeat(): void {
    const { timers } = this.#client.modules
    this.#heartbeat = timers.after(this.#options.heartbeatIntervalMs, () => void this.#onHeartbeatTimer())
  }

  async #onHeartbeatTimer(): Promise<void> {
    const identity = this.#identity
    const answer = await this.#client.request(
      groupTarget(this.#options.groupId),
      calls.heartbeat,
      {
        ...calls.heartbeat.request.defaults(),
        groupId: this.#options.groupId,
        generationId: identity.generation,
        memberId: identity.memberId,
        groupInstanceId: identity.instanceId,
      },
      { purpose: 'group' },
    )
    // A join or leave that began meanwhile has overtaken this answer.
    if (this.#isClosed || this.#identity !== identity || !this.#isMember) return
    const result =
      answer.ok && answer.value.errorCode !== errors.NONE ? failure(answer.value.errorCode) : answer
    if (!result.ok && (this.#loses(result.error) || !result.error.isRetriable)) this.#isMember = false
    else {
      if (!result.ok) this.#onHeartbeatError(result.error)
      else await this.#checkPartitionCounts()
      if (!this.#isClosed && this.#identity === identity) this.#scheduleHeartbeat()
    }
  }

  #onHeartbeatError(error: ClientError): void {
    this.#client.forgetCoordinator(groupTarget(this.#options.groupId))
    this.#onWarning(error)
  }

  async #checkPartitionCounts(): Promise<void> {
    const before = this.#partitionCounts
    if (before === undefined) return
    const isMissing = [...before.values()].includes(0)
    const ageMs = this.#client.modules.clock.monotonicMs() - this.#countedMs
    if (!isMissing && ageMs < metadataAgeMsMax) return
    const counts = await this.#countPartitions([...before.keys()])
    if (!counts.ok) return
    this.#countedMs = this.#client.modules.clock.monotonicMs()
    if ([...counts.value].some(([topic, count]) => before.get(topic) !== count)) this.#isMember = false
  }
}

function decoded<T>(decode: () => T): Result<T> {
  try {
    return success(decode())
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return failure(errors.INCONSISTENT_GROUP_PROTOCOL, `a member's data is damaged: ${error.message}`)
  }
}

function groupProblem(groupId: string, errorCode: number): string | null {
  if (errorCode !== errors.INCONSISTENT_GROUP_PROTOCOL) return null
  return `group ${groupId} has members that do not know the ${protocolName} assignor, or is not a consumer group`
}
