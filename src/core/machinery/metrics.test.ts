import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bounded, OTHER, unmeasured } from './metrics.ts'

test('values beyond the limit are one, and those that were there stay', () => {
  const host = bounded(2)
  assert.deepEqual(['a', 'b', 'c', 'a', 'd', 'b'].map(host), ['a', 'b', OTHER, 'a', OTHER, 'b'])
})

test('who measures nothing can be used like everybody else', () => {
  const declaration = { name: 'x', help: 'X.', labels: ['a'] } as const
  unmeasured.counter(declaration)('1').inc()
  unmeasured.gauge(declaration)('1').set(1)
  unmeasured
    .histogram({ ...declaration, buckets: [] })('1')
    .observe(1)
})
