import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertLinear, repeated } from '../../../test/support/linearTime.ts'
import { InvalidOrder, parseOrder } from './order.ts'

/** The versions that an order takes, oldest first. */
function sorted(text: string, versions: string[], prerelease = false): string[] {
  const order = parseOrder(text, { prerelease })
  return versions
    .flatMap((version) => {
      const rank = order.rank(version)
      return rank === undefined ? [] : [{ version, rank }]
    })
    .sort((a, b) => order.compare(a.rank, b.rank))
    .map(({ version }) => version)
}

describe('an order', () => {
  const cases: [string, string[], string[], boolean?][] = [
    ['semver', ['1.10.0', '1.9.0', 'v2.0.0', 'latest'], ['1.9.0', '1.10.0', 'v2.0.0']],
    ['semver:~1.4', ['1.4.9', '1.4.10', '1.5.0', '1.3.0'], ['1.4.9', '1.4.10']],
    ['semver:>=1.2 <2', ['1.1.9', '1.2.0', '2.0.0', '1.3.0-rc1'], ['1.2.0']],
    ['semver:>=1.2 <2', ['1.2.0', '1.3.0-rc1', '2.0.0-rc1'], ['1.2.0', '1.3.0-rc1'], true],
    ['semver:*', ['20240101', '1', 'abc', '1.2'], ['1.2']],
    ['semver:*', ['1.2.3-01', '01.2.3', '1.2.3+4', '9007199254740993.0.0'], []],
    [
      'numerical',
      ['10', '9', '008', '1.5', 'x', '123456789012345678901234567890'],
      ['008', '9', '10', '123456789012345678901234567890'],
    ],
    ['numerical:desc', ['10', '9'], ['10', '9']],
    ['alphabetical', ['b', 'a', 'B'], ['B', 'a', 'b']],
    ['alphabetical:asc', ['RELEASE.2024-02', 'RELEASE.2023-12'], ['RELEASE.2023-12', 'RELEASE.2024-02']],
  ]
  for (const [text, versions, expected, prerelease] of cases)
    test(`${text} of ${versions.join(' ').slice(0, 60)}${prerelease ? ' with those to come' : ''}`, () =>
      assert.deepEqual(sorted(text, versions, prerelease), expected))
})

for (const text of [
  '',
  'newest',
  'semver:nonsense',
  'semver:>=1.2 <',
  `semver:${'1 || '.repeat(20)}2`,
  `semver:>${'1'.repeat(200)}`,
  'numerical:up',
  'regexp:.*',
])
  test(`${JSON.stringify(text.slice(0, 20))} is none`, () =>
    assert.throws(() => parseOrder(text, { prerelease: false }), InvalidOrder))

test('any range and any version are read in linear time', () => {
  const read = (text: string) => parseOrder(`semver:${text}`, { prerelease: false })
  const any = read('*')
  for (const text of [
    repeated('1.'),
    repeated(' '),
    repeated('1 '),
    repeated('-1', '!', '1.2.3'),
    repeated('1'),
    repeated('.a', '', '1.2.3-a'),
  ]) {
    assertLinear('range', read, text)
    assertLinear('version', (version) => any.rank(version), text)
  }
})
