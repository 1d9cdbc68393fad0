// DescribeUserScramCredentials (key 50), version 0: the mechanisms and iterations of users, of all of them when
// none is named. What would let somebody log in is never told.

import { errors } from '../../base/errors.ts'
import {
  type DescribeUserScramCredentialsRequest,
  describeUserScramCredentialsRequest,
} from '../../protocol/generated/describe-user-scram-credentials-request.ts'
import {
  type CredentialInfo,
  type DescribeUserScramCredentialsResponse,
  type DescribeUserScramCredentialsResult,
  defaultsDescribeUserScramCredentialsResult,
  describeUserScramCredentialsResponse,
} from '../../protocol/generated/describe-user-scram-credentials-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function describeUserScramCredentialsApi(
  modules: BrokerModules,
): Api<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse> {
  return {
    request: describeUserScramCredentialsRequest,
    response: describeUserScramCredentialsResponse,
    versions: [0, 0],
    handle: (_, { users }) => ({
      ...describeUserScramCredentialsResponse.defaults(),
      results: describeUsers(modules, users?.map(({ name }) => name) ?? []),
    }),
  }
}

function describeUsers(
  { image }: BrokerModules,
  asked: readonly string[],
): DescribeUserScramCredentialsResult[] {
  const credentials = Map.groupBy(
    [...image().scram].map(([, credential]) => credential),
    ({ name }) => name,
  )
  const isForAll = asked.length === 0
  return [...new Set(isForAll ? credentials.keys() : asked)].map((user) => {
    const times = asked.filter((name) => name === user).length
    const failed = (errorCode: number, errorMessage: string) => ({
      ...defaultsDescribeUserScramCredentialsResult(),
      user,
      errorCode,
      errorMessage,
    })
    if (times > 1)
      return failed(errors.DUPLICATE_RESOURCE, `User '${user}' is in the request ${times} times.`)
    const found = credentials.get(user)
    if (found === undefined) return failed(errors.RESOURCE_NOT_FOUND, `User '${user}' has no credentials.`)
    const credentialInfos: CredentialInfo[] = found.map(({ mechanism, iterations }) => ({
      mechanism,
      iterations,
    }))
    return { ...defaultsDescribeUserScramCredentialsResult(), user, credentialInfos }
  })
}
