import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImageStream } from '../image/types.ts'
import { missingPolicies } from './missingPolicies.ts'

const stream = (...tags: (Record<string, string> | null)[]) =>
  ({
    metadata: { name: 's' },
    spec: {
      tags: tags.map((given, i) => ({
        name: `v${i}`,
        annotations:
          given && Object.fromEntries(Object.entries(given).map(([key, value]) => [`millrace.dev/${key}`, value])),
      })),
    },
  }) as unknown as ImageStream

test('what belongs to a policy is told of where there is none', () => {
  for (const key of ['filter', 'ignore', 'min-age', 'prerelease'])
    assert.deepEqual(
      missingPolicies(stream(null, { [key]: 'x' }, { [key]: 'x', policy: 'semver' }, { refresh: '1m' })),
      [
        `tag v1: the annotation millrace.dev/${key} counts for nothing without millrace.dev/policy: add that, or remove what is there`,
      ],
    )
  const [both] = missingPolicies(stream({ 'min-age': '24h', filter: 'v*' }))
  assert.match(both!, /the annotations millrace\.dev\/filter, millrace\.dev\/min-age count for nothing/)
})

test('of very many tags the first are told of', () => {
  assert.equal(missingPolicies(stream(...Array.from({ length: 100 }, () => ({ filter: 'v*' })))).length, 10)
})
