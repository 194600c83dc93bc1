import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ORIGINS } from '../image/annotations.ts'
import type { ImageStream } from '../image/types.ts'
import { isMadeOf, withOrigins } from './origins.ts'

const INDEX = `sha256:${'1'.repeat(64)}`
const OTHER = `sha256:${'2'.repeat(64)}`
const IMAGE = `sha256:${'a'.repeat(64)}`

/** A stream whose tags have the images. */
function stream(images: Record<string, string>, origins?: string): Pick<ImageStream, 'metadata' | 'status'> {
  const tags = Object.entries(images).map(([tag, image]) => ({
    tag,
    items: [{ created: null, dockerImageReference: 'x', image, generation: 1 }],
  }))
  const annotations = origins === undefined ? {} : { annotations: { [ORIGINS]: origins } }
  return { metadata: { name: 's', ...annotations }, status: { dockerImageRepository: '', tags } }
}

test('what an image was taken from is known again, until the tag or the index moves', () => {
  const text = withOrigins(stream({ v1: IMAGE }), new Map([['v1', INDEX]]))!
  assert.match(text, /^v1:[0-9a-f]{16}$/)
  const known = stream({ v1: IMAGE, v2: IMAGE }, text)
  assert.ok(isMadeOf(known, 'v1', INDEX))
  assert.ok(!isMadeOf(known, 'v1', OTHER))
  assert.ok(!isMadeOf(known, 'v2', INDEX))
  assert.ok(!isMadeOf(stream({ v1: OTHER }, text), 'v1', INDEX))
  assert.equal(withOrigins(known, new Map([['v1', INDEX]])), undefined)
  assert.notEqual(withOrigins(known, new Map([['v1', OTHER]])), undefined)
})

test('an image of its own has no entry, nor has a tag that is gone', () => {
  assert.equal(withOrigins(stream({ v1: IMAGE }), new Map([['v1', IMAGE]])), undefined)
  const text = withOrigins(
    stream({ v1: IMAGE, v2: IMAGE }),
    new Map([
      ['v1', INDEX],
      ['v2', INDEX],
    ]),
  )!
  assert.equal(text.split(',').length, 2)
  assert.equal(withOrigins(stream({ v1: IMAGE }, text), new Map([['v1', IMAGE]])), '')
})

test('there is an end to it, and nonsense in it does no harm', () => {
  const images = Object.fromEntries(Array.from({ length: 700 }, (_, i) => [`v${i}`, IMAGE]))
  const made = new Map(Object.keys(images).map((tag) => [tag, INDEX]))
  const text = withOrigins(stream(images), made)!
  assert.equal(text.split(',').length, 500)
  assert.ok(isMadeOf(stream(images, text), 'v699', INDEX))
  fc.assert(
    fc.property(fc.string(), (nonsense) => {
      assert.ok(!isMadeOf(stream({ v1: IMAGE }, nonsense), 'v1', INDEX))
      const again = withOrigins(stream({ v1: IMAGE }, nonsense), new Map([['v1', INDEX]]))
      assert.match(again!, /^v1:[0-9a-f]{16}$/)
    }),
  )
})
