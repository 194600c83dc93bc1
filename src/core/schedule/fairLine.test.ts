import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FairLine } from './fairLine.ts'

function line(...items: [key: string, owner: string, moves?: boolean][]): FairLine {
  const made = new FairLine()
  for (const [key, owner, moves = false] of items) made.push(key, [owner], moves)
  return made
}

const all = (of: FairLine): string[] => {
  const keys: string[] = []
  for (let key = of.shift(); key !== undefined; key = of.shift()) keys.push(key)
  return keys
}

test('owners take turns, however much one of them wants', () => {
  const of = line(['a1', 'a'], ['a2', 'a'], ['a3', 'a'], ['b1', 'b'], ['c1', 'c'], ['b2', 'b'])
  assert.deepEqual(all(of), ['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
})

test('every other turn goes to what moves, and all of them where nothing else waits', () => {
  const still = ['s1', 's2'].map((key): [string, string] => [key, 'a'])
  const moving = ['m1', 'm2', 'm3', 'm4', 'm5'].map((key): [string, string, boolean] => [key, 'a', true])
  assert.deepEqual(all(line(...still, ...moving)), ['m1', 's1', 'm2', 's2', 'm3', 'm4', 'm5'])
})

test('what has several owners goes with the one who has least', () => {
  const of = line(['a1', 'a'], ['a2', 'a'], ['a3', 'a'])
  of.push('shared', ['a', 'b'], false)
  assert.deepEqual(all(of), ['a1', 'shared', 'a2', 'a3'])
})

test('each stands in line once, and may leave', () => {
  const of = line(['a1', 'a'], ['a1', 'b'], ['b1', 'b'])
  assert.equal(of.size, 2)
  of.delete('a1')
  of.delete('unknown')
  assert.equal(of.has('a1'), false)
  assert.deepEqual(all(of), ['b1'])
  assert.equal(of.size, 0)
})

test('nobody starves: all who come back at once, and one who wants as much as others together', () => {
  const owner = fc.constantFrom('a', 'b', 'c')
  const items = fc.array(fc.record({ owner, moves: fc.boolean() }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(items, (given) => {
      const of = new FairLine()
      const push = (i: number) => of.push(String(i), [given[i]!.owner], given[i]!.moves)
      given.forEach((_, i) => push(i))
      const waits = given.map(() => 0)
      const owners = new Set(given.map((each) => each.owner)).size
      for (let n = 0; n < 1_000; n++) {
        const next = Number(of.shift())
        waits[next] = 0
        for (const [i, item] of given.entries()) {
          if (i === next) continue
          const same = given.filter((other) => other.owner === item.owner && other.moves === item.moves).length
          assert.ok(++waits[i]! <= 2 * owners * same, `${JSON.stringify(item)} waits for ${waits[i]}`)
        }
        push(next)
      }
    }),
  )
})
