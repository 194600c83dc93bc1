import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Owner, Turns } from './turns.ts'

const anybody = () => true

function order(turns: Turns<string>, isFree: (owner: Owner) => boolean = anybody): string[] {
  const taken: string[] = []
  for (let next = turns.take(isFree); next; next = turns.take(isFree)) taken.push(next.turn)
  return taken
}

test('groups take turns, then owners, then work in its order', () => {
  const turns = new Turns<string>()
  const [a, b, alone] = [{ group: 'many' }, { group: 'many' }, {}]
  for (const turn of ['a1', 'a2', 'a3']) turns.add(a, turn)
  for (const turn of ['b1', 'b2']) turns.add(b, turn)
  for (const turn of ['x1', 'x2', 'x3']) turns.add(alone, turn)
  turns.add({ group: 'few' }, 'y1')
  assert.deepEqual(order(turns), ['a1', 'x1', 'y1', 'b1', 'x2', 'a2', 'x3', 'b2', 'a3'])
  assert.ok(turns.isEmpty)
})

test('who is not free keeps its turn, and holds up nobody of its group', () => {
  const turns = new Turns<string>()
  const [full, free] = [{ group: 'g' }, { group: 'g' }]
  turns.add(full, 'later')
  turns.add(free, 'now')
  assert.deepEqual(
    order(turns, (owner) => owner !== full),
    ['now'],
  )
  assert.deepEqual(order(turns), ['later'])
})

test('who leaves is not called, and leaves nothing behind', () => {
  const turns = new Turns<string>()
  const owner = { group: 'g' }
  for (const turn of ['one', 'two']) turns.add(owner, turn)
  turns.delete(owner, 'one')
  turns.delete({ group: 'g' }, 'two')
  turns.delete(owner, 'three')
  assert.deepEqual(order(turns), ['two'])
  assert.ok(turns.isEmpty)
})

test('nobody waits for more turns than there are groups times owners of its own group times work of its own', () => {
  const waiting = fc.array(fc.record({ group: fc.nat(4), owner: fc.nat(4) }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(waiting, (all) => {
      const turns = new Turns<string>()
      const owners = new Map<string, { group: string }>()
      const named = all.map(({ group, owner }, i) => ({ group, owner: `${group} ${owner}`, turn: String(i) }))
      for (const { group, owner, turn } of named)
        turns.add(
          owners.getOrInsertComputed(owner, () => ({ group: String(group) })),
          turn,
        )
      const taken = order(turns)
      assert.equal(taken.length, all.length)
      const groups = new Set(named.map(({ group }) => group)).size
      for (const [i, { group, owner, turn }] of named.entries()) {
        const own = new Set(named.filter((each) => each.group === group).map((each) => each.owner)).size
        const before = named.slice(0, i + 1).filter((each) => each.owner === owner).length
        assert.ok(taken.indexOf(turn) < groups * own * before)
      }
    }),
  )
})
