import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Request } from '../http/handler.ts'
import { object } from '../core/machinery/schema.ts'
import { parseBody, parseText } from './body.ts'

const WIDGET = { group: 'x', version: 'v1', kind: 'Widget', schema: object('x.v1.Widget', '', {}) }

const APPLY = 'application/apply-patch+yaml'

const parse = (text: string, type = APPLY) => parseText(Buffer.from(text), type, 'Widget')

test('an apply patch is YAML, and JSON is YAML', () => {
  const cases: [string, unknown][] = [
    ['{"a": 1}', { a: 1 }],
    [' {"a": "x"}\n', { a: 'x' }],
    ['{a: 1, b: [x]}', { a: 1, b: ['x'] }],
    ['a: 1\nb: {c: d}', { a: 1, b: { c: 'd' } }],
  ]
  for (const [text, value] of cases) assert.deepEqual(parse(text), { value, complaints: [] }, text)
})

test('keys that repeat are complaints in JSON, also where YAML is sent', () => {
  for (const type of [APPLY, 'application/yaml', 'application/json'])
    assert.deepEqual(parse('{"a":1,"a":2}', type), { value: { a: 2 }, complaints: ['duplicate field "a"'] })
})

test('what is neither is refused with the reason', () => {
  assert.throws(() => parse('{{{'), /error parsing YAML/)
  assert.throws(() => parse('a: 1\na: 2'), /error parsing YAML: Map keys must be unique/)
  assert.throws(() => parse('{a: 1}', 'application/json'), /json parse error/)
  assert.throws(() => parse('x', 'text/html'), /unknown format/)
  assert.throws(() => parse(' \n'), /the body is empty/)
})

test('a large apply patch in JSON is not left to the YAML parser, which would refuse it', () => {
  const value = { data: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 'v'])) }
  assert.deepEqual(parse(JSON.stringify(value)), { value, complaints: [] })
  assert.throws(() => parse(JSON.stringify(value).replace('{', '{ # YAML\n')), { code: 413 })
})

test('what is not UTF-8 is refused, rather than stored as something else', () => {
  for (const bytes of [[0xff], [0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d], [0xed, 0xa0, 0x80]])
    for (const type of [APPLY, 'application/json'])
      assert.throws(() => parseText(Buffer.from(bytes), type, 'Widget'), { code: 400, message: /not in UTF-8/ })
})

test('YAML that would hold up everybody is refused with what to do', () => {
  const text = 'a:\n' + '- x\n'.repeat(100_000)
  assert.throws(() => parse(text), {
    code: 413,
    message: /^the body is YAML: it has more than \d+ words and marks: send it as JSON/,
  })
})

test('a body is read as it is, and an object in no format of patches', async () => {
  const asked = (headers: Record<string, string>, text = '{}') =>
    parseBody({ headers, body: () => Promise.resolve(Buffer.from(text)) } as unknown as Request, WIDGET)
  for (const encoding of ['gzip', 'br', 'identity, gzip'])
    await assert.rejects(asked({ 'content-encoding': encoding }), {
      code: 415,
      message: new RegExp(`"${encoding}": send it as it is`),
    })
  for (const type of ['application/merge-patch+json', 'application/json-patch+json', APPLY, 'text/plain'])
    await assert.rejects(asked({ 'content-type': type }), { code: 415, message: /unknown format/ })
  for (const type of ['', 'application/json', 'application/json; charset=utf-8', 'Application/YAML', '*/*'])
    assert.deepEqual((await asked({ 'content-type': type })).value, {})
})
