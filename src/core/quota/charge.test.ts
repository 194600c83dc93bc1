import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { COUNT, quota, STREAMS } from '../../../test/support/quotas.ts'
import { charge, uncharge } from './charge.ts'
import type { Quota } from './quota.ts'

const NAMES = [COUNT, STREAMS]

/** "quota name=used …" of every quota that is written, or the problem. */
function outcome(quotas: Quota[], names = NAMES): string[] {
  const answer = charge(quotas, names)
  return answer.problem === undefined ? answer.quotas.map(shown) : [answer.problem, ...answer.quotas.map(shown)]
}

const shown = ({ metadata, status }: Quota): string =>
  [metadata.name, ...Object.entries(status?.used ?? {}).map(([name, used]) => `${name}=${used}`)].join(' ')

describe('one more stream', () => {
  const cases: [string, Quota[], string[]][] = [
    ['meets no quota', [], []],
    ['meets only quotas of something else', [quota('q', { secrets: '0/0' })], []],
    ['fits', [quota('q', { [STREAMS]: '1/2' })], [`q ${STREAMS}=2`]],
    ['is counted under both names', [quota('q', { [STREAMS]: '1/2', [COUNT]: '7/9' })], [`q ${STREAMS}=2 ${COUNT}=8`]],
    ['leaves other numbers alone', [quota('q', { secrets: '3/3', [STREAMS]: '0/1' })], [`q secrets=3 ${STREAMS}=1`]],
    ['goes by the number, however it is written', [quota('q', { [STREAMS]: '999/1k' })], [`q ${STREAMS}=1k`]],
    [
      'does not fit',
      [quota('q', { [STREAMS]: '1/1' })],
      [`exceeded quota: q, requested: ${STREAMS}=1, used: ${STREAMS}=1, limited: ${STREAMS}=1`],
    ],
    [
      'is told only of what is exceeded',
      [quota('q', { [STREAMS]: '1/5', [COUNT]: '3/2' })],
      [`exceeded quota: q, requested: ${COUNT}=1, used: ${COUNT}=3, limited: ${COUNT}=2`],
    ],
    [
      'is told of all that is exceeded, in order',
      [quota('q', { [STREAMS]: '1/1', [COUNT]: '1/1' })],
      [
        `exceeded quota: q, requested: ${COUNT}=1,${STREAMS}=1, used: ${COUNT}=1,${STREAMS}=1, limited: ${COUNT}=1,${STREAMS}=1`,
      ],
    ],
    [
      'has to fit into every quota',
      [quota('a', { [STREAMS]: '1/2' }), quota('b', { [STREAMS]: '0/0' })],
      [`exceeded quota: b, requested: ${STREAMS}=1, used: ${STREAMS}=0, limited: ${STREAMS}=0`],
    ],
    [
      'is charged to every quota',
      [quota('a', { [STREAMS]: '1/2' }), quota('b', { [COUNT]: '4/6' })],
      [`a ${STREAMS}=2`, `b ${COUNT}=5`],
    ],
    [
      'waits until it is known how many there are',
      [quota('q', { [STREAMS]: '/5', [COUNT]: '0/5' })],
      [`status unknown for quota: q, resources: ${COUNT},${STREAMS}`],
    ],
    ['is not for quotas of some pods', [quota('q', { [STREAMS]: '0/0' }, { scopes: ['NotTerminating'] })], []],
    [
      'goes by what is in force, not by what is wished',
      [{ ...quota('q', { [STREAMS]: '1/2' }), spec: { hard: { [STREAMS]: '0' } } }],
      [`q ${STREAMS}=2`],
    ],
    [
      'does not meet a quota that is not in force yet',
      [{ metadata: { name: 'q' }, spec: { hard: { [STREAMS]: '0' } } }],
      [],
    ],
  ]
  for (const [name, quotas, expected] of cases) test(name, () => assert.deepEqual(outcome(quotas), expected))

  test('leaves the quotas that it was given as they are', () => {
    const given = Object.freeze(quota('q', { [STREAMS]: '1/2' }))
    Object.freeze(given.status!.used)
    charge([given], NAMES)
    assert.equal(given.status!.used![STREAMS], '1')
  })
})

describe('one stream less', () => {
  const cases: [string, Quota[], string[]][] = [
    [
      'is given back where it was charged',
      [quota('q', { [STREAMS]: '2/2', secrets: '1/1' })],
      [`q ${STREAMS}=1 secrets=1`],
    ],
    ['never makes less than none', [quota('q', { [STREAMS]: '0/2', [COUNT]: '1/2' })], [`q ${STREAMS}=0 ${COUNT}=0`]],
    ['changes nothing where it was not counted', [quota('q', { secrets: '1/1' })], []],
    ['is not for quotas of some pods', [quota('q', { [STREAMS]: '1/1' }, { scopes: ['BestEffort'] })], []],
  ]
  for (const [name, quotas, expected] of cases)
    test(name, () => assert.deepEqual(uncharge(quotas, NAMES).map(shown), expected))
})
