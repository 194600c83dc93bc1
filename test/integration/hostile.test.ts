// Everything that the API serves, written with values that nobody expects: an answer, never an accident.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { Target } from '../../src/core/machinery/client.ts'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import { ApiError } from '../../src/core/machinery/status.ts'
import { startInProcess } from '../support/inProcess.ts'
import { request } from '../support/request.ts'
import { type Leaves, pairs, type SchemaNode } from '../support/fromSchema.ts'

const { client, handler, resources } = await startInProcess()

const WORDS = [
  // Members of every object of JavaScript,
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
  'then',
  // names that no grammar likes,
  ...'|a|a:b|a@sha256:b|../..|%2F|*|spec.template.spec.containers[0].image|0 0 30 2 *'.split('|'),
  // letters that are not what they seem,
  ' ',
  '\0',
  '\ud800',
  'a\u0301',
  '\u202e',
  '\u{1F600}',
  'x'.repeat(300),
  // and numbers that are none.
  ...'-1 1e400 NaN null 99999999999999999999'.split(' '),
]
const text = fc.constantFrom(...WORDS)
const whole = fc.constantFrom(-(2 ** 31), -1, 0, 1, 2 ** 31 - 1)
const time = fc.constantFrom('0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '1969-12-31T23:59:60Z', 'yesterday')
const anything = fc.oneof(
  text,
  whole,
  fc.constantFrom(null, true, [], {}, [[]], { ['__proto__']: { x: 1 } }),
  fc.dictionary(text, text),
)
const leaves: Leaves = {
  string: text,
  bool: fc.boolean(),
  int32: whole,
  int64: fc.oneof(whole, fc.constantFrom(-(2 ** 53), 2 ** 53, Number.MAX_SAFE_INTEGER, -(2 ** 63))),
  number: fc.constantFrom(-1, 0, 1e308, -0, 5e-324),
  time,
  microtime: time,
  bytes: fc.constantFrom('', 'YQ==', 'e30=', 'W10=', '!'),
  any: anything,
  intOrString: fc.oneof(text, whole, fc.constantFrom('25%', '-1%', '1000%')),
  quantity: fc.constantFrom('0', '-1', '1e400', '9223372036854775807', '1n', 'much', '1Ei'),
}

/** Runs it; an ApiError that is no accident is an answer. */
async function answered<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run()
  } catch (error) {
    // OpenShift's own 500 for a tag that names none is known by its reason, which is empty.
    if (error instanceof ApiError && (error.code < 500 || error.reason === '')) return undefined
    throw error
  }
}

function named(object: object, name: string, more: object = {}): KubeObject {
  const { metadata, ...rest } = object as KubeObject
  const { resourceVersion: _, uid: __, ...given } = (metadata ?? {}) as Record<string, unknown>
  return {
    ...rest,
    kind: undefined,
    apiVersion: undefined,
    metadata: { ...given, name, namespace: undefined, ...more },
  } as never
}

const ACCEPTED = [
  'application/yaml',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,*/*',
]

const path = ({ resource: { group, version, plural }, namespace }: Target): string =>
  `${group ? `/apis/${group}` : '/api'}/${version}${namespace ? `/namespaces/${namespace}` : ''}/${plural}?includeObject=Object`

describe('objects of any value are answered, whatever is done with them', () => {
  for (const resource of resources) {
    const { group, version, plural, kind, schema, namespaced } = resource
    test(`${group || 'core'} ${kind}`, async () => {
      const target: Target = { resource: { group, version, plural }, ...(namespaced && { namespace: 'default' }) }
      const objects = fc.oneof(...[3, 6, 9].map((depth) => pairs(schema as SchemaNode, depth, leaves)))
      const name = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('a', 's:a', `sha256:${'a'.repeat(64)}`) }, text)
      const property = fc.asyncProperty(objects, name, name, async ([a, b], first, second) => {
        const one = { ...target, name: first }
        const subresources = ['', ...(resource.subresources ?? []).map((s) => s.name)]
        await answered(() => client.create(target, named(a as object, first)))
        await answered(() => client.create(target, a as KubeObject))
        for (const subresource of subresources) {
          const at = { ...one, ...(subresource && { subresource }) }
          const there = await answered(() => client.get(at))
          const version = there?.metadata.resourceVersion
          await answered(() => client.update(at, named(b as object, first, { resourceVersion: version })))
          for (const type of ['merge', 'strategic', 'apply'] as const) {
            const patch =
              type === 'apply'
                ? { ...named(b as object, first), kind, apiVersion: group ? `${group}/${version}` : version }
                : b
            await answered(() => client.patch(at, type, patch, { fieldManager: second || 'x', force: true }))
          }
          await answered(() => client.patch(at, 'json', [{ op: 'add', path: `/metadata/${second}`, value: b }]))
        }
        await answered(() =>
          client.list(target, { limit: 2, labelSelector: second, fieldSelector: `metadata.name=${first}` }),
        )
        await answered(() => client.list(target, { fieldSelector: `${second}=${first}`, continue: second }))
        for (const accept of ACCEPTED) {
          const shown = await request(handler, 'GET', path(target), { accept })
          assert.ok(shown.status < 500, `${accept}: ${shown.text}`)
        }
        await answered(() => client.delete(one))
        assert.deepEqual(Object.keys(Object.prototype), [], 'the prototype of all objects is as it was')
      })
      await fc.assert(property, { numRuns: 40 })
    })
  }
})
