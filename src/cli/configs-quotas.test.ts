import assert from 'node:assert/strict'
import { pbkdf2Sync } from 'node:crypto'
import { test } from 'node:test'
import { calls } from '../client/api-call.ts'
import { ClientWorld } from '../client/testing/client-world.ts'
import { CliWorld } from './testing/cli-world.ts'

const configs = 'configs --bootstrap-server fake:9093'

/** Quotas of alice with app and of all other users, and credentials of bob. */
function start() {
  const world = new ClientWorld()
  world.broker.onMetadata([world.broker], {})
  const entity = (entityType: string, entityName: string | null) => ({ entityType, entityName })
  world.broker.on(calls.describeClientQuotas, ({ components }) => ({
    ...calls.describeClientQuotas.response.defaults(),
    entries:
      components.length === 2
        ? [
            {
              entity: [entity('client-id', 'app'), entity('user', 'alice')],
              values: [
                { key: 'producer_byte_rate', value: 10_485_760 },
                { key: 'request_percentage', value: 12.5 },
              ],
            },
          ]
        : [{ entity: [entity('user', null)], values: [{ key: 'consumer_byte_rate', value: 5 }] }],
  }))
  world.broker.on(calls.describeUserScramCredentials, () => ({
    ...calls.describeUserScramCredentials.response.defaults(),
    results: [
      {
        user: 'bob',
        errorCode: 0,
        errorMessage: null,
        credentialInfos: [
          { mechanism: 1, iterations: 4096 },
          { mechanism: 2, iterations: 8192 },
        ],
      },
      { user: 'eve', errorCode: 91, errorMessage: 'no such user', credentialInfos: [] },
    ],
  }))
  world.broker.on(calls.alterClientQuotas, ({ entries }) => ({
    ...calls.alterClientQuotas.response.defaults(),
    entries: entries.map(({ entity }) => ({ errorCode: 0, errorMessage: null, entity })),
  }))
  world.broker.on(calls.alterUserScramCredentials, () => ({
    ...calls.alterUserScramCredentials.response.defaults(),
    results: [{ user: 'bob', errorCode: 0, errorMessage: null }],
  }))
  return { world, cli: new CliWorld(world) }
}

test("[CLI31] quotas and credentials are described in the lines of Kafka's tool, or as JSON", async () => {
  const { world, cli } = start()
  assert.deepEqual(await cli.run(`${configs} --describe --entity-type users`), {
    code: 0,
    out:
      'Quota configs for the default user-principal are consumer_byte_rate=5.0\n' +
      "SCRAM credential configs for user-principal 'bob' are " +
      'SCRAM-SHA-256=iterations=4096, SCRAM-SHA-512=iterations=8192\n',
    err: '',
  })
  const pair = await cli.run(`${configs} --describe --user alice --client-defaults`)
  assert.equal(
    pair.out,
    "Quota configs for user-principal 'alice', client-id 'app' are " +
      'producer_byte_rate=1.048576E7, request_percentage=12.5\n',
  )
  const asked = world.broker.askedFor(calls.describeClientQuotas)
  assert.deepEqual(
    asked.map(({ components }) => components.map((each) => [each.entityType, each.matchType, each.match])),
    [
      [['user', 2, null]],
      [
        ['user', 0, 'alice'],
        ['client-id', 1, null],
      ],
    ],
  )
  const json = await cli.run(`${configs} --describe --user-defaults --json`)
  assert.deepEqual(JSON.parse(json.out), {
    quotas: [{ entity: { user: null }, values: { consumer_byte_rate: 5 } }],
    scramCredentials: [],
  })
})

test('[CLI31] quotas are set and deleted, of a pair by either way to name it', async () => {
  const { world, cli } = start()
  const change = '--add-config producer_byte_rate=1e3 --delete-config request_percentage'
  for (const pair of [
    '--user alice --client app',
    '--entity-type clients --entity-name app --entity-type users --entity-name alice',
  ]) {
    const ran = await cli.run(`${configs} --alter ${pair} ${change}`)
    assert.deepEqual(ran, { code: 0, out: 'Completed updating config for client app.\n', err: '' })
  }
  const [first, second] = world.broker.askedFor(calls.alterClientQuotas)
  assert.deepEqual(first, second)
  assert.deepEqual(first!.entries[0]!.ops, [
    { key: 'producer_byte_rate', value: 1000, remove: false },
    { key: 'request_percentage', value: 0, remove: true },
  ])
  const defaults = `${configs} --alter --entity-type ips --entity-default --add-config connection_creation_rate=1`
  assert.equal((await cli.run(defaults)).out, 'Completed updating default config for ips in the cluster.\n')
})

test('[CLI31] a password goes out salted and hashed', async () => {
  const { world, cli } = start()
  const alter = `${configs} --alter --user bob`
  const flags = '--add-config SCRAM-SHA-256=[iterations=4097,password=se,cret=] --delete-config SCRAM-SHA-512'
  assert.equal((await cli.run(`${alter} ${flags}`)).out, 'Completed updating config for user bob.\n')
  const { deletions, upsertions } = world.broker.askedFor(calls.alterUserScramCredentials)[0]!
  assert.deepEqual(deletions, [{ name: 'bob', mechanism: 2 }])
  const { salt, saltedPassword, iterations } = upsertions[0]!
  assert.equal(iterations, 4097)
  assert.deepEqual(Buffer.from(saltedPassword), pbkdf2Sync('se,cret=', salt, 4097, 32, 'sha256'))
})

test('[CLI31] what cannot be of the entity, or not at once, is refused before anything changes', async () => {
  const { world, cli } = start()
  const lines: [string, RegExp][] = [
    [
      '--user alice --add-config producer_byte_rat=1',
      /no config producer_byte_rat of user; did you mean producer_byte_rate\?/,
    ],
    ['--client app --add-config SCRAM-SHA-256=[password=x]', /no config SCRAM-SHA-256 of client-id/],
    ['--ip 10.0.0.1 --add-config producer_byte_rate=1', /no config producer_byte_rate of ip/],
    ['--user-defaults --add-config SCRAM-SHA-256=[password=x]', /there are none by default/],
    [
      '--user alice --add-config SCRAM-SHA-256=[password=x],request_percentage=1',
      /cannot be changed at once/,
    ],
    ['--user alice --add-config SCRAM-SHA-256=secret', /Write SCRAM-SHA-256=\[/],
    ['--user alice --add-config SCRAM-SHA-256=[iterations=9,password=x]', /9 iterations are too few/],
    ['--user alice --add-config request_percentage=much', /"much" is no number/],
    ['--user alice --client app --delete-config consumer_byte_rate', /no consumer_byte_rate to delete/],
    ['--entity-type users --add-config request_percentage=1', /user has none/],
    ['--user alice --topic orders --add-config a=1', /say whose configs/i],
    ['--user alice --entity-type clients --add-config a=1', /do not go with a flag of one type/],
    ['--entity-type users --entity-name a --entity-default --add-config a=1', /needs an --entity-type/],
  ]
  for (const [flags, expected] of lines) {
    const ran = await cli.run(`${configs} --alter ${flags}`)
    assert.notEqual(ran.code, 0, flags)
    assert.match(ran.err, expected)
  }
  assert.equal(world.broker.askedFor(calls.alterClientQuotas).length, 0)
  assert.equal(world.broker.askedFor(calls.alterUserScramCredentials).length, 0)
})
