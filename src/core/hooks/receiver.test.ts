import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseHookPath, receiverOf, withoutSecret } from './receiver.ts'

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
})

test('in a log a path has no secret', () => {
  assert.equal(withoutSecret('/hooks/hub/s3cret'), '/hooks/hub/…')
  assert.equal(withoutSecret('//hooks/hub/s3cret/x'), '//hooks/hub/…')
  assert.equal(withoutSecret('/hooks/hub'), '/hooks/hub')
  assert.equal(withoutSecret('/apis/a/b'), '/apis/a/b')
})

const secret = '0123456789abcdef'

test('a receiver is what was written down, or it is said what is wrong', () => {
  const said = { name: 'hub', sender: 'dockerhub', secret }
  assert.deepEqual(receiverOf(said), said)
  assert.equal(receiverOf({ ...said, host: 'R.test:5000' }).host, 'r.test:5000')
  const wrong: [object, RegExp][] = [
    [{ name: '' }, /^"" is no name of a receiver/],
    [{ name: 'a/b' }, /is no name/],
    [{ name: 'a'.repeat(64) }, /is no name/],
    [{ sender: 'docker' }, /^no sender is called "docker": choose one of acr, any, .*dockerhub/],
    [{ host: 'https://r.test' }, /^"https:\/\/r.test" is no host/],
  ]
  for (const [change, message] of wrong)
    assert.throws(() => receiverOf({ ...said, ...change }), { name: 'ReceiverError', message })
})

test('a secret that could be guessed, or cannot be sent, is refused without being repeated', () => {
  for (const [bad, problem] of [
    ['short', /at least 16/],
    ['x'.repeat(1025), /at most 1024/],
    ['a secret with spaces', /printable ASCII/],
    ['geheimnisvolle-töne', /printable ASCII/],
  ] as const)
    assert.throws(
      () => receiverOf({ name: 'hub', sender: 'dockerhub', secret: bad }),
      ({ message }: Error) => problem.test(message) && !message.includes(bad),
    )
})
