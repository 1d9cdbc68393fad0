import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientWorld } from '../client/testing/client-world.ts'
import { CliWorld } from './testing/cli-world.ts'

const base = 'http://127.0.0.1:9191'

function start(answer: unknown, status = 200) {
  const cli = new CliWorld(new ClientWorld())
  cli.httpAnswer = { ok: true, status, body: JSON.stringify(answer) }
  return cli
}

test('[CLI26] fault sends what is to go wrong to the broker under test', async () => {
  const pending = { id: 3, api: 'Produce', topic: 'orders', left: 2, hits: 0 }
  const cli = start(pending)
  const line = '--api Produce --topic orders --error NOT_ENOUGH_REPLICAS --times 2'
  assert.deepEqual(await cli.run(`fault ${line}`), { code: 0, out: 'Fault 3 is set.\n', err: '' })
  await cli.run('fault --api Fetch --close after --delay-ms 5 --times Infinity --test-control 80')
  await cli.run('fault --remove 3')
  await cli.run('fault --clear')
  assert.deepEqual(cli.httpRequests, [
    `POST ${base}/faults {"api":"Produce","topic":"orders","error":"NOT_ENOUGH_REPLICAS","times":2}`,
    'POST http://127.0.0.1:80/faults {"api":"Fetch","times":"Infinity","delayMs":5,"close":"after"}',
    `DELETE ${base}/faults/3`,
    `DELETE ${base}/faults`,
  ])
  cli.httpAnswer = { ok: true, status: 200, body: JSON.stringify([pending]) }
  assert.equal((await cli.run('fault --list')).out, 'ID API     TOPIC  LEFT HITS\n3  Produce orders 2    0\n')
  assert.deepEqual(JSON.parse((await cli.run('fault --list --json')).out), [pending])
})

test('[CLI26] clock shows the time of the broker under test and moves it', async () => {
  const cli = start({ nowMs: 0 })
  assert.equal((await cli.run('clock')).out, '1970-01-01T00:00:00.000Z\n')
  assert.equal((await cli.run('clock --advance-ms 500 --json')).out, '{"nowMs":0}\n')
  assert.deepEqual(cli.httpRequests, [`GET ${base}/clock`, `POST ${base}/clock {"advanceMs":500}`])
})

test('[CLI26] refusals and a missing test control are told with the way out', async () => {
  const cli = start({ error: 'there is no API Prodcue; did you mean Produce?' }, 400)
  const refused = await cli.run('fault --api Prodcue --drop')
  assert.deepEqual(refused, { code: 1, out: '', err: 'There is no API Prodcue; did you mean Produce?\n' })
  cli.httpAnswer = { ok: false, message: 'connection refused' }
  const missing = await cli.run('clock')
  assert.equal(missing.code, 1)
  assert.match(
    missing.err,
    /^No test control answers at 127\.0\.0\.1:9191 .*ottla start --memory --test-control 9191\n$/,
  )
  assert.equal((await cli.run('fault --list --clear')).code, 2)
  assert.equal((await cli.run('fault --api Produce --times often')).code, 2)
})
