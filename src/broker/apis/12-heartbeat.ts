// Heartbeat (key 12), versions 0 to 4. The rules are the group coordinator's. Version 3 knows static members.

import { type HeartbeatRequest, heartbeatRequest } from '../../protocol/generated/heartbeat-request.ts'
import { type HeartbeatResponse, heartbeatResponse } from '../../protocol/generated/heartbeat-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function heartbeatApi({ groups }: BrokerModules): Api<HeartbeatRequest, HeartbeatResponse> {
  return {
    request: heartbeatRequest,
    response: heartbeatResponse,
    versions: [0, 4],
    handle: (context, request) => groups.heartbeat(context, request),
  }
}
