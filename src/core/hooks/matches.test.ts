import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseReference } from '../oci/reference.ts'
import { ALL_TAGS, sibling, sourceOf } from '../schedule/source.ts'
import { pushMatcher } from './matches.ts'
import type { PushEvent } from './pushEvent.ts'

const push = (host: string | undefined, repository: string, ...tags: string[]): PushEvent => ({
  host,
  repository,
  tags,
})
const digest = `sha256:${'a'.repeat(64)}`

test('a push is about the references to its tags, whatever they call the registry', () => {
  const cases: [PushEvent, about: string[], others: string[]][] = [
    [
      push('r.test', 'team/app', 'v1', 'v2'),
      ['r.test/team/app:v1', 'r.test:443/team/app:v2', 'R.test/team/app:v1'],
      [
        'r.test/team/app',
        'r.test/team/app:v3',
        'r.test/team/apps:v1',
        's.test/team/app:v1',
        'r.test:5000/team/app:v1',
        'team/app:v1',
      ],
    ],
    [push('r.test', 'app', 'latest'), ['r.test/app', 'r.test/app:latest'], ['r.test/library/app', 'app']],
    [push('r.test', 'a/b/c', 'v1'), ['r.test/a/b/c:v1'], ['r.test/b/c:v1']],
    [
      push('r.test', 'app'),
      ['r.test/app', 'r.test/app:v7'],
      ['r.test/other', `r.test/app@${digest}`, `r.test/app:v7@${digest}`],
    ],
    [
      push('docker.io', 'library/ruby', '3'),
      ['ruby:3', 'library/ruby:3', 'docker.io/ruby:3', 'docker.io/library/ruby:3', 'index.docker.io/ruby:3'],
      ['ruby:2', 'jane/ruby:3', 'quay.io/library/ruby:3'],
    ],
    [push('index.docker.io', 'ruby', '3'), ['ruby:3', 'registry-1.docker.io/library/ruby:3'], ['r.test/ruby:3']],
    [push(undefined, 'ruby', '3'), ['ruby:3', 'r.test/ruby:3', 'docker.io/library/ruby:3'], ['r.test/team/ruby:3']],
    [push(undefined, 'team/app', 'v1'), ['team/app:v1', 'r.test/team/app:v1'], ['r.test/app:v1']],
  ]
  for (const [event, about, others] of cases) {
    const matches = pushMatcher([push('elsewhere.test', 'x/y', 'z'), event])
    for (const text of about) assert.equal(matches(parseReference(text)), true, `${JSON.stringify(event)} ${text}`)
    for (const text of others) assert.equal(matches(parseReference(text)), false, `${JSON.stringify(event)} ${text}`)
  }
  assert.equal(pushMatcher([])(parseReference('ruby:3')), false)
})

test('a push of any tag is about the list of all tags of its repository', () => {
  const list = (text: string) => sibling(sourceOf(text, false)!, ALL_TAGS).named
  const matches = pushMatcher([push('r.test', 'team/app', 'v1')])
  assert.equal(matches(list('r.test/team/app:v0')), true)
  assert.equal(matches(list('r.test/team/other')), false)
  assert.equal(matches(list(`r.test/team/app@${digest}`)), true)
})
