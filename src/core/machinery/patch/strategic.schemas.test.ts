// Strategic merge patches on every type that the project serves.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { type Pair, pairs, type SchemaNode } from '../../../../test/support/fromSchema.ts'
import { strategicDiff } from '../../../../test/support/strategicDiff.ts'
import { Persisted } from '../../../apiserver/persisted.ts'
import { imageResources } from '../../../apiserver/resources/index.ts'
import { sandboxResources } from '../../../sandbox/index.ts'
import { openMemory } from '../../../store/memory.ts'
import { decode } from '../decode/decode.ts'
import { freeze } from '../json/clone.ts'
import type { Resource } from '../resource.ts'
import { applyStrategicMergePatch } from './strategic.ts'

const store = openMemory()
const resources = [
  ...sandboxResources({ stored: (declared) => new Persisted({ ...declared, store }) }),
  ...imageResources({
    store,
    importer: () => assert.fail('nothing is imported'),
    secrets: () => Promise.resolve([]),
    config: { bulkLimit: 50, importMode: 'Legacy' },
  }),
]
const patched = resources.filter(({ verbs }: Resource) => verbs.includes('patch'))

/** A part of a schema that says how it merges, and how an object looks that holds nothing but a value of it. */
interface Part {
  path: string
  node: SchemaNode
  around: (value: unknown) => unknown
}

function parts(
  node: SchemaNode | undefined,
  path: string,
  around: Part['around'],
  seen: readonly unknown[] = [],
): Part[] {
  if (!node || seen.includes(node)) return []
  const inner = [...seen, node]
  const own = (node.mergeKey ?? node.patchStrategy) ? [{ path, node, around }] : []
  const { mergeKey, items, additionalProperties: values, properties = {} } = node
  const members = Object.entries(properties).flatMap(([name, member]) =>
    parts(member, `${path}.${name}`, (value) => around({ [name]: value }), inner),
  )
  const key = items?.properties?.[mergeKey ?? '']?.['x-go'] === 'string' ? 'a' : 1
  // Nothing merges inside a list that is replaced as a whole.
  const below =
    mergeKey === undefined
      ? []
      : parts(items, `${path}[]`, (value) => around([{ ...(value as object), [mergeKey]: key }]), inner)
  return [...own, ...members, ...below, ...parts(values, `${path}.*`, (value) => around({ a: value }), inner)]
}

/** Makes the patch in one of the ways in which it can be written, applies it, and compares what comes out. */
function check(schema: Resource['schema'], [a, b]: Pair, choices: readonly boolean[]): void {
  let asked = 0
  const replace = () => choices[asked++ % choices.length]!
  const patch = strategicDiff(schema, a as never, b as never, replace)
  const result = applyStrategicMergePatch(schema, freeze(a), freeze(patch))
  assert.deepEqual(decode(schema, result).object, decode(schema, b).object)
}

const choice = fc.array(fc.constantFrom(false, false, false, true), { minLength: 1, maxLength: 10 })

describe('a strategic merge patch from a to b, applied to a, gives b', () => {
  for (const { group, kind, schema } of patched) {
    test(`${group || 'core'} ${kind}`, () => {
      const objects = fc.oneof(...[4, 7, 10].map((depth) => pairs(schema as SchemaNode, depth)))
      fc.assert(
        fc.property(objects, choice, (pair, choices) => check(schema, pair, choices)),
        { numRuns: 150 },
      )
    })
  }

  test('and so in every part that says how it merges', () => {
    const found = patched.flatMap(({ kind, schema }) =>
      parts(schema as SchemaNode, kind, (value) => value).map((part) => [part, schema] as const),
    )
    const keys = new Set(found.map(([{ node }]) => `${node.mergeKey ?? ''} ${node.patchStrategy ?? ''}`.trim()))
    for (const key of [
      'name',
      'uid merge',
      'type',
      'containerPort',
      'mountPath',
      'merge',
      'replace',
      'retainKeys',
      'name merge,retainKeys',
    ])
      assert.ok(keys.has(key), `${key} is one of ${[...keys].join('; ')}`)
    for (const [{ path, node, around }, schema] of found) {
      const property = fc.property(pairs(node, 3), choice, ([a, b], choices) =>
        check(schema, [around(a), around(b)], choices),
      )
      fc.assert(property, {
        numRuns: 20,
        reporter: (run) => assert.ok(!run.failed, `${path}: ${fc.defaultReportMessage(run)}`),
      })
    }
  })
})
