import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerError } from './answerError.ts'

const now = new Date('2026-01-02T03:04:05Z')

const answer = (status: number, body = '', headers: Record<string, string> = {}) =>
  answerError({ status, headers, body: Buffer.from(body), url: new URL('https://q.io/v2/') }, now)

const messages: [number, string, Record<string, string>, string][] = [
  [500, 'secret', {}, 'received unexpected HTTP status: 500 Internal Server Error'],
  [304, '', {}, 'received unexpected HTTP status: 304 Not Modified'],
  [599, '', {}, 'received unexpected HTTP status: 599'],
  [401, '<html>', {}, 'unauthorized'],
  [401, '{"details":"incorrect username or password"}', {}, 'unauthorized: incorrect username or password'],
  [429, '{"details":"later"}', {}, 'toomanyrequests: later'],
  [400, '{"details":"odd"}', {}, 'unknown: odd'],
  [403, '', { 'www-authenticate': 'Bearer error="insufficient_scope"' }, 'denied'],
  [
    403,
    '',
    { 'www-authenticate': 'Bearer error="__proto__"' },
    'error parsing HTTP 403 response body: unexpected end of JSON input: ""',
  ],
  [
    404,
    '{"a":1}',
    {},
    'error parsing HTTP 404 response body: no error details found in HTTP response body: "{\\"a\\":1}"',
  ],
]
for (const [status, body, headers, message] of messages) {
  test(`${status} ${body} ${JSON.stringify(headers)} is "${message}"`, () => {
    assert.equal(answer(status, body, headers).message, message)
  })
}

test('of a body that makes no sense only the beginning is quoted', () => {
  assert.ok(answer(404, '<'.repeat(10_000)).message.length < 400)
})

test('what passes: too many requests, timeouts and failures of the server', () => {
  const statuses = [400, 401, 403, 404, 408, 429, 500, 501, 502, 503, 504]
  assert.deepEqual(
    statuses.filter((status) => answer(status).temporary),
    [408, 429, 500, 502, 503, 504],
  )
})

test('too many requests are that, whatever the body says', () => {
  for (const body of ['', '<html>', '{}', '{"details":"later"}', '{"errors":[{"code":"TOOMANYREQUESTS"}]}'])
    assert.ok(answer(429, body).has('TOOMANYREQUESTS'), body)
  assert.ok(!answer(404, '<html>').has('TOOMANYREQUESTS'))
})

const heads: [number, string, string][] = [
  [401, '/v2/a/manifests/1', 'unauthorized'],
  [403, '/v2/a/manifests/1', 'denied'],
  [404, '/v2/a/manifests/1', 'manifest unknown'],
  [404, '/v2/a/blobs/1', 'blob unknown'],
  [429, '/v2/a/manifests/1', 'toomanyrequests'],
  [405, '/v2/a/manifests/1', 'received unexpected HTTP status: 405 Method Not Allowed'],
  [503, '/v2/a/manifests/1', 'received unexpected HTTP status: 503 Service Unavailable'],
]
for (const [status, path, message] of heads) {
  test(`${status} to HEAD ${path} is "${message}"`, () => {
    const url = new URL(path, 'https://q.io')
    const error = answerError({ status, headers: {}, body: Buffer.alloc(0), url }, now, { head: true })
    assert.equal(error.message, message)
  })
}

test('a date is by the clock of who names it', () => {
  const headers = { 'retry-after': 'Fri, 01 Jan 2021 00:01:00 GMT', date: 'Fri, 01 Jan 2021 00:00:30 GMT' }
  assert.equal(answer(503, '', headers).retryAfter, 30_000)
  assert.equal(answer(503, '', { ...headers, 'retry-after': '7' }).retryAfter, 7000)
})

const waits: [string, number | undefined][] = [
  ['7', 7000],
  ['0', 0],
  ['Fri, 02 Jan 2026 03:04:15 GMT', 10_000],
  ['Fri, 02 Jan 2026 03:04:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
]
for (const [header, expected] of waits) {
  test(`Retry-After: ${header} is ${expected} ms`, () => {
    assert.equal(answer(503, '', { 'retry-after': header }).retryAfter, expected)
  })
}
