// kcat, on librdkafka.

import { type ConformanceClient, lines, run } from '../client.ts'

export const kcat: ConformanceClient = {
  name: 'kcat',
  missing: () =>
    run('kcat', ['-V']).then(
      () => undefined,
      () => 'kcat is not installed',
    ),
  async produce(server, topic, values) {
    await run('kcat', ['-P', '-b', server, '-t', topic, '-X', 'acks=all'], `${values.join('\n')}\n`)
  },
  async consume(server, topic, group, count) {
    const common = ['-b', server, '-c', String(count), '-q', '-X', 'auto.offset.reset=earliest']
    // -c counts before the commit: a graceful end commits what was delivered.
    const how = group === undefined ? ['-C', '-t', topic, '-o', 'beginning'] : ['-G', group, topic]
    return lines(await run('kcat', [...common, ...how]))
  },
}
