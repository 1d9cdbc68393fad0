// Which error a client of a coordinator sees when the coordinator's own append failed. Clients retry
// COORDINATOR_NOT_AVAILABLE at the same broker and look for another one on NOT_COORDINATOR.
// Source: appendGroupMetadataErrorToResponseError of Kafka's group coordinator.

import { errors } from '../../base/errors.ts'

/** Maps an append error (Kafka code) to the coordinator's answer (Kafka code). */
export function coordinatorError(appendError: number): number {
  switch (appendError) {
    case errors.UNKNOWN_TOPIC_OR_PARTITION:
    case errors.NOT_ENOUGH_REPLICAS:
    case errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    case errors.REQUEST_TIMED_OUT:
      return errors.COORDINATOR_NOT_AVAILABLE
    case errors.NOT_LEADER_OR_FOLLOWER:
    case errors.KAFKA_STORAGE_ERROR:
      return errors.NOT_COORDINATOR
    case errors.MESSAGE_TOO_LARGE:
    case errors.RECORD_LIST_TOO_LARGE:
    case errors.INVALID_FETCH_SIZE:
      return errors.UNKNOWN_SERVER_ERROR
    default:
      return appendError
  }
}
