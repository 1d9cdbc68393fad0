import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { calls } from '../client/api-call.ts'
import { ClientWorld } from '../client/testing/client-world.ts'
import { parseOffsets } from './delete-records-command.ts'
import { CliWorld } from './testing/cli-world.ts'

const server = '--bootstrap-server fake:9093'

function start() {
  const world = new ClientWorld()
  world.broker.onMetadata([world.broker], { orders: [1, 1, 1], clicks: [1] })
  return { world, cli: new CliWorld(world) }
}

/** Offset 10 + partition for the end, -1 for a time that no record has, else the time itself. */
function listOffsets({ broker }: ClientWorld) {
  broker.on(calls.listOffsets, ({ topics }) => ({
    ...calls.listOffsets.response.defaults(),
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, timestamp }) => ({
        partitionIndex,
        errorCode: name === 'clicks' ? errors.TOPIC_AUTHORIZATION_FAILED : 0,
        oldStyleOffsets: [],
        timestamp,
        offset: timestamp === -1 ? 10 + partitionIndex : timestamp === -5 ? -1 : timestamp,
        leaderEpoch: 0,
      })),
    })),
  }))
}

test("[CLI23] offsets of the chosen partitions are printed as by Kafka's tool", async () => {
  const { world, cli } = start()
  listOffsets(world)
  const lines: [string, string][] = [
    ['--topic orders', 'orders:0:10\norders:1:11\norders:2:12\n'],
    ['--topic orders --partitions 2,0', 'orders:0:10\norders:2:12\n'],
    ['--topic-partitions orders:1', 'orders:1:11\n'],
    ['--topic-partitions ord.*:0-2', 'orders:0:10\norders:1:11\n'],
    ['--topic-partitions orders:-1,orders:2-', 'orders:0:10\norders:2:12\n'],
    ['--topic-partitions orders:1 --time earliest', 'orders:1:-2\n'],
    ['--topic-partitions orders:1 --time max-timestamp', 'orders:1:-3\n'],
    ['--topic-partitions orders:1 --time -5', ''],
    ['--topic-partitions orders:1 --time 1500', 'orders:1:1500\n'],
    ['--topic orders --partitions 1 --json', '[{"topic":"orders","partition":1,"offset":11}]\n'],
  ]
  for (const [flags, out] of lines)
    assert.deepEqual(await cli.run(`get-offsets ${server} ${flags}`), { code: 0, out, err: '' }, flags)
})

test('[CLI23] partitions that cannot be asked are told, wrong lines refused', async () => {
  const { world, cli } = start()
  listOffsets(world)
  const some = await cli.run(`get-offsets ${server}`)
  assert.deepEqual([some.code, some.out.split('\n').length], [1, 4])
  assert.match(some.err, /^Skip clicks-0: .*TOPIC_AUTHORIZATION_FAILED/)
  const none = await cli.run(`get-offsets ${server} --topic nope`)
  assert.deepEqual([none.code, none.out], [1, ''])
  assert.match(none.err, /^Could not match any topic-partitions/)
  assert.equal((await cli.run(`get-offsets ${server} --topic a --topic-partitions b`)).code, 2)
  assert.equal((await cli.run(`get-offsets ${server} --time soon`)).code, 2)
})

test('[CLI24] records before the offsets of the file are deleted, each partition told', async () => {
  const { world, cli } = start()
  world.broker.on(calls.deleteRecords, ({ topics }) => ({
    ...calls.deleteRecords.response.defaults(),
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, offset }) => ({
        partitionIndex,
        lowWatermark: offset,
        errorCode: partitionIndex === 1 ? errors.OFFSET_OUT_OF_RANGE : 0,
      })),
    })),
  }))
  const entry = (partition: number, offset: number) => ({ topic: 'orders', partition, offset })
  const file = (...partitions: object[]) =>
    cli.files.set('offsets.json', Buffer.from(JSON.stringify({ partitions, version: 1 })))
  file(entry(0, 5), entry(1, 9), entry(7, 1))
  const ran = await cli.run(`delete-records ${server} --offset-json-file offsets.json`)
  assert.equal(ran.code, 1)
  const lines = ran.out.split('\n')
  assert.deepEqual(lines.slice(0, 3), [
    'Executing records delete operation',
    'Records delete operation completed:',
    'partition: orders-0\tlow_watermark: 5',
  ])
  assert.match(lines[3]!, /^partition: orders-1\terror: .*\(OFFSET_OUT_OF_RANGE\)$/)
  assert.match(lines[4]!, /^partition: orders-7\terror: .*has no partition 7, it has 3/)
  file(entry(0, 5))
  const json = await cli.run(`delete-records ${server} --offset-json-file offsets.json --json`)
  assert.deepEqual(json, {
    code: 0,
    out: '[{"topic":"orders","partition":0,"lowWatermark":5,"error":null}]\n',
    err: '',
  })
})

test('[CLI24] a file of another form is refused with what is wrong', () => {
  const texts: [string, RegExp][] = [
    ['no', /not of the form/],
    ['{"version":1}', /not of the form/],
    ['{"partitions":[],"version":2}', /version 2 is not known/],
    ['{"partitions":[{"topic":"a","partition":0}]}', /has no topic, partition and offset/],
    ['{"partitions":[null]}', /has no topic, partition and offset/],
    [
      '{"partitions":[{"topic":"a","partition":0,"offset":1},{"topic":"a","partition":0,"offset":2}]}',
      /partition a-0 is named twice/,
    ],
  ]
  for (const [text, expected] of texts) {
    const parsed = parseOffsets(text)
    assert.ok(!parsed.ok, text)
    assert.match(parsed.message, expected)
  }
})
