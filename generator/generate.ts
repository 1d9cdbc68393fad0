// From the texts of `schemas/` to the texts of the generated files. No files are touched here.

import { emitErrors } from './emit-errors.ts'
import { emitMessage } from './emit-message.ts'
import { emitApiTable, emitCoordinatorTable, emitMetadataTable } from './emit-tables.ts'
import { fileName } from './names.ts'
import { parseErrors } from './parse-errors.ts'
import { parseSchema } from './parse-schema.ts'
import type { Message } from './schema.ts'

const errorsFile = 'errors'

/** Schema file by name → messages in it. */
export function parseSchemas(schemas: ReadonlyMap<string, string>): Map<string, Message[]> {
  const parsed = new Map<string, Message[]>()
  for (const [name, text] of schemas) {
    if (name !== errorsFile) parsed.set(name, parseSchema(text, name))
  }
  return parsed
}

/** Path from the root of the repository → text. Throws SchemaError. */
export function generate(schemas: ReadonlyMap<string, string>): Map<string, string> {
  const output = new Map<string, string>()
  const inGenerated = (name: string, text: string) => output.set(`src/protocol/generated/${name}.ts`, text)
  const parsed = parseSchemas(schemas)
  for (const [file, messages] of parsed) {
    for (const message of messages) {
      if (message.versions !== null) inGenerated(fileName(message.name), emitMessage(message, file))
    }
  }
  inGenerated('api-table', emitApiTable([...parsed.values()].flat()))
  inGenerated('metadata-record-table', emitMetadataTable(parsed.get('records-metadata') ?? []))
  for (const [file, union] of coordinatorUnions) {
    inGenerated(`${file}-table`, emitCoordinatorTable(parsed.get(file) ?? [], union, file))
  }
  output.set('src/base/errors.ts', emitErrors(parseErrors(schemas.get(errorsFile) ?? '', errorsFile)))
  return output
}

const coordinatorUnions: readonly [file: string, union: string][] = [
  ['records-group', 'GroupRecord'],
  ['records-transaction', 'TransactionRecord'],
  ['records-share', 'ShareRecord'],
]
