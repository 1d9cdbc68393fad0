// kafka-python 2.0.2, in a virtual environment that is made once beside the run's other files.

import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConformanceClient, lines, run } from '../client.ts'

const environment = join(tmpdir(), 'ottla-conformance-kafka-python')
const python = join(environment, 'bin/python')
const script = join(import.meta.dirname, 'kafka_python.py')

export const kafkaPython: ConformanceClient = {
  name: 'kafka-python',
  async missing() {
    try {
      if (!existsSync(python)) await run('python3', ['-m', 'venv', environment])
      // kafka-python 2.0.2 carries a copy of six that Python 3.12 cannot import.
      await run(python, ['-m', 'pip', 'install', '--quiet', 'kafka-python==2.0.2', 'six'])
      await run(python, ['-c', 'import kafka'])
      return undefined
    } catch (error) {
      return `kafka-python cannot be installed: ${(error as Error).message}`
    }
  },
  async produce(server, topic, values) {
    await run(python, [script, 'produce', server, topic], `${values.join('\n')}\n`)
  },
  async consume(server, topic, group, count) {
    const how = group === undefined ? [] : [group]
    return lines(await run(python, [script, 'consume', server, topic, String(count), ...how]))
  },
}
