import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImageStream } from '../image/types.ts'
import { freshnessProblems } from './freshnessProblems.ts'

const tag = (name: string, refresh?: string, scheduled = true) => ({
  name,
  from: { kind: 'DockerImage', name: `q.io/a:${name}` },
  importPolicy: { scheduled },
  annotations: refresh === undefined ? null : { 'millrace.dev/refresh': refresh },
})
const stream = (refresh: string | undefined, ...tags: ReturnType<typeof tag>[]) =>
  ({
    metadata: { name: 's', ...(refresh !== undefined && { annotations: { 'millrace.dev/refresh': refresh } }) },
    spec: { tags },
    status: {},
  }) as unknown as ImageStream
const wrong = (text: string) =>
  `the annotation millrace.dev/refresh is "${text}": it must be a duration from 5s to 168h, such as 30s or 10m`

test('the problem of a stream is told once for all its tags, that of a tag with its name', () => {
  assert.deepEqual(freshnessProblems(stream('soon', tag('a'), tag('b'))), [wrong('soon')])
  assert.deepEqual(freshnessProblems(stream('1m', tag('a', '1s'), tag('b'))), [`tag a: ${wrong('1s')}`])
})

test('there is none where it is right, or where nothing is scheduled', () => {
  assert.deepEqual(freshnessProblems(stream('1m', tag('a', '5s'), tag('b', '168h'))), [])
  assert.deepEqual(freshnessProblems(stream('soon', tag('a', 'later', false))), [])
})

test('of very many the first are told', () => {
  const tags = Array.from({ length: 100 }, (_, i) => tag(`v${i}`, 'x'))
  assert.equal(freshnessProblems(stream(undefined, ...tags)).length, 10)
})
