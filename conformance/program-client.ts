// A client in another language: a program that is run once per operation. It finds the request as JSON on its standard
// input, `{op, server, …}`, and ends its output with a line of JSON: the answer, or `{"cannot": reason}`.

import { CannotDo, lines, type Operations, run } from './client.ts'

/** `command` is called when the first operation needs it, after `missing` had its chance to install or compile. */
export function programOperations(command: readonly string[]): Operations {
  const ask = async (op: string, server: string, request: object) => {
    const [program, ...args] = command
    const printed = await run(program!, args, JSON.stringify({ op, server, ...request }))
    const answer = JSON.parse(lines(printed).at(-1) ?? '{}')
    if (answer.cannot !== undefined) throw new CannotDo(answer.cannot)
    return answer
  }
  return {
    produce: (server, request) => ask('produce', server, request),
    consume: async (server, topic, group, count) =>
      (await ask('consume', server, { topic, group, count })).records,
    consumeFrom: async (server, topic, timestampMs, count) =>
      (await ask('consumeFrom', server, { topic, timestampMs, count })).records,
    rebalance: (server, topic, group) => ask('rebalance', server, { topic, group }),
    createTopic: (server, topic, partitions) => ask('createTopic', server, { topic, partitions }),
    describeTopic: async (server, topic) =>
      (await ask('describeTopic', server, { topic })).partitions ?? undefined,
    addPartitions: (server, topic, total) => ask('addPartitions', server, { topic, total }),
    deleteTopic: (server, topic) => ask('deleteTopic', server, { topic }),
  }
}
