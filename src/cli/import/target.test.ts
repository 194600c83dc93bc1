import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTarget } from './target.ts'

test('the last component of the argument is the stream', () => {
  const cases: [string, boolean, string, string][] = [
    ['ubi', false, 'ubi', 'latest'],
    ['ubi:8', false, 'ubi', '8'],
    ['ubi', true, 'ubi', ''],
    ['registry.io/team/ubi:8', false, 'ubi', '8'],
    ['my.stream', false, 'my.stream', 'latest'],
    ['my.stream:1', false, 'my.stream', '1'],
  ]
  for (const [argument, all, stream, tag] of cases)
    assert.deepEqual(parseTarget(argument, all), { argument, stream, tag })
})

test('what cannot be a stream and a tag is refused in the words of oc', () => {
  const digest = `ubi@sha256:${'a'.repeat(64)}`
  assert.throws(
    () => parseTarget('UBI:', false),
    /the image name must be a valid container image pull spec or reference/,
  )
  assert.throws(() => parseTarget(digest, false), { message: "to import images by ID, use the 'tag' command" })
  assert.throws(() => parseTarget('ubi:8', true), { message: 'cannot specify a tag "ubi:8" as well as --all' })
})
