// `ottla delete-records`, as kafka-delete-records.sh: drops the records before the offsets in a JSON file.

import type { Command } from 'commander'
import { topicPartitionKey } from '../base/topic-partition.ts'
import type { Result } from '../client/client-error.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import { deleteRecords, type RecordsToDelete } from '../client/record-admin.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { type ClusterFlags, withClusterOptions, withExamples } from './describe-options.ts'
import { errorText, reportError, reportFailure } from './report.ts'
import { patientlyAll, withClient } from './with-client.ts'

interface DeleteRecordsFlags extends ClusterFlags {
  readonly offsetJsonFile: string
}

type Parsed =
  | { readonly ok: true; readonly value: RecordsToDelete[] }
  | { readonly ok: false; readonly message: string }

const form = '{"partitions":[{"topic":"orders","partition":0,"offset":42}],"version":1}'

export function defineDeleteRecords(
  program: Command,
  modules: CliModules,
  onExit: (code: ExitCode) => void,
): void {
  const command = withClusterOptions(
    program.command('delete-records').description('delete the records before given offsets'),
  )
  command
    .requiredOption('--offset-json-file <file>', `the offsets: ${form}; offset -1 deletes all`)
    .action(async (flags: DeleteRecordsFlags) => onExit(await run(modules, flags)))
  withExamples(command, 'delete-records --offset-json-file offsets.json')
}

async function run(modules: CliModules, flags: DeleteRecordsFlags): Promise<ExitCode> {
  const path = flags.offsetJsonFile
  const read = await modules.readFile(path)
  if (!read.ok) return reportFailure(modules, `cannot read ${path}: ${read.message}`)
  const parsed = parseOffsets(new TextDecoder().decode(read.bytes))
  if (!parsed.ok) return reportFailure(modules, `${path}: ${parsed.message}`)
  return withClient(modules, 'delete-records', flags, (client) =>
    execute(modules, client, parsed.value, flags),
  )
}

async function execute(
  modules: CliModules,
  client: KafkaClient,
  deletions: readonly RecordsToDelete[],
  flags: DeleteRecordsFlags,
): Promise<ExitCode> {
  const { output } = modules
  const reached = await client.metadata()
  if (!reached.ok) return reportError(modules, reached.error)
  if (!flags.json) await output.write('Executing records delete operation\n')
  const results = await patientlyAll(client, () => deleteRecords(client, deletions))
  const rows = deletions.map((deletion, index) => rowOf(deletion, results[index]!))
  if (flags.json) {
    await output.write(`${JSON.stringify(rows)}\n`)
  } else {
    const lines = rows.map((row) =>
      row.error === null
        ? `partition: ${topicPartitionKey(row)}\tlow_watermark: ${row.lowWatermark}\n`
        : `partition: ${topicPartitionKey(row)}\terror: ${row.error}\n`,
    )
    await output.write(`Records delete operation completed:\n${lines.join('')}`)
  }
  return rows.every(({ error }) => error === null) ? 0 : 1
}

function rowOf({ topic, partition }: RecordsToDelete, result: Result<number>) {
  return result.ok
    ? { topic, partition, lowWatermark: result.value, error: null }
    : { topic, partition, lowWatermark: null, error: errorText(result.error) }
}

/** Kafka's file; version 1 is the only one and may be left out. */
export function parseOffsets(text: string): Parsed {
  const file = parseJson(text)
  if (file === undefined || !Array.isArray(file.partitions))
    return { ok: false, message: `it is not of the form ${form}` }
  if (file.version !== undefined && file.version !== 1)
    return { ok: false, message: `version ${file.version} is not known, only 1` }
  const deletions: RecordsToDelete[] = []
  for (const each of file.partitions as readonly unknown[]) {
    const { topic, partition, offset } = (each ?? {}) as Record<string, unknown>
    if (typeof topic !== 'string' || !isWhole(partition) || !isWhole(offset))
      return { ok: false, message: `${JSON.stringify(each)} has no topic, partition and offset` }
    deletions.push({ topic, partition, beforeOffset: offset })
  }
  const keys = deletions.map(topicPartitionKey)
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  return twice === undefined
    ? { ok: true, value: deletions }
    : { ok: false, message: `partition ${twice} is named twice` }
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined
  } catch {
    // Not JSON; the caller says what is.
    return undefined
  }
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
