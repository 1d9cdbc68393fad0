// OffsetDelete (key 47), version 0. The rules are the group coordinator's: not for topics somebody subscribes.

import {
  type OffsetDeleteRequest,
  offsetDeleteRequest,
} from '../../protocol/generated/offset-delete-request.ts'
import {
  type OffsetDeleteResponse,
  offsetDeleteResponse,
} from '../../protocol/generated/offset-delete-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function offsetDeleteApi({ groups }: BrokerModules): Api<OffsetDeleteRequest, OffsetDeleteResponse> {
  return {
    request: offsetDeleteRequest,
    response: offsetDeleteResponse,
    versions: [0, 0],
    handle: (context, request) => groups.offsetDelete(context, request),
  }
}
