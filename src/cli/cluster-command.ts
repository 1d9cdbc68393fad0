// `ottla cluster`, with the commands of kafka-cluster.sh: the id of the cluster, its brokers, taking one off the list.

import { type Command, Option } from 'commander'
import { describeCluster, unregisterBroker } from '../client/cluster-admin.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import {
  type ClusterFlags,
  withClusterOptions,
  withControllerOption,
  withExamples,
  withSubcommands,
} from './describe-options.ts'
import { parseWholeNumber } from './option-values.ts'
import { reportError } from './report.ts'
import { formatTable, narrow } from './table.ts'
import { patiently, withClient } from './with-client.ts'

interface ConfigFlags extends ClusterFlags {
  readonly config?: string
}

interface EndpointFlags extends ClusterFlags {
  readonly includeFencedBrokers?: boolean
}

interface UnregisterFlags extends ClusterFlags {
  readonly id: number
}

export function defineCluster(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = withControllerOption(
    withClusterOptions(program.command('cluster').description('the id of the cluster and its brokers')),
  )
  withSubcommands(command)
  withExamples(command, 'cluster cluster-id', 'cluster list-endpoints', 'cluster unregister --id 3')
  command.addOption(new Option('-c, --config <file>', 'the former name of --command-config').hideHelp())
  const run = (action: (client: KafkaClient) => Promise<ExitCode>, { config, ...flags }: ConfigFlags) =>
    withClient(
      modules,
      'cluster',
      config === undefined ? flags : { commandConfig: config, ...flags },
      action,
    ).then(onExit)
  command
    .command('cluster-id')
    .description('print the id of the cluster')
    .action((_, self: Command) => {
      const flags: ClusterFlags = self.optsWithGlobals()
      return run((client) => printClusterId(modules, client, flags), flags)
    })
  command
    .command('list-endpoints')
    .description('list the addresses of the brokers')
    .option('--include-fenced-brokers', 'brokers too that may not serve at the moment')
    .action((_, self: Command) => {
      const flags: EndpointFlags = self.optsWithGlobals()
      return run((client) => listEndpoints(modules, client, flags), flags)
    })
  command
    .command('unregister')
    .description('take a broker off the list that is stopped for ever')
    .requiredOption('-i, --id <number>', 'the id of the broker', parseWholeNumber)
    .action((_, self: Command) => {
      const flags: UnregisterFlags = self.optsWithGlobals()
      return run((client) => unregister(modules, client, flags), flags)
    })
}

async function printClusterId(
  modules: CliModules,
  client: KafkaClient,
  flags: ClusterFlags,
): Promise<ExitCode> {
  const described = await client.metadata()
  if (!described.ok) return reportError(modules, described.error)
  const { clusterId } = described.value
  await modules.output.write(flags.json ? `${JSON.stringify({ clusterId })}\n` : `Cluster ID: ${clusterId}\n`)
  return 0
}

async function listEndpoints(
  modules: CliModules,
  client: KafkaClient,
  flags: EndpointFlags,
): Promise<ExitCode> {
  const described = await patiently(client, () =>
    describeCluster(client, flags.includeFencedBrokers === true),
  )
  if (!described.ok) return reportError(modules, described.error)
  const endpointType = client.endpoints === 'brokers' ? 'broker' : 'controller'
  const rows = described.value.brokers
    .toSorted((left, right) => left.brokerId - right.brokerId)
    .map(({ brokerId: id, host, port, rack, isFenced }) => {
      const state = isFenced ? 'fenced' : 'unfenced'
      return { id, host, port, rack, state, endpointType }
    })
  await modules.output.write(flags.json ? `${JSON.stringify(rows)}\n` : tableOf(modules, rows))
  return 0
}

interface EndpointRow {
  readonly id: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
  readonly state: string
  readonly endpointType: string
}

function tableOf({ output }: CliModules, rows: readonly EndpointRow[]): string {
  return formatTable(
    [
      { title: 'ID', widthMin: narrow, text: ({ id }) => `${id}` },
      { title: 'HOST', widthMin: 0, text: ({ host }) => host },
      { title: 'PORT', widthMin: narrow, text: ({ port }) => `${port}` },
      { title: 'RACK', widthMin: narrow, text: ({ rack }) => `${rack}` },
      { title: 'STATE', widthMin: narrow, text: ({ state }) => state },
      { title: 'ENDPOINT_TYPE', widthMin: 0, text: ({ endpointType }) => endpointType },
    ],
    rows,
    output.columns,
  )
}

async function unregister(
  modules: CliModules,
  client: KafkaClient,
  { id, json }: UnregisterFlags,
): Promise<ExitCode> {
  const done = await patiently(client, () => unregisterBroker(client, id))
  if (!done.ok) return reportError(modules, done.error)
  await modules.output.write(
    json ? `${JSON.stringify({ unregistered: id })}\n` : `Broker ${id} is no longer registered.\n`,
  )
  return 0
}
