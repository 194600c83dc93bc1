import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { digest, event, istag, stream, tag } from '../../../test/support/imageObjects.ts'
import { clone } from '../machinery/json/clone.ts'
import { latestEvent } from './access.ts'
import { follow, followed, movesOf } from './following.ts'
import type { ImageStream } from './types.ts'

const images = (s: ImageStream): Record<string, string[]> =>
  Object.fromEntries((s.status.tags ?? []).map((t) => [t.tag, (t.items ?? []).map((e) => e.image.slice(7, 8))]))

test('a tag follows a tag of its own stream, by either name', () => {
  const s = stream()
  const of = (from: Parameters<typeof tag>[1]) => followed(tag('x', from), s)
  assert.equal(of(istag('v1')), 'v1')
  assert.equal(of(istag('s:v1')), 'v1')
  assert.equal(of(istag('v1', 'p')), 'v1')
  assert.equal(of(istag('s:')), 'latest')
  assert.equal(of(istag('other:v1')), undefined)
  assert.equal(of(istag('v1', 'elsewhere')), undefined)
  assert.equal(of(istag('s:a:b')), undefined)
  assert.equal(of({ kind: 'ImageStreamImage', name: 's' }), undefined)
  assert.equal(of('v1'), undefined)
  assert.equal(of(undefined), undefined)
})

test('moved tags are those whose newest event is another', () => {
  const before = stream([], { a: [event('a')], b: [event('b')], c: [event('c')] })
  const next = stream([], { a: [event('a')], b: [event('x'), event('b')], c: [], d: [event('d')] })
  assert.deepEqual(movesOf(next, before), { moved: ['b', 'd'], renewed: [] })
  assert.deepEqual(movesOf(next, undefined), { moved: ['a', 'b', 'd'], renewed: [] })
  const renewed = stream([], { a: [event('a', { generation: 2 })], b: [event('b')], c: [event('c')] })
  assert.deepEqual(movesOf(renewed, before), { moved: [], renewed: ['a'] })
})

test('followers get the event, on top of what they had', () => {
  const s = stream([tag('latest', istag('v1')), tag('full', istag('s:v1')), tag('v1', 'x/a')], {
    latest: [event('o')],
    v1: [event('a')],
  })
  follow(s, { moved: ['v1'] })
  assert.deepEqual(images(s), { full: ['a'], latest: ['a', 'o'], v1: ['a'] })
})

test('a chain settles at once, in whatever order its names are', () => {
  for (const names of [
    ['a', 'b', 'c', 'd'],
    ['d', 'c', 'b', 'a'],
    ['b', 'd', 'a', 'c'],
  ]) {
    const [root, ...chain] = names as [string, ...string[]]
    const s = stream(
      chain.map((name, i) => tag(name, istag(names[i]!))),
      { [root]: [event('1')], [chain[0]!]: [event('0')] },
    )
    follow(s, { moved: [root] })
    for (const name of chain) assert.equal(latestEvent(s, name)?.image, digest('1'), names.join())
  }
})

test('a follower that moved in the same write ends where its source is', () => {
  const s = stream([tag('f', istag('x')), tag('g', istag('f'))], { f: [event('0')], g: [event('0')], x: [event('1')] })
  follow(s, { moved: ['f', 'x'] })
  assert.deepEqual(images(s), { f: ['1', '0'], g: ['1', '0'], x: ['1'] })
})

test('a new generation goes to those who point at the same, and to nobody who was moved elsewhere', () => {
  const s = stream([tag('same', istag('v1')), tag('next', istag('same')), tag('pushed', istag('v1'))], {
    next: [event('a')],
    pushed: [event('p'), event('a')],
    same: [event('a')],
    v1: [event('a', { generation: 5 })],
  })
  follow(s, { moved: [], renewed: ['v1'] })
  assert.deepEqual(images(s), { next: ['a'], pushed: ['p', 'a'], same: ['a'], v1: ['a'] })
  assert.deepEqual(
    ['same', 'next', 'pushed'].map((name) => latestEvent(s, name)?.generation),
    [5, 5, 1],
  )
})

test('what moves in a circle goes round it, once', () => {
  const names = ['a', 'b', 'c', 'd']
  for (const moved of names) {
    const circle = names.map((name, i) => tag(name, istag(names[(i + 1) % names.length]!)))
    const s = stream(
      circle,
      Object.fromEntries(names.map((n) => [n, n === moved ? [event('1'), event('0')] : [event('0')]])),
    )
    follow(s, { moved: [moved] })
    assert.deepEqual(images(s), Object.fromEntries(names.map((n) => [n, ['1', '0']])), moved)
  }
})

test('circles end, and change nothing when all are equal', () => {
  const s = stream([tag('a', istag('b')), tag('b', istag('a')), tag('self', istag('self'))], {
    a: [event('1')],
    b: [event('1')],
    self: [event('1')],
  })
  const before = clone(s)
  follow(s, { moved: ['a', 'b', 'self'] })
  assert.deepEqual(s, before)
})

test('what moves in a circle goes once around, in whatever order its names are, and on to who follows it', () => {
  for (const [a, b, c] of [
    ['a', 'b', 'c'],
    ['c', 'b', 'a'],
    ['b', 'a', 'c'],
  ] as const) {
    const links = [tag(a, istag(b)), tag(b, istag(c)), tag(c, istag(a)), tag('0', istag(b))]
    const s = stream(links, { [a]: [event('1')] })
    follow(s, { moved: [a] })
    assert.deepEqual(images(s), { '0': ['1'], a: ['1'], b: ['1'], c: ['1'] })
  }
})

test('a source without events hands nothing on', () => {
  const s = stream([tag('a', istag('b'))], { a: [event('1')] })
  follow(s, { moved: ['b'] })
  assert.deepEqual(images(s), { a: ['1'] })
})

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f']
const name = fc.constantFrom(...NAMES)
const links = fc.uniqueArray(fc.tuple(name, name), { selector: ([tagName]) => tagName, maxLength: 6 })

test('chains and circles of very many tags end soon', () => {
  for (const circle of [false, true]) {
    const count = 20_000
    const name = (i: number) => `t${i}`
    const tags = Array.from({ length: count }, (_, i) => tag(name(i), istag(name(circle ? (i + 1) % count : i + 1))))
    const s = stream(tags, { [name(count - 1)]: [event('1')] })
    const started = performance.now()
    follow(s, { moved: [name(count - 1)] })
    // In quadratic time it would take minutes.
    assert.ok(performance.now() - started < 20_000)
    assert.equal(s.status.tags?.length, count)
  }
})

test('property: whatever follows whatever, it ends, and all followers of what moved agree with it', () => {
  fc.assert(
    fc.property(links, fc.uniqueArray(name), (edges, moved) => {
      const events = Object.fromEntries(NAMES.map((n, i) => [n, [event(String(i))]]))
      const s = stream(
        edges.map(([from, to]) => tag(from, istag(to))),
        events,
      )
      const before = images(s)
      follow(s, { moved })
      const after = images(s)
      for (const list of Object.values(after)) assert.ok(list.length <= 2)
      const changed = new Set([...moved, ...NAMES.filter((n) => after[n]![0] !== before[n]![0])])
      for (const [follower, source] of edges) {
        if (changed.has(source)) assert.equal(after[follower]![0], after[source]![0])
      }
    }),
  )
})
