import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImageStream, NamedTagEventList } from '../image/types.ts'
import { importNews } from './news.ts'

const EVENT = {
  created: '2026-01-01T00:00:00Z',
  dockerImageReference: 'q.io/a@sha256:1',
  image: 'sha256:1',
  generation: 1,
}
const good = (tag: string): NamedTagEventList => ({ tag, items: [EVENT] })
const bad = (tag: string, reason: string, message = 'why', items: NamedTagEventList['items'] = null) => ({
  tag,
  items,
  conditions: [
    { type: 'ImportSuccess', status: 'False', lastTransitionTime: EVENT.created, reason, message, generation: 1 },
  ],
})
const stream = (...tags: NamedTagEventList[]) =>
  ({ metadata: { name: 's' }, spec: {}, status: { dockerImageRepository: '', tags } }) as unknown as ImageStream

const cases: [string, ImageStream | undefined, ImageStream, string[]][] = [
  [
    'a tag that begins to fail',
    stream(good('1')),
    stream(bad('1', 'DNS')),
    ['Warning DNS: import of tag 1 failed: why'],
  ],
  ['a new stream that fails', undefined, stream(bad('1', 'TLS')), ['Warning TLS: import of tag 1 failed: why']],
  ['a new stream that works', undefined, stream(good('1')), []],
  ['the same failure again, in other words', stream(bad('1', 'DNS')), stream(bad('1', 'DNS', 'else')), []],
  ['another reason', stream(bad('1', 'DNS')), stream(bad('1', 'TLS')), ['Warning TLS: import of tag 1 failed: why']],
  [
    'a tag that works again',
    stream(bad('1', 'DNS')),
    stream(good('1')),
    ['Normal ImportRecovered: import of tag 1 works again'],
  ],
  ['a tag that was removed', stream(bad('1', 'DNS')), stream(), []],
  ['a tag whose failure was reset', stream(bad('1', 'DNS')), stream({ tag: '1', items: null }), []],
  [
    'several tags, in one for each reason',
    stream(good('a'), good('b'), good('c'), bad('d', 'TLS')),
    stream(bad('a', 'DNS', 'no host'), bad('b', 'DNS', 'other'), bad('c', 'Timeout', 'late'), good('d')),
    [
      'Warning DNS: import of tags a, b failed; of a: no host',
      'Warning Timeout: import of tag c failed: late',
      'Normal ImportRecovered: import of tag d works again',
    ],
  ],
]
for (const [name, before, after, expected] of cases) {
  test(`news of ${name}`, () => {
    const told = importNews(before, after).map(({ type, reason, message }) => `${type} ${reason}: ${message}`)
    assert.deepEqual(told, expected)
  })
}

test('a thousand tags make one piece of news, of bounded length', () => {
  const tags = Array.from({ length: 1000 }, (_, i) => bad(`v${1000 + i}`, 'Timeout', 'late'))
  const [news, ...more] = importNews(undefined, stream(...tags))
  assert.equal(more.length, 0)
  assert.match(news!.message, /^import of tags v1000, .*, v1009 and 990 more failed; of v1000: late$/)
})
