import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Audience } from './audience.ts'
import type { Entry, Follower } from './book.ts'

/** Followers in so many namespaces, two in each, and how often they were looked at. */
function setUp(count: number) {
  const looks = { namespace: 0, moves: 0 }
  const followers = new Set<Follower>()
  for (let i = 0; i < 2 * count; i++)
    followers.add({
      stream: `s${i}`,
      get namespace() {
        looks.namespace++
        return `n${i % count}`
      },
      tag: 'v1',
      refresh: 1,
    })
  const audience = new Audience({ followers } as Partial<Entry> as Entry, () => {
    looks.moves++
    return false
  })
  return { looks, followers, audience }
}

test('each of thousands is looked at once, though each namespace is told by itself', () => {
  const { looks, audience } = setUp(2_000)
  for (let i = 0; i < 2_000; i++) {
    assert.deepEqual(
      audience.of([`n${i}`]).map(({ stream }) => stream),
      [`s${i}`, `s${i + 2_000}`],
    )
    assert.equal(audience.moves, false)
  }
  assert.deepEqual(looks, { namespace: 4_000, moves: 4_000 })
})

test('who follows it no more is told nothing', () => {
  const { followers, audience } = setUp(2)
  const [first] = followers
  followers.delete(first!)
  assert.deepEqual(
    audience.of(['n0', 'n1', 'n2']).map(({ stream }) => stream),
    ['s2', 's1', 's3'],
  )
})
