// A node in the hands of tests over HTTP.

import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { startControlledNode } from '../../src/kit/start-controlled-node.ts'
import { createNodeEnv } from '../../src/platform/node-env.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { produce } from './raw-client.ts'

interface Controlled {
  /** The answer to a request: `POST /faults {"api":…}`. */
  ask(line: string): Promise<{ status: number; body: Record<string, unknown> & Record<string, unknown>[] }>
  connect(): Promise<RawConnection>
  readonly url: string
}

async function controlled(t: TestContext): Promise<Controlled> {
  const settings = { overrides: [['num.partitions', '1'] as const], dataDirectory: 'data', port: 0 }
  const env = createNodeEnv({ memory: true, logLevel: 'fatal' })
  const started = await startControlledNode(settings, 0, env)
  ok(started.ok)
  t.after(() => started.node.stop())
  const url = started.node.facts.testControl!
  return {
    url,
    async ask(line) {
      const [, method, path, body] = /^(\S+) (\S+)(?: (.*))?$/.exec(line)!
      const answer = await fetch(url + path, { method: method!, ...(body !== undefined && { body }) })
      return { status: answer.status, body: (await answer.json()) as never }
    },
    async connect() {
      const connection = await RawConnection.open(started.node.port()!)
      t.after(() => connection.close())
      return connection
    },
  }
}

test('[KIT37] over HTTP faults are added, seen and removed, the clock moves, requests are told', async (t) => {
  const node = await controlled(t)
  const connection = await node.connect()
  const { body: fault } = await node.ask(
    'POST /faults {"api":"Produce","error":"KAFKA_STORAGE_ERROR","times":"Infinity"}',
  )
  equal(fault.left, 'Infinity')
  deepEqual(await produce(connection, ['orders']), [errors.KAFKA_STORAGE_ERROR])
  deepEqual((await node.ask('GET /faults')).body, [{ ...fault, hits: 1 }])
  equal((await node.ask(`DELETE /faults/${fault.id}`)).status, 200)
  deepEqual((await node.ask('GET /faults')).body, [])
  const { body: before } = await node.ask('GET /clock')
  const { body: after } = await node.ask('POST /clock {"advanceMs":86400000}')
  ok((after.nowMs as number) - (before.nowMs as number) >= 86_400_000)
  const { body: requests } = await node.ask('GET /requests?api=Produce&topic=orders')
  deepEqual(
    requests.map(({ api, topics, faultId }) => [api, topics, faultId]),
    [['Produce', ['orders'], fault.id]],
  )
  deepEqual(await node.ask('POST /reset'), { status: 200, body: {} })
  deepEqual((await node.ask('GET /requests')).body, [])
})

test('[KIT38] over HTTP what makes no sense is refused with a sentence', async (t) => {
  const node = await controlled(t)
  const refused: readonly [line: string, status: number, error: RegExp][] = [
    ['GET /fault', 404, /GET \/fault is not one of GET \/faults, /],
    ['PUT /faults {}', 404, /PUT \/faults is not one of/],
    ['POST /faults', 400, /not a JSON object: it is empty/],
    ['POST /faults [1]', 400, /not a JSON object: \[1\]/],
    ['POST /faults {"api":"Produce"}', 400, /needs one of error, close, drop and delayMs/],
    ['DELETE /faults/9', 400, /no fault 9 waits/],
    ['POST /clock {"advanceMs":-1}', 400, /advanceMs -1 is not a number/],
    ['POST /clock {"advance":1}', 400, /advance is not known here, only advanceMs is/],
    ['POST /reset {"disconnect":1}', 400, /disconnect 1 is neither true nor false/],
    ['GET /requests?key=1', 400, /filtered by api, topic and clientId, not by key/],
    ['GET /requests?api=Produse', 400, /api Produse is not an API/],
  ]
  for (const [line, status, error] of refused) {
    const answer = await node.ask(line)
    equal(answer.status, status, line)
    match(String(answer.body.error), error)
  }
})

test('[KIT39] web pages are kept out, and a control port that is taken stops the start', async (t) => {
  const { url } = await controlled(t)
  const answer = await fetch(`${url}/faults`, { headers: { origin: 'http://example.org' } })
  equal(answer.status, 403)
  const env = createNodeEnv({ memory: true, logLevel: 'fatal' })
  const settings = { overrides: [], dataDirectory: 'data', port: 0 }
  const second = await startControlledNode(settings, Number(new URL(url).port), env)
  ok(!second.ok)
  match(second.message, /--test-control: cannot listen on 127\.0\.0\.1:\d+/)
})
