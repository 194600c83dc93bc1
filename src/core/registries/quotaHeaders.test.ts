import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseQuota, type Quota } from './quotaHeaders.ts'

const NOW = 1_700_000_000_000
const WEEK = 7 * 24 * 3_600_000

describe('what a registry says that is left', () => {
  const cases: [string, Record<string, string | string[]>, Quota | undefined][] = [
    ['nothing', {}, undefined],
    [
      'Docker Hub',
      { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' },
      { limit: 100, remaining: 76, window: 21_600_000 },
    ],
    [
      'drafts up to 6',
      { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '50', 'ratelimit-reset': '30' },
      { limit: 100, remaining: 50, window: 60_000, reset: 30_000 },
    ],
    [
      'draft 7',
      { ratelimit: 'limit=100, remaining=50, reset=30', 'ratelimit-policy': '100;w=60' },
      { limit: 100, remaining: 50, window: 60_000, reset: 30_000 },
    ],
    [
      'later drafts',
      { ratelimit: '"default";r=50;t=30', 'ratelimit-policy': '"default";q=100;w=60' },
      { limit: 100, remaining: 50, window: 60_000, reset: 30_000 },
    ],
    [
      'of several policies the one that is used up first',
      { ratelimit: '"burst";r=90;t=1, "day";r=10;t=3600', 'ratelimit-policy': '"burst";q=100;w=1,"day";q=900;w=86400' },
      { limit: 900, remaining: 10, window: 86_400_000, reset: 3_600_000 },
    ],
    [
      "GitLab's point in time",
      { 'ratelimit-limit': '60', 'ratelimit-remaining': '7', 'ratelimit-reset': String(NOW / 1000 + 45) },
      { limit: 60, remaining: 7, window: 45_000, reset: 45_000 },
    ],
    ['no window: an hour', { 'ratelimit-remaining': '5' }, { limit: 5, remaining: 5, window: 3_600_000 }],
    ['a header twice', { 'ratelimit-remaining': ['5', '9'] }, { limit: 5, remaining: 5, window: 3_600_000 }],
    ['a limit alone', { 'ratelimit-limit': '100;w=60' }, undefined],
    ['a negative number', { 'ratelimit-limit': '100', 'ratelimit-remaining': '-1' }, undefined],
    ['no number', { 'ratelimit-remaining': 'NaN' }, undefined],
    ['an infinite number', { 'ratelimit-remaining': '1e999' }, undefined],
    ['a huge number', { 'ratelimit-remaining': '9'.repeat(400) }, undefined],
    ['a huge header', { 'ratelimit-remaining': `5${' '.repeat(5_000)}` }, undefined],
    [
      'more left than there is',
      { 'ratelimit-limit': '10;w=60', 'ratelimit-remaining': '99' },
      { limit: 10, remaining: 10, window: 60_000 },
    ],
    [
      'a window of ages',
      { 'ratelimit-limit': '10;w=99999999999', 'ratelimit-remaining': '9' },
      { limit: 10, remaining: 9, window: WEEK },
    ],
    [
      'a window of no time',
      { 'ratelimit-limit': '10;w=0', 'ratelimit-remaining': '9' },
      { limit: 10, remaining: 9, window: 1_000 },
    ],
    [
      'a limit of nothing',
      { 'ratelimit-limit': '0;w=60', 'ratelimit-remaining': '0' },
      { limit: 1, remaining: 0, window: 60_000 },
    ],
  ]
  for (const [title, headers, expected] of cases)
    test(title, () =>
      assert.deepEqual(
        parseQuota(headers, () => NOW),
        expected,
      ),
    )

  test('is bounded, whatever stands there', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'0123456789=;,."rtqw -e'.split('')), maxLength: 40 }),
      fc.string({ maxLength: 40 }),
    )
    const names = ['ratelimit', 'ratelimit-policy', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset']
    const headers = fc.dictionary(fc.constantFrom(...names), text, { noNullPrototype: true })
    fc.assert(
      fc.property(headers, fc.integer({ min: -1e15, max: 1e15 }), (given, now) => {
        const quota = parseQuota(given, () => now)
        if (!quota) return
        assert.ok(quota.limit >= 1 && quota.limit < 1e12)
        assert.ok(quota.remaining >= 0 && quota.remaining <= quota.limit)
        assert.ok(quota.window >= 1_000 && quota.window <= WEEK)
        assert.ok(quota.reset === undefined || (quota.reset >= 1_000 && quota.reset <= quota.window))
      }),
      { numRuns: 2_000 },
    )
  })
})
