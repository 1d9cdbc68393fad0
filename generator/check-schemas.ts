// `npm run check-schemas -- FOLDER`: compares schemas/ with a folder of Kafka's message definitions, by default the
// ones beside the repository. Exits with 1 if anything differs, with 0 if the folder is not there.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compareMessages } from './compare-messages.ts'
import { parseSchemas } from './generate.ts'
import { messageOfKafka, parseKafkaMessage } from './kafka-definitions.ts'
import { readSchemas, rootFolder } from './read-schemas.ts'

const folder = process.argv[2] ?? join(rootFolder, '../shared/kafka-4.3/messages')
if (existsSync(folder)) process.exitCode = check(folder)
else console.log(`Nothing compared: there is no folder ${folder}`)

function check(kafkaFolder: string): number {
  const files = readdirSync(kafkaFolder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.json'),
  )
  const definitions = files.map((file) =>
    messageOfKafka(parseKafkaMessage(readFileSync(join(kafkaFolder, file), 'utf8'))),
  )
  const ours = [...parseSchemas(readSchemas()).values()].flat()
  const theirs = definitions.map(({ message }) => message)
  const differences = [...definitions.flatMap(({ problems }) => problems), ...compareMessages(ours, theirs)]
  for (const difference of differences) console.log(difference)
  console.log(`${theirs.length} messages compared, ${differences.length} differences`)
  return differences.length > 0 ? 1 : 0
}
