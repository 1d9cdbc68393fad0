import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { calls } from '../client/api-call.ts'
import { ClientWorld } from '../client/testing/client-world.ts'
import { ConsumerWorld } from '../client/testing/consumer-world.ts'
import { readBatchHeader, records } from '../protocol/records/record-batch.ts'
import { parseJsonLine } from './json-line.ts'
import { Progress } from './progress.ts'
import { CliWorld } from './testing/cli-world.ts'

const server = '--bootstrap-server fake:9093'

function producing(errorCode: number = errors.NONE) {
  const world = new ClientWorld()
  world.broker.onMetadata([world.broker], { orders: [1] })
  world.broker.on(calls.initProducerId, () => ({
    ...calls.initProducerId.response.defaults(),
    producerId: 5,
  }))
  const batches: { acks: number; compression: string; producerId: number; values: string[] }[] = []
  world.broker.on(calls.produce, ({ acks, topicData }) => {
    const { name, topicId, partitionData } = topicData[0]!
    const bytes = partitionData[0]!.records!
    const { compression, producerId } = readBatchHeader(bytes, 0)
    const values = [...records(bytes, 0)].map(({ value }) => Buffer.from(value!).toString())
    batches.push({ acks, compression, producerId, values })
    const answer = { index: 0, errorCode, baseOffset: 0, logAppendTimeMs: -1, logStartOffset: 0 }
    const rest = { recordErrors: [], errorMessage: null, currentLeader: { leaderId: -1, leaderEpoch: -1 } }
    const responses = [{ name, topicId, partitionResponses: [{ ...answer, ...rest }] }]
    return acks === 0 ? 'silence' : { ...calls.produce.response.defaults(), responses }
  })
  return { cli: new CliWorld(world), batches }
}

test('[CLI8] every line is written, in order, before the command ends', async () => {
  const { cli, batches } = producing()
  cli.input = ['a\nb', 'c\nd']
  const ran = await cli.run(`produce ${server} --topic orders --json`)
  assert.deepEqual(ran, { code: 0, out: '{"written":3,"failed":0}\n', err: '' })
  assert.deepEqual(batches, [{ acks: -1, compression: 'none', producerId: 5, values: ['a', 'bc', 'd'] }])
})

test('[CLI8] options and properties set how records are written', async () => {
  const { cli, batches } = producing()
  cli.files.set('producer.properties', Buffer.from('acks=0\ncompression.type=snappy\n'))
  cli.input = ['x\n']
  const lines: [string, string][] = [
    ['--compression-codec', '-1 gzip 5'],
    ['--acks 1 --compression-codec zstd', '1 zstd -1'],
    ['--request-required-acks 0', '0 none -1'],
    ['--producer-property acks=1 --producer-property compression.type=lz4', '1 lz4 -1'],
    ['--producer.config producer.properties', '0 snappy -1'],
    ['--command-config producer.properties --command-property acks=all', '-1 snappy 5'],
    ['--producer-property enable.idempotence=false', '-1 none -1'],
  ]
  for (const [flags, expected] of lines) {
    assert.equal((await cli.run(`produce ${server} --topic orders ${flags}`)).code, 0, flags)
    const { acks, compression, producerId } = batches.pop()!
    assert.equal(`${acks} ${compression} ${producerId}`, expected, flags)
  }
  const strange = await cli.run(`produce ${server} --topic orders --producer-property buffer.memory=1`)
  assert.equal(strange.err, 'Warning: buffer.memory has no effect here.\n')
})

test('[CLI8] a line that cannot be read ends the command after what came before is written', async () => {
  const { cli, batches } = producing()
  cli.input = ['k\tv\nnokey\nk\tw\n']
  const ran = await cli.run(`produce ${server} --topic orders --reader-property parse.key=true`)
  assert.deepEqual([ran.code, ran.err], [1, 'No key separator on line 2: "nokey".\n'])
  assert.deepEqual(batches[0]!.values, ['v'])
})

test('[CLI8] records that are refused are told once for each reason, and the command fails', async () => {
  const { cli } = producing(errors.TOPIC_AUTHORIZATION_FAILED)
  cli.input = ['a\nb\n']
  const ran = await cli.run(`produce ${server} --topic orders --json`)
  assert.deepEqual([ran.code, ran.out], [1, '{"written":0,"failed":2}\n'])
  assert.match(ran.err, /^Cannot write to topic orders: .*\(TOPIC_AUTHORIZATION_FAILED\)\n$/)
})

test('[CLI9] a topic is read from its begin, or from where the options say', async () => {
  const cli = new CliWorld(new ConsumerWorld([3, 2]))
  const print = '--property print.partition=true --property print.offset=true --property print.value=false'
  const all = await cli.run(`consume ${server} --topic orders --from-beginning --timeout-ms 2000 ${print}`)
  const expected = [0, 1, 2].map((offset) => `Partition:0\tOffset:${offset}`)
  assert.deepEqual(all.out.replaceAll('\tPartition', '\nPartition').split('\n').slice(0, 3), expected)
  assert.deepEqual([all.code, all.err], [0, 'Processed a total of 5 messages\n'])
  const one = await cli.run(`consume ${server} --topic orders --partition 0 --offset 1 --timeout-ms 2000`)
  assert.equal(one.out, '1\n2\n')
  const latest = await cli.run(`consume ${server} --include or.* --timeout-ms 2000`)
  assert.equal(latest.err, 'Processed a total of 0 messages\n')
})

test('[CLI9] a member of a group commits only what was printed', async () => {
  const world = new ConsumerWorld([5])
  const cli = new CliWorld(world)
  const ran = await cli.run(`consume ${server} --topic orders --group g --from-beginning --max-messages 2`)
  assert.deepEqual(ran, { code: 0, out: '0\n1\n', err: 'Processed a total of 2 messages\n' })
  assert.deepEqual([...world.committed], [['orders-0', 2n]])
  assert.equal(world.broker.askedFor(calls.leaveGroup).length, 1)
  const next = await cli.run(`consume ${server} --topic orders --group g --max-messages 1 --json`)
  assert.equal(JSON.parse(next.out).offset, 2)
  const quiet = '--consumer-property enable.auto.commit=false --consumer-property group.id=g'
  await cli.run(`consume ${server} --topic orders --max-messages 1 ${quiet}`)
  assert.deepEqual([...world.committed], [['orders-0', 3n]])
})

test('[CLI9] reading goes on until it is interrupted', async () => {
  const world = new ConsumerWorld([1])
  const cli = new CliWorld(world)
  const running = cli.start(`consume ${server} --topic orders --from-beginning`)
  await world.time.advance(10_000)
  assert.equal(cli.out, '0\n')
  cli.interrupt()
  const ran = await world.until(running)
  assert.deepEqual([ran.code, ran.err], [0, 'Processed a total of 1 messages\n'])
})

test('[CLI9] a missing topic is waited for', async () => {
  const world = new ConsumerWorld([])
  const cli = new CliWorld(world)
  const running = cli.start(`consume ${server} --topic orders --from-beginning --max-messages 1`)
  await world.time.advance(2000)
  world.grow([1])
  const ran = await world.until(running)
  assert.equal(ran.out, '0\n')
  assert.match(ran.err, /^Waiting for topic orders, which does not exist yet\.\n/)
})

test('[CLI9] an error ends reading with exit code 1', async () => {
  const world = new ConsumerWorld([1])
  world.fetchErrors.push(errors.TOPIC_AUTHORIZATION_FAILED)
  const ran = await new CliWorld(world).run(`consume ${server} --topic orders --from-beginning`)
  assert.equal(ran.code, 1)
  assert.match(
    ran.err,
    /^Partition orders-0: .*\(TOPIC_AUTHORIZATION_FAILED\)\nProcessed a total of 0 messages\n$/,
  )
})

test('[CLI27] reading begins before the end and stops where the log ended', async () => {
  const cli = new CliWorld(new ConsumerWorld([3, 2]))
  const tail = await cli.run(`consume ${server} --topic orders --tail 1 --exit`)
  assert.deepEqual([tail.code, tail.out.split('\n').sort().join(' ').trim()], [0, '1 2'])
  assert.equal(
    (await cli.run(`consume ${server} --topic orders --partition 0 --tail 9 --exit`)).out,
    '0\n1\n2\n',
  )
  assert.equal((await cli.run(`consume ${server} --topic orders --exit`)).out, '')
  const all = await cli.run(`consume ${server} --topic orders --partition 1 --from-beginning --exit`)
  assert.deepEqual(all, { code: 0, out: '0\n1\n', err: 'Processed a total of 2 messages\n' })
})

test('[CLI27] filters leave out what does not match and do not count it', async () => {
  const cli = new CliWorld(new ConsumerWorld([13]))
  const read = `consume ${server} --topic orders --from-beginning`
  const ran = await cli.run([...read.split(' '), '--filter-value', '^1', '--max-messages', '3'])
  assert.deepEqual([ran.out, ran.err], ['1\n10\n11\n', 'Processed a total of 3 messages\n'])
  assert.equal((await cli.run(`${read} --filter-key . --exit`)).out, '')
})

test('[CLI27] a format has the tokens of kcat', async () => {
  const cli = new CliWorld(new ConsumerWorld([2]))
  const read = [
    'consume',
    '--bootstrap-server',
    'fake:9093',
    '--topic',
    'orders',
    '--from-beginning',
    '--exit',
  ]
  const ran = await cli.run([...read, '--format', '%t/%p/%o k=%k(%K) v=%s(%S) 100%%\\n'])
  assert.equal(ran.out, 'orders/0/0 k=(-1) v=0(1) 100%\norders/0/1 k=(-1) v=1(1) 100%\n')
  const wrong = await cli.run([...read, '--format', '%x'])
  assert.equal(wrong.code, 2)
  assert.match(wrong.err, /%x stands for nothing; there are %t %p/)
})

test('[CLI27] flags that contradict each other are refused', async () => {
  const cli = new CliWorld(new ConsumerWorld([1]))
  for (const flags of [
    '--tail 1 --group g',
    '--exit --group g',
    '--tail 1 --from-beginning',
    '--json --format %s',
  ])
    assert.equal((await cli.run(`consume ${server} --topic orders ${flags}`)).code, 2, flags)
  assert.equal((await cli.run(`consume ${server} --topic orders --filter-key (`)).code, 2)
})

test('[CLI28] lines are read as key:value or as JSON, the form that consume prints', async () => {
  const { cli, batches } = producing()
  cli.input = ['k:v:w\n']
  assert.equal((await cli.run(`produce ${server} --topic orders --input key:value`)).code, 0)
  assert.deepEqual(batches.pop()!.values, ['v:w'])
  cli.input = ['{"key":"k","value":"v","timestamp":5,"partition":0,"offset":9}\n{"value":{"a":1}}\n']
  assert.equal((await cli.run(`produce ${server} --topic orders --input json`)).code, 0)
  assert.deepEqual(batches.pop()!.values, ['v', '{"a":1}'])
  const both = await cli.run(`produce ${server} --topic orders --input json --property parse.key=true`)
  assert.equal(both.code, 2)
})

test('[CLI28] a JSON line gives key, value, headers, time and place of a record', () => {
  const line =
    '{"key":null,"value":{"base64":"AAE="},"headers":[{"key":"h","value":"x"}],"timestamp":5,"partition":2}'
  const headers = [{ key: 'h', value: Buffer.from('x') }]
  const record = { key: null, value: Buffer.from([0, 1]), headers, timestamp: 5, partition: 2 }
  assert.deepEqual(parseJsonLine(line, 1), { ok: true, record })
  const named = parseJsonLine('{"headers":{"h":"x"}}', 1)
  assert.deepEqual(named, { ok: true, record: { key: null, value: null, headers } })
  const wrong: [string, RegExp][] = [
    ['no', /^line 7: it is not JSON/],
    ['[]', /^line 7: it is no JSON object/],
    ['{"headers":3}', /^line 7: headers are neither/],
    ['{"timestamp":"now"}', /^line 7: timestamp "now" is no number/],
  ]
  for (const [text, expected] of wrong) {
    const parsed = parseJsonLine(text, 7)
    assert.ok(!parsed.ok, text)
    assert.match(parsed.message, expected)
  }
})

test('[CLI28] a file is read instead of the input, and its rate told', async () => {
  const { cli, batches } = producing()
  cli.files.set('lines.txt', Buffer.from('a\nb\n'))
  const ran = await cli.run(`produce ${server} --topic orders --file lines.txt --json`)
  assert.deepEqual(batches.pop()!.values, ['a', 'b'])
  assert.match(ran.err, /^Wrote 2 records, 0\.0 MB in \d+\.\d s: \d+ records\/s, /)
  const { written, failed, bytes } = JSON.parse(ran.out)
  assert.deepEqual([written, failed, bytes], [2, 0, 4])
  const missing = await cli.run(`produce ${server} --topic orders --file nope`)
  assert.equal(missing.err, 'Cannot read nope: no such file.\n')
})

test('[CLI28] while somebody looks, a bar shows how far the file is read', async () => {
  const world = new ClientWorld()
  const shown: string[] = []
  const output = {
    columns: undefined,
    errorColumns: 60,
    write: () => {},
    writeError: (text: string) => void shown.push(text),
  }
  const progress = new Progress(4, { env: world.modules, output })
  const chunks = (async function* () {
    yield new Uint8Array(2)
    await world.time.advance(500)
    yield new Uint8Array(2)
  })()
  for await (const _ of progress.watch(chunks));
  const bar = (share: number) =>
    `\r[${'#'.repeat(share * 30)}${'.'.repeat(30 - share * 30)}] ${share * 100} %  0.0 MB`
  assert.deepEqual(shown, [bar(0.5), bar(1)])
})
