// `npm run chaos -- [--rounds N] [--seed N]`: a node that is killed and paused, round by round, under clients that
// verify; then trouble with its disk. Prints what was found and adds a line to docs/chaos.md with `--note`. The seed
// fixes the faults, not what the machine makes of them.

import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { delay, OttlaBroker } from '../conformance/brokers.ts'
import { kafkaJars } from '../conformance/clients/java.ts'
import { Prng } from '../src/base/prng.ts'
import { diskTrouble } from './disk-trouble.ts'
import { KafkaVerifiers } from './kafka-verifiers.ts'
import { Ledger } from './ledger.ts'
import { OwnClients } from './own-clients.ts'
import { readOnlyWhileRunning } from './read-only-disk.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    note: { type: 'boolean', default: false },
  },
})
const root = join(import.meta.dirname, '..')
const program = join(root, 'dist/ottla.js')
const ports = { rounds: 19_492, disk: 19_494, readOnly: 19_496 }
const rounds = Number(options.rounds)
const random = new Prng(options.seed)
const folder = mkdtempSync(join(tmpdir(), 'ottla-chaos-'))
const broker = new OttlaBroker(program, folder, ports.rounds, ['group.initial.rebalance.delay.ms=0'])
const ledger = new Ledger()
const clients = new OwnClients(broker, ledger)
const verifiers = (await kafkaJars().catch(() => '')) === '' ? undefined : new KafkaVerifiers(ledger)
const counts = new Map<string, number>()

try {
  await broker.start()
  await clients.start()
  await verifiers?.start(broker.server, folder, clients)
  await verifiers?.untilWorking()
  for (let round = 1; round <= rounds; round++) {
    const fault =
      random.between(1, 3) === 1 ? 'paused' : random.between(1, 5) === 1 ? 'paused, then killed' : 'killed'
    await clients.untilServing()
    const working = [clients.commitMore(), clients.createTopic(`round-${round}`, 1)]
    await delay(random.between(0, 400))
    await inflict(fault)
    await Promise.all(working)
    counts.set(fault, (counts.get(fault) ?? 0) + 1)
    process.stdout.write(`round ${round}: ${fault}, ${ledger.acknowledgedCount} records acknowledged\n`)
  }
  await clients.untilServing()
  await verifiers?.settle(clients)
  await clients.settle()
  await broker.stop()
} finally {
  verifiers?.kill()
  await broker.kill()
}
const disk = await diskTrouble(program, join(folder, 'disk'), ports.disk)
const readOnly = await readOnlyWhileRunning(program, join(folder, 'read-only'), ports.readOnly)
rmSync(folder, { recursive: true, force: true })

const findings = [...ledger.findings, ...disk.findings, ...readOnly.findings]
const faults = [...counts].map(([fault, count]) => `${count} ${fault}`).join(', ')
const java = verifiers === undefined ? 'not run: no jars' : `${verifiers.acknowledgedCount}`
const found = findings.length === 0 ? 'none' : findings.join('; ')
const cells = [options.seed, rounds, faults, ledger.acknowledgedCount, java, disk.line, readOnly.line, found]
process.stdout.write(
  `rounds ${rounds} (${faults}); records ${ledger.acknowledgedCount}, by Kafka's tools ${java}\n`,
)
process.stdout.write(`disk: ${disk.line}\nread-only while running: ${readOnly.line}\nfindings: ${found}\n`)
if (options.note) appendFileSync(join(root, 'docs/chaos.md'), `| ${cells.join(' | ')} |\n`)
process.exit(findings.length === 0 ? 0 : 1)

/** Ends with the broker running. */
async function inflict(fault: string): Promise<void> {
  if (fault !== 'killed') {
    process.kill(broker.pid, 'SIGSTOP')
    await delay(random.between(0, 2000))
  }
  if (fault === 'paused') process.kill(broker.pid, 'SIGCONT')
  else {
    await broker.kill()
    await broker.start()
  }
}
