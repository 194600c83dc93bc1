import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseHookPath, RECEIVER_NAME, secretProblem, withoutSecret } from './receiver.ts'

test('a path names the receiver, and may end in its secret', () => {
  const cases: [string, ReturnType<typeof parseHookPath>][] = [
    ['/hooks/hub', { name: 'hub', secret: undefined }],
    ['/hooks/hub/', { name: 'hub', secret: '' }],
    ['/hooks/hub/a%2Fb', { name: 'hub', secret: 'a/b' }],
    ['/hooks/hub/%zz', { name: 'hub', secret: '%zz' }],
    ['/hooks/hub/a/b', { name: '', secret: undefined }],
    ['/hooks', undefined],
    ['/hook/hub', undefined],
    ['/apis/hooks/hub', undefined],
  ]
  for (const [path, expected] of cases) assert.deepEqual(parseHookPath(path), expected, path)
  assert.ok(!RECEIVER_NAME.test(''))
})

test('in a log a path has no secret', () => {
  assert.equal(withoutSecret('/hooks/hub/s3cret'), '/hooks/hub/…')
  assert.equal(withoutSecret('//hooks/hub/s3cret/x'), '//hooks/hub/…')
  assert.equal(withoutSecret('/hooks/hub'), '/hooks/hub')
  assert.equal(withoutSecret('/apis/a/b'), '/apis/a/b')
})

test('a secret that could be guessed, or cannot be sent, is refused without being repeated', () => {
  assert.equal(secretProblem('0123456789abcdef'), undefined)
  for (const [secret, problem] of [
    ['short', /at least 16/],
    ['x'.repeat(1025), /at most 1024/],
    ['a secret with spaces', /printable ASCII/],
    ['geheimnisvolle-töne', /printable ASCII/],
  ] as const) {
    assert.match(secretProblem(secret) ?? '', problem)
    assert.ok(!secretProblem(secret)!.includes(secret))
  }
})
