import assert from 'node:assert/strict'
import { test } from 'node:test'
import { notFound } from '../core/machinery/status.ts'
import { failureOf } from './failure.ts'

test('a Status speaks for itself', () => {
  const { status } = notFound({ group: '', plural: 'pods' }, 'a')
  const error = failureOf(404, 'application/json', JSON.stringify(status))
  assert.deepEqual([error.reason, error.code, error.message], ['NotFound', 404, 'pods "a" not found'])
  assert.equal(failureOf(409, '', '{"kind":"Status","status":"Failure","reason":"Conflict","message":"m"}').code, 409)
})

test('foreign answers are quoted without markup, shortened', () => {
  const page = '<html><style>p{}</style><body><h1>502 Bad\n Gateway</h1></body></html>'
  const error = failureOf(502, 'text/html', page)
  assert.equal(error.message, 'the server answered 502 without a Kubernetes status: 502 Bad Gateway')
  assert.match(failureOf(503, 'text/plain', 'x'.repeat(1000)).message, /: x{200}\.\.\.$/)
  assert.match(failureOf(404, '', '').message, /is this address a Kubernetes API\?$/)
})

test('the code gives the reason where no Status does', () => {
  assert.equal(failureOf(401, 'text/plain', 'no').message, 'the server has asked for the client to provide credentials')
  const reasons: [number, string][] = [
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [410, 'Gone'],
    [429, 'TooManyRequests'],
    [502, ''],
  ]
  for (const [code, reason] of reasons) assert.equal(failureOf(code, '', '').reason, reason)
})
