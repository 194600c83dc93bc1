import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sourceOf } from '../../core/schedule/source.ts'
import type { Tracked } from '../../core/schedule/tracked.ts'
import { Book, type Follower } from './book.ts'

const tracked = (tag: string, image: string, refresh: number): Tracked => ({
  tag,
  source: sourceOf(`r.test/app:${image}`, false)!,
  refresh,
})

test('the freshness of a source is the shortest of its followers, and those are told of for which it is another one', () => {
  const streams = fc.constantFrom('ns/a', 'ns/b', 'other/c')
  const tags = fc.uniqueArray(
    fc.record({
      tag: fc.constantFrom('v1', 'v2'),
      image: fc.constantFrom('one', 'two'),
      refresh: fc.constantFrom(10, 20, 30),
    }),
    { selector: ({ tag }) => tag },
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(streams, tags)), (updates) => {
      const book = new Book()
      for (const [stream, spec] of updates) {
        const before = new Map(Array.from(book.entries(), (entry) => [entry.source.key, entry.refresh]))
        const { changed, gone } = book.set(
          stream,
          spec.map(({ tag, image, refresh }) => tracked(tag, image, refresh)),
        )
        for (const entry of book.entries()) {
          const least = Math.min(...Array.from(entry.followers, ({ refresh }) => refresh))
          assert.equal(entry.refresh, least)
          assert.equal(changed.includes(entry), before.get(entry.source.key) !== least)
        }
        const keys = new Set(Array.from(book.entries(), ({ source }) => source.key))
        const left = [...before.keys()].filter((key) => !keys.has(key))
        assert.deepEqual(gone.map(({ source }) => source.key).sort(), left.sort())
      }
    }),
  )
})

test('a stream that changes nothing, or is not the most impatient one, has no look at who else follows', () => {
  const book = new Book()
  for (let i = 0; i < 100; i++) book.set(`ns/s${i}`, [tracked('v1', 'one', 10 + i)])
  const [entry] = book.entries()
  let looks = 0
  class Watched extends Set<Follower> {
    override [Symbol.iterator]() {
      looks++
      return super[Symbol.iterator]()
    }
  }
  entry!.followers = new Watched(entry!.followers)
  book.set('ns/s50', [tracked('v1', 'one', 60)])
  book.set('ns/s51', [tracked('v1', 'one', 15)])
  book.set('ns/s52', [])
  book.set('ns/s0', [tracked('v1', 'one', 90)])
  assert.deepEqual([looks, entry!.refresh, entry!.followers.size], [0, 11, 99])
})
