import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FILTER, IGNORE, POLICY, PRERELEASE } from '../image/annotations.ts'
import { readPolicy } from './policy.ts'
import { rank } from './ranking.ts'

function policyOf(annotations: Record<string, string>) {
  const read = readPolicy(annotations)
  assert.ok('policy' in read)
  return read.policy
}
const pause = async (): Promise<void> => {}

test('the newest few that are newer than the chosen one, and those that wait, whatever the order of the list', async () => {
  const policy = policyOf({ [POLICY]: 'numerical', [FILTER]: 'b{version}' })
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(200), { maxLength: 80 }),
      fc.option(fc.nat(200), { nil: undefined }),
      fc.uniqueArray(fc.nat(200), { maxLength: 8 }),
      async (numbers, chosen, waits) => {
        const tags = ['latest', ...numbers.map((n) => `b${n}`)]
        const waiting = waits.map((n) => ({ tag: `b${n}`, since: '2026-01-01T00:00:00Z' }))
        const choice = { policy: 'id', waiting, ...(chosen !== undefined && { tag: `b${chosen}` }) }
        const ranking = await rank({ policy, id: 'id', tags, pause }, choice)
        const newer = numbers.filter((n) => chosen === undefined || n > chosen).sort((a, b) => b - a)
        const kept = newer.filter((n, i) => i < 16 || waits.includes(n))
        assert.deepEqual(
          ranking.newer,
          kept.map((n) => `b${n}`),
        )
        assert.equal(ranking.candidates, numbers.length)
        assert.equal(ranking.hasChosen, chosen !== undefined && numbers.includes(chosen))
      },
    ),
  )
})

test('of two spellings of one version the longer one is the newer, and neither is left for the other again', async () => {
  const policy = policyOf({ [POLICY]: 'semver', [IGNORE]: '9.*, *-debug' })
  const tags = ['1.27', 'v1.27.0', '1.27.0', '1.26.9', '9.0.0', '1.28.0-debug']
  const { newer } = await rank({ policy, id: 'id', tags, pause }, undefined)
  assert.deepEqual(newer, ['v1.27.0', '1.27.0', '1.27', '1.26.9'])
  const after = await rank({ policy, id: 'id', tags, pause }, { policy: 'id', tag: 'v1.27.0' })
  assert.deepEqual(after.newer, [])
})

test('others have their turn after each few hundred tags, and what these cost is bounded', async () => {
  // The worst that is known: each place looks like a version that has to be held against each alternative and each pattern.
  const policy = policyOf({
    [PRERELEASE]: 'true',
    [POLICY]: `semver:${Array.from({ length: 4 }, () => '>=1.2 <3').join('||')}`,
    [FILTER]: '*-{version}',
    [IGNORE]: Array.from({ length: 8 }, () => '*1*1*1*1*1*1*1*1*1*1*x').join(' '),
  })
  const tags = Array.from({ length: 10_000 }, (_, i) => `${'1.1.1-'.repeat(10)}${i}`)
  let turns = 0
  let longest = 0
  let last = process.cpuUsage().user
  const measured = async (): Promise<void> => {
    turns++
    const now = process.cpuUsage().user
    longest = Math.max(longest, now - last)
    last = now
  }
  await rank({ policy, id: 'id', tags, pause: measured }, undefined)
  assert.equal(turns, 40)
  // Microseconds, of the processor: some 10,000.
  assert.ok(longest < 500_000, `${longest} µs`)
})
