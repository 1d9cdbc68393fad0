// OffsetCommit (key 8), versions 2 to 10. The rules are the group coordinator's; the answer comes when the
// offsets are committed in `__consumer_offsets`.
// Versions: 2 to 4 may set a retention of their own; 7 knows static members; 9 answers GROUP_ID_NOT_FOUND for a
// group that is gone; 10 names topics by id.

import {
  type OffsetCommitRequest,
  offsetCommitRequest,
} from '../../protocol/generated/offset-commit-request.ts'
import {
  type OffsetCommitResponse,
  offsetCommitResponse,
} from '../../protocol/generated/offset-commit-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function offsetCommitApi({ groups }: BrokerModules): Api<OffsetCommitRequest, OffsetCommitResponse> {
  return {
    request: offsetCommitRequest,
    response: offsetCommitResponse,
    versions: [2, 10],
    handle: (context, request) => groups.offsetCommit(context, request),
  }
}
