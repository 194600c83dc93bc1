import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { compareKeys } from './keyOrder.ts'
import { SortedEntries } from './sortedEntries.ts'
import type { Entry } from './store.ts'

const entry = (key: string, revision = 1): Entry => ({ key, revision, object: { metadata: {} } })
const keys = (entries: Iterable<Entry>) => Array.from(entries, ({ key }) => key)

describe('compareKeys', () => {
  it('orders as bytes do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        assert.equal(Math.sign(compareKeys(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
    )
  })
})

describe('sorted entries', () => {
  it('hold thousands in order, whatever the order of insertion and deletion', () => {
    const all = Array.from({ length: 5_000 }, (_, i) => `p/${(i * 2_741) % 5_000}`)
    const sorted = new SortedEntries()
    for (const key of all) sorted.set(entry(key))
    for (const key of all) sorted.set(entry(key, 2))
    assert.deepEqual(keys(sorted.range('p/', undefined)), all.toSorted())
    assert.ok(Array.from(sorted.range('', undefined)).every(({ revision }) => revision === 2))
    const gone = new Set(all.filter((_, i) => i % 3 !== 0))
    for (const key of gone) sorted.delete(key)
    const rest = all.filter((key) => !gone.has(key)).sort()
    assert.deepEqual(keys(sorted.range('p/', undefined)), rest)
    assert.deepEqual(
      keys(sorted.range('p/', 'p/3')),
      rest.filter((key) => key > 'p/3'),
    )
    assert.equal(sorted.count('p/', 'p/3'), rest.filter((key) => key > 'p/3').length)
    for (const key of all) sorted.delete(key)
    assert.equal(sorted.size, 0)
    assert.deepEqual(keys(sorted.range('', undefined)), [])
    sorted.set(entry('again'))
    assert.deepEqual(keys(sorted.range('', undefined)), ['again'])
  })

  it('count and range agree with filtering a sorted array', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 4 })
    fc.assert(
      fc.property(fc.uniqueArray(key), key, fc.option(key, { nil: undefined }), (all, prefix, after) => {
        const sorted = new SortedEntries()
        for (const key of all) sorted.set(entry(key))
        const expected = all.filter((k) => k.startsWith(prefix) && (after === undefined || k > after)).sort()
        assert.deepEqual(keys(sorted.range(prefix, after)), expected)
        assert.equal(sorted.count(prefix, after), expected.length)
      }),
    )
  })
})
