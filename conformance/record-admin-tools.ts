// `node conformance/record-admin-tools.ts HOST:PORT [FILE …]`: writes into the transcripts of `clients/admin-tools/`
// what Kafka's tools print now; with a fresh Apache Kafka at the port that is what every broker has to make them print.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runTranscript, Tools, transcriptFolder } from './clients/admin-tools.ts'
import { formatTranscript, parseTranscript } from './clients/transcript.ts'

/** After this long, what is printed is what it comes to. */
const settledMs = 2_000

const [server, ...chosen] = process.argv.slice(2)
if (server === undefined) throw new Error('usage: record-admin-tools.ts HOST:PORT [FILE …]')
const tools = await Tools.start(server)
for (const file of chosen.length > 0 ? chosen : readdirSync(transcriptFolder)) {
  const path = join(transcriptFolder, file)
  const recorded = await runTranscript(parseTranscript(readFileSync(path, 'utf8')), tools, settledMs)
  writeFileSync(path, formatTranscript(recorded))
}
// The machine of the tools is still there.
process.exit()
