import { doesNotThrow, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { drawRunOptions } from './run-options.ts'
import { SimBroker } from './sim-broker.ts'
import { Simulation } from './simulation.ts'
import { Sometimes } from './sometimes.ts'

test('[SIM24] it is told what a node still holds when it has stopped', async () => {
  const simulation = new Simulation(1)
  const host = simulation.host('broker')
  const broker = new SimBroker(host, drawRunOptions(simulation.prng), new Sometimes())
  doesNotThrow(() => broker.checkStopped())
  const { disk, timers } = host.env
  const file = await simulation.perform(() => disk.open('/file', 'create'))
  throws(() => broker.checkStopped(), /S39: 1 files are open after a stop/)
  await simulation.perform(() => file.close())
  const timer = timers.after(1000, () => {})
  throws(() => broker.checkStopped(), /S39: 1 timers, calls and packets wait after a stop/)
  timer.cancel()
  doesNotThrow(() => broker.checkStopped())
})
