import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatObject, formatRead, objectName, outputFormat } from './object.ts'

const stream = { apiVersion: 'image.openshift.io/v1', kind: 'ImageStream', metadata: { name: 'ubi' } }

test('names carry the group, except the core one', () => {
  assert.equal(objectName(stream), 'imagestream.image.openshift.io/ubi')
  assert.equal(objectName({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }), 'pod/a')
})

test('without -o the operation follows the name', async () => {
  assert.equal(await formatObject(stream, '', 'created'), 'imagestream.image.openshift.io/ubi created\n')
  assert.equal(await formatObject(stream, 'name', 'created'), 'imagestream.image.openshift.io/ubi\n')
})

test('yaml sorts keys and json indents by four', async () => {
  assert.equal(
    await formatObject({ ...stream, list: [{ b: 1, a: 'x: y' }] } as typeof stream, 'yaml', ''),
    'apiVersion: image.openshift.io/v1\nkind: ImageStream\nlist:\n- a: "x: y"\n  b: 1\nmetadata:\n  name: ubi\n',
  )
  assert.match(await formatObject(stream, 'json', ''), /^\{\n {4}"apiVersion"/)
})

test('json has metadata in the order of Go, without its owners; what was read has sorted keys', async () => {
  const metadata = { annotations: { b: '1', a: '2' }, managedFields: [], uid: 'u', labels: {}, name: 'ubi' }
  const object = { kind: 'K', apiVersion: 'v1', metadata, b: [{ z: 1, a: null }] }
  const flat = (text: string): string => text.replaceAll(/\s+/g, '')
  assert.equal(
    flat(await formatObject(object, 'json', '')),
    '{"kind":"K","apiVersion":"v1","metadata":{"name":"ubi","uid":"u","labels":{},"annotations":{"b":"1","a":"2"}},"b":[{"z":1,"a":null}]}',
  )
  assert.equal(
    flat(await formatRead({ kind: 'K', apiVersion: 'v1', b: [{ z: 1, a: null }] }, 'json')),
    '{"apiVersion":"v1","b":[{"a":null,"z":1}],"kind":"K"}',
  )
})

test('yaml quotes what other readers would not take for text', async () => {
  const labels = { a: 'yes', b: '2026-01-02T03:04:05Z', c: '1', d: 'null' }
  const text = await formatObject({ ...stream, metadata: { labels } }, 'yaml', '')
  assert.match(text, / a: "yes"\n +b: "2026-01-02T03:04:05Z"\n +c: "1"\n +d: "null"\n/)
})

test('formats that the command does not have are refused with a way out', () => {
  assert.equal(outputFormat(undefined), '')
  assert.throws(() => outputFormat('jsonpath={.a}'), /output format "jsonpath=\{\.a\}" is not supported here: use json/)
})
