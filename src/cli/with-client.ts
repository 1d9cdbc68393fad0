// Runs a command with a client of the cluster that `--bootstrap-server` names.

import { errors } from '../base/errors.ts'
import { parseBrokerAddresses } from '../client/broker-address.ts'
import { type Result, success } from '../client/client-error.ts'
import { KafkaClient } from '../client/kafka-client.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { adminSettings, clientProperties } from './client-properties.ts'
import { reportFailure, reportUsage } from './report.ts'

export interface ClusterOptions {
  readonly bootstrapServer: string
  /** Asked instead of brokers. */
  readonly bootstrapController?: string
  /** Milliseconds a request may take. */
  readonly timeout?: number
  /** A file of client settings. */
  readonly commandConfig?: string
}

export const bootstrapServerDefault = 'localhost:9092'
const requestTimeoutMsDefault = 30_000

export async function withClient(
  modules: CliModules,
  command: string,
  options: ClusterOptions,
  run: (client: KafkaClient) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { bootstrapServer, bootstrapController } = options
  if (bootstrapController !== undefined && bootstrapServer !== bootstrapServerDefault)
    return reportUsage(modules, command, 'give either --bootstrap-server or --bootstrap-controller')
  const addresses = parseBrokerAddresses(bootstrapController ?? bootstrapServer)
  if (!addresses.ok) {
    const flag = bootstrapController === undefined ? '--bootstrap-server' : '--bootstrap-controller'
    return reportUsage(modules, command, `${flag}: ${addresses.error}`)
  }
  const settings = await clientProperties(modules, adminSettings, options.commandConfig, [])
  if (!settings.ok) return reportFailure(modules, settings.message)
  const client = newClient(modules, { ...settings.options, ...options }, addresses.value)
  try {
    return await run(client)
  } finally {
    client.close()
  }
}

function newClient(
  modules: CliModules,
  { timeout, bootstrapController }: ClusterOptions,
  bootstrapServers: readonly { host: string; port: number }[],
): KafkaClient {
  const requestTimeoutMs = timeout ?? requestTimeoutMsDefault
  const endpoints = bootstrapController === undefined ? 'brokers' : 'controllers'
  return new KafkaClient(
    { bootstrapServers, clientId: 'ottla-cli', requestTimeoutMs, endpoints },
    modules.env,
  )
}

/**
 * Repeats an attempt over what passes by itself, a coordinator that is still loading or a leader that is elected;
 * a cluster that cannot be reached is told at once.
 */
export function patiently<T>(client: KafkaClient, attempt: () => Promise<Result<T>>): Promise<Result<T>> {
  return client.retrying(client.requestTimeoutMs, async () => {
    const result = await attempt()
    if (result.ok || !result.error.isUnreachable) return result
    return { ok: false, error: { ...result.error, isRetriable: false } }
  })
}

/**
 * The same for an attempt at many things, each with its own result: repeated while one of them may pass by itself.
 * What does not exist is not waited for.
 */
export async function patientlyAll<T>(
  client: KafkaClient,
  attempt: () => Promise<Result<T>[]>,
): Promise<Result<T>[]> {
  let results: Result<T>[] = []
  await patiently<void>(client, async () => {
    results = await attempt()
    const failures = results.filter((result) => !result.ok)
    const passing = failures.find(
      ({ error }) => error.isRetriable && error.code !== errors.UNKNOWN_TOPIC_OR_PARTITION,
    )
    return passing ?? success(undefined)
  })
  return results
}
