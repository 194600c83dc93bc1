import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from '../../test/support/request.ts'
import { widgets } from '../../test/support/widgets.ts'
import type { GroupVersion } from '../core/machinery/discovery.ts'
import { openMemory } from '../store/memory.ts'
import { openApiHandler } from './openapi.ts'

const widget = widgets(openMemory())
const version: GroupVersion = { group: widget.group, version: widget.version, resources: [widget] }
const handler = openApiHandler([version])
const handle = async (...args: Parameters<typeof handler>) => handler(...args) ?? { status: 404 }

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

test('version 2 is JSON', async () => {
  const answer = await request(handle, 'GET', '/openapi/v2', { accept: 'application/json' })
  assert.equal(answer.status, 200)
  assert.partialDeepStrictEqual(answer.json, { swagger: '2.0' })
})

for (const accept of [PROTOBUF, PROTOBUF.replace('@', '.'), `application/json;q=0.5,${PROTOBUF}`]) {
  test(`version 2 is a protocol buffer for ${accept}`, async () => {
    const answer = await request(handle, 'GET', '/openapi/v2', { accept })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['content-type'], PROTOBUF.replace('@', '.'), 'Go cannot parse the @')
    assert.ok(answer.text.startsWith('\n\u00032.0'), 'field 1 is the version')
    const etag = String(answer.headers['etag'])
    const again = await request(handle, 'GET', '/openapi/v2', { accept, headers: { 'if-none-match': etag } })
    assert.equal(again.status, 304)
  })
}

test('version 3 lists a document for each group and version, which its hash makes cacheable', async () => {
  const { paths } = (await request(handle, 'GET', '/openapi/v3')).json as {
    paths: Record<string, { serverRelativeURL: string }>
  }
  const url = paths[`apis/${widget.group}/${widget.version}`]!.serverRelativeURL
  const answer = await request(handle, 'GET', url)
  assert.partialDeepStrictEqual(answer.json, { openapi: '3.0.0' })
  assert.match(String(answer.headers['cache-control']), /immutable/)
})

test('a form that nobody serves is refused', async () => {
  await assert.rejects(request(handle, 'GET', '/openapi/v3', { accept: 'text/html' }), { reason: 'NotAcceptable' })
})

test('other paths are not its business', () => {
  assert.equal(handler({ path: '/api', method: 'GET' } as Parameters<typeof handler>[0]), undefined)
})
