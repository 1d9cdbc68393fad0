// One run: draws what it is like, lets real clients work on a real node while it crashes and the world is faulty,
// then heals and demands that everything acknowledged is there, in order, once.

import { History } from './history.ts'
import { drawRunOptions, type RunOptions } from './run-options.ts'
import { SimBroker } from './sim-broker.ts'
import { Simulation } from './simulation.ts'
import { name, Workload } from './workload.ts'

export interface RunResult {
  readonly options: RunOptions
  readonly traceHash: string
  readonly traceTail: readonly string[]
  readonly acknowledged: number
  readonly read: number
  readonly starts: number
  readonly virtualMs: number
  readonly failure: unknown
}

/** After healing, everything has to be done within this much virtual time. */
const livenessMs = 600_000
const restartMsMax = 3000
/** About a quarter of the time is without faults, so that work gets done between them. */
const calmShare = 0.25
const faultPhaseMsMax = 4000

export async function runSeed(seed: string, onOptions: (options: RunOptions) => void): Promise<RunResult> {
  const simulation = new Simulation(seed)
  const options = drawRunOptions(simulation.prng.fork('options'))
  onOptions(options)
  const history = new History({ mayLose: options.crash === 'power' && !options.syncsAppends })
  const broker = new SimBroker(simulation.host('broker'), options)
  const workload = new Workload(
    simulation.host('client').env,
    options,
    history,
    simulation.prng.fork('workload'),
  )
  let failure: unknown
  try {
    await drive(simulation, options, broker, workload, history)
    await check(simulation, options, workload, history)
    await simulation.perform(() => broker.stop())
  } catch (error) {
    failure = error
  }
  return {
    options,
    traceHash: simulation.trace.hash(),
    traceTail: simulation.trace.tail(),
    acknowledged: history.acknowledgedCount,
    read: history.readCount,
    starts: broker.starts,
    virtualMs: simulation.nowMs,
    failure,
  }
}

async function drive(
  simulation: Simulation,
  options: RunOptions,
  broker: SimBroker,
  workload: Workload,
  history: History,
): Promise<void> {
  simulation.check(() => broker.check())
  simulation.check(() => workload.check())
  broker.start()
  await expect(simulation, 'the first start', () => broker.isRunning)
  await simulation.perform(() => workload.createMainTopic())
  workload.start(broker)
  scheduleCrashes(simulation, options, broker, history)
  scheduleFaults(simulation, options)
  scheduleRevival(simulation, broker)
  await simulation.run(options.safetyMs)
  history.onNextAcknowledgement = undefined
  simulation.heal()
  await expect(simulation, 'the node to run again', () => broker.isRunning)
  workload.stop()
  await expect(simulation, 'every client to finish', () => workload.isDone)
}

async function expect(simulation: Simulation, what: string, predicate: () => boolean): Promise<void> {
  const isTrue = await simulation.run(predicate, { withinMs: livenessMs })
  if (!isTrue) throw new Error(`waited ${livenessMs} ms of virtual time for ${what}`)
}

/** Half of the crashes come right after an acknowledgement, when losing what it was for would show. */
function scheduleCrashes(
  simulation: Simulation,
  options: RunOptions,
  broker: SimBroker,
  history: History,
): void {
  const prng = simulation.prng.fork('crashes')
  const crash = () => {
    if (simulation.host('broker').isUp) broker.crash(options.crash)
  }
  const crashAtAcknowledgement = () => {
    history.onNextAcknowledgement = () => simulation.after(0, 'crash', crash)
  }
  for (let index = 0; index < options.crashes; index++)
    simulation.after(
      prng.between(1000, options.safetyMs - 1000),
      'crash ahead',
      prng.chance(0.5) ? crash : crashAtAcknowledgement,
    )
}

/** A node that is down or has given up is started again after a while, for the whole run. */
function scheduleRevival(simulation: Simulation, broker: SimBroker): void {
  const prng = simulation.prng.fork('revival')
  const look = () => {
    if (broker.hasGivenUp && simulation.host('broker').isUp) broker.crash('kill')
    if (!simulation.host('broker').isUp) broker.start()
    simulation.after(prng.between(100, restartMsMax), 'revival', look)
  }
  look()
}

function scheduleFaults(simulation: Simulation, options: RunOptions): void {
  const prng = simulation.prng.fork('faults')
  const { diskFaults } = simulation.host('broker')
  const { faults } = simulation.network
  diskFaults.latencyUsMax = options.diskLatencyUsMax
  const change = () => {
    if (simulation.nowMs >= options.safetyMs) return
    const isCalm = prng.chance(calmShare)
    diskFaults.stall = isCalm ? 0 : options.diskStall
    diskFaults.writeError = isCalm ? 0 : options.diskWriteError
    faults.spike = isCalm ? 0 : options.networkSpike
    if (options.clockJumpMsMax > 0 && !isCalm)
      simulation.host('broker').jumpClock(prng.between(-options.clockJumpMsMax, options.clockJumpMsMax))
    simulation.after(prng.between(100, faultPhaseMsMax), 'faults', change)
  }
  change()
}

async function check(
  simulation: Simulation,
  options: RunOptions,
  workload: Workload,
  history: History,
): Promise<void> {
  const committed = await simulation.perform(() => workload.committed())
  for (let partition = 0; partition < options.partitions; partition++) {
    const records = await simulation.perform(() => workload.readAll(partition))
    history.check(name(partition), records, committed.get(partition))
  }
}
