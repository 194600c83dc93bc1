import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeOpenApiV2 } from './protobuf.ts'

/** Fields of a message in order, as [number, varint or bytes]; throws when the bytes are no message. */
function read(bytes: Uint8Array): [number, number | Uint8Array][] {
  const fields: [number, number | Uint8Array][] = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error('cut off')
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const key = varint()
    const length = varint()
    if ((key & 7) === 0) fields.push([key >>> 3, length])
    else {
      if ((key & 7) !== 2 || at + length > bytes.length) throw new Error(`bad field at ${at}`)
      fields.push([key >>> 3, bytes.subarray(at, at + length)])
      at += length
    }
  }
  return fields
}

/** What lies at a path of field numbers; the first occurrence of each. */
function find(bytes: Uint8Array, ...path: number[]): string | number | undefined {
  let here: number | Uint8Array | undefined = bytes
  for (const number of path) {
    if (!(here instanceof Uint8Array)) return undefined
    here = read(here).find(([n]) => n === number)?.[1]
  }
  return here instanceof Uint8Array ? new TextDecoder().decode(here) : here
}

describe('the protocol buffer of an OpenAPI document', () => {
  const wheel = {
    type: 'object',
    description: 'A wheel.',
    required: ['spokes'],
    properties: {
      spokes: { type: 'array', items: { $ref: '#/definitions/spoke' }, 'x-kubernetes-patch-merge-key': 'name' },
      labels: { type: 'object', additionalProperties: { type: 'string', format: 'byte' } },
    },
  }
  const get = {
    description: 'reads',
    parameters: [
      { name: 'body', in: 'body', required: true, schema: { $ref: '#/definitions/wheel' } },
      { name: 'dryRun', in: 'query', type: 'string', uniqueItems: true },
    ],
    responses: { 200: { description: 'OK', schema: { $ref: '#/definitions/wheel' } } },
    'x-kubernetes-action': 'get',
  }
  const parameters = [{ name: 'name', in: 'path', required: true, type: 'string' }]
  const bytes = encodeOpenApiV2({
    swagger: '2.0',
    info: { title: 'Test', version: 'v1' },
    paths: { '/wheels/{name}': { get, parameters } },
    definitions: { wheel },
  })

  const CASES: readonly [string, number[], string | number | undefined][] = [
    ['the version', [1], '2.0'],
    ['the title', [2, 1], 'Test'],
    ['a path', [8, 2, 1], '/wheels/{name}'],
    ['an operation', [8, 2, 2, 2, 3], 'reads'],
    ['a body parameter', [8, 2, 2, 2, 8, 1, 1, 2], 'body'],
    ['whether it is required', [8, 2, 2, 2, 8, 1, 1, 4], 1],
    ['its schema', [8, 2, 2, 2, 8, 1, 1, 5, 1], '#/definitions/wheel'],
    ['a path parameter', [8, 2, 2, 9, 1, 2, 4, 4], 'name'],
    ['its type', [8, 2, 2, 9, 1, 2, 4, 5], 'string'],
    ['a response', [8, 2, 2, 2, 9, 1, 1], '200'],
    ['its schema, wrapped', [8, 2, 2, 2, 9, 1, 2, 1, 2, 1, 1], '#/definitions/wheel'],
    ['an extension of an operation', [8, 2, 2, 2, 13, 1], 'x-kubernetes-action'],
    ['its value, as YAML', [8, 2, 2, 2, 13, 2, 2], '"get"'],
    ['a definition', [9, 1, 1], 'wheel'],
    ['its description', [9, 1, 2, 4], 'A wheel.'],
    ['its required fields', [9, 1, 2, 19], 'spokes'],
    ['its type, wrapped', [9, 1, 2, 22, 1], 'object'],
    ['a property', [9, 1, 2, 25, 1, 1], 'spokes'],
    ['the items of a list', [9, 1, 2, 25, 1, 2, 23, 1, 1], '#/definitions/spoke'],
    ['an extension of a property', [9, 1, 2, 25, 1, 2, 31, 1], 'x-kubernetes-patch-merge-key'],
    ['nothing where there is nothing', [3], undefined],
  ]
  for (const [what, path, expected] of CASES) {
    test(`holds ${what}`, () => assert.equal(find(bytes, ...path), expected))
  }

  test('holds the values of a map', () => {
    const properties = read(read(read(bytes).find(([n]) => n === 9)![1] as Uint8Array)[0]![1] as Uint8Array)
    const second = read(read(properties[1]![1] as Uint8Array).find(([n]) => n === 25)![1] as Uint8Array)[1]!
    assert.equal(find(second[1] as Uint8Array, 1), 'labels')
    assert.equal(find(second[1] as Uint8Array, 2, 21, 1, 2), 'byte')
  })

  test('holds a query parameter in the place of its kind', () => {
    const operation = encodeOpenApiV2({ paths: { '/': { get: { parameters: [get.parameters[1]] } } } })
    const path = [8, 2, 2, 2, 8, 1, 2, 3]
    assert.equal(find(operation, ...path, 4), 'dryRun')
    assert.equal(find(operation, ...path, 6), 'string')
    assert.equal(find(operation, ...path, 20), 1)
  })

  test('writes lengths of more than a byte', () => {
    const description = 'x'.repeat(300)
    assert.equal(find(encodeOpenApiV2({ definitions: { a: { description } } }), 9, 1, 2, 4), description)
  })
})
