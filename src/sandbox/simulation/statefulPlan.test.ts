import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { planStateful, type Action, type Member, type StatefulWish } from './statefulPlan.ts'

const wish = (more: Partial<StatefulWish> = {}): StatefulWish => ({
  replicas: 3,
  start: 0,
  ordered: true,
  partition: 0,
  current: 'old',
  update: 'new',
  ...more,
})
const pod = (ordinal: number, more: Partial<Member> = {}): Member => ({
  ordinal,
  revision: 'new',
  ready: true,
  ending: false,
  ...more,
})

describe('a StatefulSet', () => {
  const cases: [string, Member[], Partial<StatefulWish>, Action[]][] = [
    ['starts with its first pod', [], {}, [{ create: 0, revision: 'new' }]],
    ['waits for a pod that is not ready', [pod(0, { ready: false })], {}, []],
    ['goes on with the next one', [pod(0)], {}, [{ create: 1, revision: 'new' }]],
    [
      'makes all at once when it may',
      [pod(1)],
      { ordered: false },
      [
        { create: 0, revision: 'new' },
        { create: 2, revision: 'new' },
      ],
    ],
    ['shrinks from the end', [pod(0), pod(1), pod(2)], { replicas: 1 }, [{ remove: 2 }]],
    ['updates from the end', [0, 1, 2].map((n) => pod(n, { revision: 'old' })), {}, [{ remove: 2 }]],
    [
      'waits for the one before',
      [pod(0, { revision: 'old' }), pod(1, { revision: 'old' }), pod(2, { ready: false })],
      { ordered: false },
      [],
    ],
    ['stops at its partition', [pod(0, { revision: 'old' }), pod(1), pod(2)], { partition: 1 }, []],
    ['makes pods before its partition from the old template', [], { partition: 2 }, [{ create: 0, revision: 'old' }]],
    [
      'replaces nothing itself on OnDelete',
      [0, 1, 2].map((n) => pod(n, { revision: 'old' })),
      { partition: undefined },
      [],
    ],
    ['counts from its first ordinal', [], { start: 5 }, [{ create: 5, revision: 'new' }]],
  ]
  for (const [name, members, more, actions] of cases) {
    test(name, () => assert.deepEqual(planStateful(members, wish(more)), actions))
  }

  test('gets where it shall, from wherever it is', () => {
    const anywhere = fc.uniqueArray(
      fc.record({
        ordinal: fc.nat(6),
        revision: fc.constantFrom('old', 'new'),
        ready: fc.boolean(),
        ending: fc.boolean(),
      }),
      { selector: ({ ordinal }) => ordinal },
    )
    fc.assert(
      fc.property(anywhere, fc.nat(5), fc.boolean(), (start, replicas, ordered) => {
        let members: Member[] = start
        for (let i = 0; i < 60; i++) {
          const actions = planStateful(members, wish({ replicas, ordered }))
          const settled = members.filter(({ ending }) => !ending).map((m) => Object.assign({}, m, { ready: true }))
          const removed = new Set(actions.flatMap((a) => ('remove' in a ? a.remove : [])))
          const made = actions.flatMap((a) => ('create' in a ? pod(a.create, { revision: a.revision }) : []))
          members = [...settled.filter((m) => !removed.has(m.ordinal)), ...made]
        }
        const result = members.toSorted((a, b) => a.ordinal - b.ordinal)
        assert.deepEqual(
          result,
          Array.from({ length: replicas }, (_, n) => pod(n)),
        )
      }),
    )
  })
})
