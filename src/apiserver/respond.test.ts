import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parse } from 'yaml'
import { freeze } from '../core/machinery/json/clone.ts'
import type { KubeObject, ObjectList } from '../core/machinery/object.ts'
import type { Column } from '../core/machinery/resource.ts'
import type { Reply } from '../http/handler.ts'
import type { Call } from './call.ts'
import type { Exchange } from './exchange.ts'
import type { Accepted, Representation } from './negotiate.ts'
import { respond, textReply } from './respond.ts'

const warningsOf = (...warnings: string[]): string[] =>
  (textReply(200, '{}', 'json', warnings).headers!.warning ?? []) as string[]

test('warnings are headers, quoted, without control characters', () => {
  assert.deepEqual(warningsOf('unknown field "a\nb"'), ['299 - "unknown field \\"a?b\\""'])
})

test('warnings longer than clients take in headers are cut, and then left out', () => {
  assert.deepEqual(warningsOf('x'.repeat(4000)), [`299 - "${'x'.repeat(4000)}"`])
  assert.deepEqual(warningsOf('x'.repeat(200_000), 'short'), [`299 - "${'x'.repeat(256)}"`, '299 - "short"'])
  const many = Array.from({ length: 20 }, (_, i) => `${i}${'x'.repeat(1000)}`)
  assert.equal(warningsOf(...many).length, 16)
})

const COLUMNS: Column<KubeObject>[] = [
  { name: 'Name', type: 'string', format: 'name', cell: (o) => o.metadata.name ?? '' },
  { name: 'Labels', type: 'number', priority: 1, cell: (o) => Object.keys(o.metadata.labels ?? {}).length || null },
]
const DEFINITIONS = [
  { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 },
  { name: 'Labels', type: 'number', format: '', description: '', priority: 1 },
]

function exchangeFor(as: Representation, format: Accepted['format'], includeObject: string | null): Exchange {
  const resource = { group: 'g.example', version: 'v1', kind: 'Widget', plural: 'widgets', columns: COLUMNS }
  const query = new URLSearchParams(includeObject === null ? {} : { includeObject })
  return {
    request: { query },
    call: { resource, context: { now: () => new Date(0) }, name: '' } as unknown as Call,
    accepted: { format, as, version: 'v1' },
    warnings: [],
  } as unknown as Exchange
}

function textOf({ body = '' }: Reply): string {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return body.toString()
  return Buffer.concat([...(body as Iterable<Buffer>)]).toString()
}

/** What is shown, as a whole. */
function whole(as: Representation, includeObject: string | null, { metadata, items }: ObjectList): object {
  const meta = { apiVersion: 'meta.k8s.io/v1' }
  const partial = (o: KubeObject) => ({ kind: 'PartialObjectMetadata', ...meta, metadata: o.metadata })
  const kind = { kind: 'Widget', apiVersion: 'g.example/v1' }
  if (as === 'object') return { kind: 'WidgetList', apiVersion: kind.apiVersion, metadata, items }
  if (as !== 'Table') return { kind: as, ...meta, metadata, items: items.map(partial) }
  const rows = items.map((o) => ({
    cells: [o.metadata.name ?? '', Object.keys(o.metadata.labels ?? {}).length || null],
    object: includeObject === 'None' ? null : includeObject === 'Object' ? { ...kind, ...o } : partial(o),
  }))
  return { kind: 'Table', ...meta, metadata, columnDefinitions: DEFINITIONS, rows }
}

test('lists of every size and in every representation are what JSON.stringify makes of the whole', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 20 })
  const labels = fc.dictionary(word, word, { noNullPrototype: true })
  const object = fc.record({
    metadata: fc.record({ name: word, labels, uid: fc.nat(2).map(filler) }, { requiredKeys: [] }),
    spec: fc.jsonValue({ maxDepth: 2 }),
  })
  const list = fc.record({
    metadata: fc.record(
      { resourceVersion: fc.nat().map(String), continue: word },
      { requiredKeys: ['resourceVersion'] },
    ),
    items: fc.tuple(fc.array(object, { maxLength: 5 }), fc.constantFrom(1, 1, 1, 300)).map(repeat),
  })
  const as = fc.constantFrom<Representation>('object', 'Table', 'PartialObjectMetadataList')
  const include = fc.constantFrom(null, 'None', 'Metadata', 'Object')
  fc.assert(
    fc.property(list, as, include, fc.boolean(), (given, shown, includeObject, frozen) => {
      const value = JSON.parse(JSON.stringify(given)) as ObjectList
      if (frozen) value.items.forEach(freeze)
      const json = JSON.stringify(whole(shown, includeObject, value))
      const reply = respond(exchangeFor(shown, 'json', includeObject), 200, value)
      assert.equal(textOf(reply), `${json}\n`)
      assert.equal(reply.headers!['content-type'], 'application/json')
      if (json.length >= 128 << 10) assert.ok(!Buffer.isBuffer(reply.body))
      // YAML takes its time.
      if (json.length > 300_000) return
      const yaml = respond(exchangeFor(shown, 'yaml', includeObject), 200, value)
      assert.deepEqual(parse(textOf(yaml)), JSON.parse(json))
      assert.equal(yaml.headers!['content-type'], 'application/yaml')
    }),
  )
})

const filler = (size: number): string => 'x'.repeat(size && 10 ** (size + 2))

const repeat = <T>([items, times]: [T[], number]): T[] => Array.from({ length: times }, () => items).flat()

test('a Table of an object is one of its row', () => {
  const object = { metadata: { name: 'a', resourceVersion: '7' } }
  const table = whole('Table', null, { metadata: { resourceVersion: '7' }, items: [object] })
  assert.equal(textOf(respond(exchangeFor('Table', 'json', null), 200, object)), `${JSON.stringify(table)}\n`)
})
