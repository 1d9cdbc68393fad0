import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseErrors } from './parse-errors.ts'
import { parseSchema, SchemaError } from './parse-schema.ts'

test('[SCHEMA2] everything the notation can say is understood', () => {
  const messages = parseSchema(
    `# A comment
request Example 7 versions 1-5 flexible 3+ latest-unstable on broker controller
  struct Shared
    name: string @topicName
  id: int64 exact
  text: string? 2+ = null ignorable
  late: string?4+
  list: [Shared]? key
  inner: Inner 3+ tag 2
    count: int32 = -1
    gone: bool 1-2 = true
  client: string inflexible

value ExampleValue 7 versions none
`,
    'example',
  )
  assert.equal(messages.length, 2)
  const [request, value] = messages
  assert.deepEqual(
    [request!.name, request!.apiKey, request!.versions, request!.flexibleFrom, request!.listeners],
    ['ExampleRequest', 7, { from: 1, to: 5 }, 3, ['broker', 'controller']],
  )
  assert.deepEqual([...request!.structs.keys()], ['Shared', 'Inner'])
  const [id, text, late, list, inner, client] = request!.fields
  assert.equal(id!.isExact, true)
  assert.deepEqual(
    [text!.versions, text!.nullable, text!.default, text!.isIgnorable],
    [{ from: 2, to: 5 }, { from: 2, to: 5 }, null, true],
  )
  assert.deepEqual(late!.nullable, { from: 4, to: 5 })
  assert.deepEqual(list!.type, { kind: 'array', element: { kind: 'struct', name: 'Shared' } })
  assert.equal(list!.isMapKey, true)
  assert.equal(inner!.tag, 2)
  assert.deepEqual(request!.structs.get('Inner')!.versions, { from: 3, to: 5 })
  assert.deepEqual(
    request!.structs.get('Inner')!.fields.map((field) => [field.name, field.versions, field.default]),
    [
      ['count', { from: 3, to: 5 }, -1n],
      ['gone', null, true],
    ],
  )
  assert.equal(client!.isInflexible, true)
  assert.deepEqual([value!.name, value!.versions, value!.fields], ['ExampleValue', null, []])
})

test('[SCHEMA2] mistakes are named with file and line', () => {
  const head = 'data Example versions 0-3 flexible 0+\n'
  const mistakes: [text: string, problem: string][] = [
    ['thing Example versions 0', 'x:1: "thing" is no kind of message'],
    ['data', 'x:1: a message needs a name'],
    ['data Example 3', 'x:1: after name and key come the versions'],
    ['data Example versions 3-1', 'x:1: the range 3-1 is empty'],
    ['data Example versions all', 'x:1: "all" is not a range of versions'],
    ['data Example versions 0 fleksible 1+', 'x:1: "fleksible" is not understood here'],
    [`${head} id: int32`, 'x:2: indentation is not a multiple of two'],
    [`${head}    id: int32`, 'x:2: indented too far'],
    [`${head}  Id: int32`, 'x:2: "Id:" is not a field name and a colon'],
    [`${head}  id int32`, 'x:2: "id" is not a field name and a colon'],
    [`${head}  id:`, 'x:2: "" is not a type'],
    [`${head}  id: [int32`, 'x:2: "[int32" is not a type'],
    [`${head}  id: integer`, 'x:2: no type integer'],
    [`${head}  id: int32 sometimes`, 'x:2: "sometimes" is not understood here'],
    [`${head}  id: int32 = many`, 'x:2: "many" is not a default of this type'],
    [`${head}  id: int32 tag one`, 'x:2: a tag is a number'],
    [`${head}  id: int32\n    inner: int8`, 'x:2: only a structure has fields'],
    [`${head}  id: Missing`, 'x:2: no structure Missing'],
    [`${head}  id: int32\n  id: int32`, 'x:3: two fields of one structure have the same name'],
    [`${head}  one: Same\n    id: int8\n  two: Same\n    id: int8`, 'x:4: structure Same is defined twice'],
  ]
  for (const [text, problem] of mistakes) {
    assert.throws(
      () => parseSchema(text, 'x'),
      (error) => {
        assert.ok(error instanceof SchemaError, text)
        assert.equal(error.message, problem)
        return true
      },
    )
  }
})

test('[SCHEMA2] the error table has one line an error', () => {
  assert.deepEqual(
    parseErrors('# comment\n\n-1 UNKNOWN_ERROR\n7 TIMED_OUT retriable | took too long\n', 'errors'),
    [
      { code: -1, name: 'UNKNOWN_ERROR', isRetriable: false, message: '' },
      { code: 7, name: 'TIMED_OUT', isRetriable: true, message: 'took too long' },
    ],
  )
  assert.throws(() => parseErrors('1 ONE\n2 two', 'errors'), /errors:2: not an error: "2 two"/)
  assert.throws(() => parseErrors('1 ONE\n1 TWO', 'errors'), /errors:2: TWO or its code stands there twice/)
})
