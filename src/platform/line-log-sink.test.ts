import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LineLogSink, type LogOptions } from './line-log-sink.ts'

function sinkInto(lines: string[], options: LogOptions): LineLogSink {
  return new LineLogSink(options, { write: (line) => lines.push(line) })
}

test("[ENV7] a text line has the form of Kafka's, with its fields and stacks after it", () => {
  const lines: string[] = []
  const sink = sinkInto(lines, {})
  sink.write('info', 'kafka.server.KafkaApis', 'started')
  sink.write('error', 'kafka.log.LogManager', 'cannot write', {
    topic: 'a b',
    partition: 3,
    error: new Error('disk full'),
  })
  assert.match(
    lines[0]!,
    /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] INFO started \(kafka\.server\.KafkaApis\)\n$/,
  )
  assert.match(
    lines[1]!,
    /\] ERROR cannot write \(kafka\.log\.LogManager\) topic=a b partition=3\nError: disk full\n {4}at /,
  )
})

test('[ENV7] a message cannot forge a line', () => {
  const lines: string[] = []
  sinkInto(lines, {}).write('warn', 'x', 'name a\n[2026-01-01] INFO all is well', { id: '\r\u009b' })
  assert.match(lines[0]!, /WARN name a\\u000a\[2026-01-01\] INFO all is well \(x\) id=\\u000d\\u009b\n$/)
})

test('[ENV7] levels below the one that was asked for are dropped', () => {
  const lines: string[] = []
  const sink = sinkInto(lines, { logLevel: 'warn' })
  sink.write('info', 'x', 'dropped')
  sink.write('fatal', 'x', 'kept')
  assert.equal(lines.length, 1)
})

test('[ENV7] a JSON line holds level, logger, message and fields', () => {
  const lines: string[] = []
  sinkInto(lines, { logFormat: 'json' }).write('info', 'x', 'hello', { error: new Error('why'), size: 1n })
  const { time, error, ...rest } = JSON.parse(lines[0]!)
  assert.ok(Math.abs(Date.now() - time) < 60_000)
  assert.deepEqual([error.type, error.message], ['Error', 'why'])
  assert.match(error.stack, /line-log-sink/)
  assert.deepEqual(rest, { level: 'info', size: '1', logger: 'x', msg: 'hello' })
})
