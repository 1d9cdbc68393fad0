// OffsetFetch (key 9), versions 1 to 10. The rules are the group coordinator's.
// Versions: 2 may ask for all topics of the group; 7 for stable offsets only; 8 for many groups; 9 carries the
// member's epoch; 10 names topics by id.

import { type OffsetFetchRequest, offsetFetchRequest } from '../../protocol/generated/offset-fetch-request.ts'
import {
  type OffsetFetchResponse,
  offsetFetchResponse,
} from '../../protocol/generated/offset-fetch-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function offsetFetchApi({ groups }: BrokerModules): Api<OffsetFetchRequest, OffsetFetchResponse> {
  return {
    request: offsetFetchRequest,
    response: offsetFetchResponse,
    versions: [1, 10],
    handle: (context, request) => groups.offsetFetch(context, request),
  }
}
