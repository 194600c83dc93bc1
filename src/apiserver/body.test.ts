import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseText } from './body.ts'

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

test('a large apply patch in JSON does not take the time of the YAML parser', () => {
  const text = JSON.stringify({ data: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 'v'])) })
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now()
    parse(text)
    return performance.now() - start
  })
  // The YAML parser takes seconds for it, each time.
  assert.ok(Math.min(...times) < 500)
})
