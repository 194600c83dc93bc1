// What clients rely on that only shows over HTTP: rights, and answers that take long.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from '../../../test/support/request.ts'
import type { ImportResult } from '../../core/image/import.ts'
import type { AccessQuestion } from '../../core/machinery/resource.ts'
import { silent } from '../../core/machinery/log.ts'
import type { Handler } from '../../http/handler.ts'
import { openMemory } from '../../store/memory.ts'
import { keyOf } from '../../store/store.ts'
import { byCertificate } from '../authenticate.ts'
import { createApiServer } from '../server.ts'
import { storedNamespaces } from '../storedNamespaces.ts'
import { imageResources } from './index.ts'

const P = '/apis/image.openshift.io/v1/namespaces/p'

interface Options {
  allow?: (question: AccessQuestion) => boolean
  importer?: () => Promise<ImportResult>
}

interface Stream {
  metadata: { resourceVersion: string }
  spec: { tags?: object[] }
  status: { tags?: { tag: string; items: { image: string }[] }[] }
}

async function serve({ allow, importer }: Options): Promise<Handler> {
  const store = openMemory()
  await store.create(keyOf({ group: '', plural: 'namespaces' }, '', 'p'), { metadata: { name: 'p' } })
  const resources = imageResources({
    store,
    config: { bulkLimit: 50, importMode: 'Legacy' },
    secrets: async () => [],
    limitRanges: async () => [],
    importer: importer ?? (async () => ({ images: [] })),
  })
  const { handler } = createApiServer({
    namespaces: storedNamespaces(store),
    resources,
    authenticator: byCertificate,
    authorizer: async ({ groups }, question) => ({
      allowed: groups.includes('system:masters') || (allow?.(question) ?? false),
    }),
    log: silent,
    version: 'test',
  })
  return handler
}

test('who may only read and update streams is refused tags, and told so, but can tag through the stream', async () => {
  const allow = ({ verb, resource }: AccessQuestion) => resource === 'imagestreams' && ['get', 'update'].includes(verb)
  const handler = await serve({ allow })
  await request(handler, 'POST', `${P}/imagestreams`, { body: { metadata: { name: 's' } } })
  const headers = { 'impersonate-user': 'tagger' }
  const tag = { name: 'v1', from: { kind: 'DockerImage', name: 'x/y:1' }, reference: true }
  const body = { metadata: { name: 's:v1' }, tag }
  for (const [method, path] of [
    ['PUT', 'imagestreamtags/s:v1'],
    ['POST', 'imagestreamtags'],
  ] as const) {
    const { status, json } = await request(handler, method, `${P}/${path}`, { body, headers })
    assert.equal(status, 403)
    assert.partialDeepStrictEqual(json, { kind: 'Status', reason: 'Forbidden', details: { kind: 'imagestreamtags' } })
  }
  const stream = (await request(handler, 'GET', `${P}/imagestreams/s`, { headers })).json as { metadata: object }
  const wanted = { ...stream, spec: { tags: [tag] } }
  const written = await request(handler, 'PUT', `${P}/imagestreams/s`, { body: wanted, headers })
  assert.equal(written.status, 200)
  assert.partialDeepStrictEqual(written.json, { spec: { tags: [tag] }, status: { tags: [{ tag: 'v1' }] } })
})

test('tags that are put at the same time without a version all land; a wrong version is a conflict', async () => {
  const handler = await serve({})
  const put = (name: string, metadata: object = {}) => {
    const tag = { from: { kind: 'DockerImage', name: 'x/y:1' }, reference: true }
    return request(handler, 'PUT', `${P}/imagestreamtags/${name}`, { body: { metadata: { name, ...metadata }, tag } })
  }
  const names = Array.from({ length: 8 }, (_, i) => `s:t${i}`)
  const answers = await Promise.all(names.map((name) => put(name)))
  assert.deepEqual(
    answers.map(({ status }) => status),
    names.map(() => 201),
  )
  const { spec, metadata } = (await request(handler, 'GET', `${P}/imagestreams/s`)).json as Stream
  assert.equal(spec.tags?.length, names.length)
  const stale = await put('s:t0', { resourceVersion: '1' })
  assert.deepEqual([stale.status, (stale.json as { reason: string }).reason], [409, 'Conflict'])
  assert.equal((await put('s:t0', { resourceVersion: metadata.resourceVersion })).status, 200)
})

test('a push into a stream that is missing is refused in the words that make a registry create the stream', async () => {
  const handler = await serve({})
  const name = `sha256:${'a'.repeat(64)}`
  const image = { metadata: { name }, dockerImageReference: `r/p/s@${name}` }
  const push = (stream: string) =>
    request(handler, 'POST', `${P}/imagestreammappings`, { body: { metadata: { name: stream }, tag: 'v1', image } })
  const refused = await push('s')
  assert.equal(refused.status, 404)
  assert.deepEqual((refused.json as { details: object }).details, {
    name: 's',
    group: 'image.openshift.io',
    kind: 'imagestreammappings',
  })
  await request(handler, 'POST', `${P}/imagestreams`, { body: { metadata: { name: 's' } } })
  assert.equal((await push('s')).status, 201)
})

test('a push by digest is an image alone; to a tag it is an entry of the history, too, but no wish; twice is once', async () => {
  const handler = await serve({})
  const stream = async () => (await request(handler, 'GET', `${P}/imagestreams/s`)).json as Stream
  await request(handler, 'POST', `${P}/imagestreams`, { body: { metadata: { name: 's' } } })
  const before = await stream()
  const name = `sha256:${'a'.repeat(64)}`
  const image = { metadata: { name }, dockerImageReference: `r/p/s@${name}` }
  const images = '/apis/image.openshift.io/v1/images'
  assert.equal((await request(handler, 'POST', images, { body: image })).status, 201)
  assert.equal((await request(handler, 'POST', images, { body: image })).status, 409, 'it is there already')
  assert.deepEqual(await stream(), before)
  const mapping = { metadata: { name: 's' }, tag: 'v1', image }
  await request(handler, 'POST', `${P}/imagestreammappings`, { body: mapping })
  const { spec, status, metadata } = await stream()
  assert.equal(spec.tags, undefined)
  assert.deepEqual(
    status.tags?.map((t) => [t.tag, t.items.map((item) => item.image)]),
    [['v1', [name]]],
  )
  await request(handler, 'POST', `${P}/imagestreammappings`, { body: mapping })
  assert.equal((await stream()).metadata.resourceVersion, metadata.resourceVersion)
})

test('an import takes the time that it takes, whatever timeout comes along', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  for (const query of ['', '?timeout=1h0m0s', '?timeout=3m0s']) {
    const { promise: done, resolve: finish } = Promise.withResolvers<ImportResult>()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const handler = await serve({
      importer() {
        begin()
        return done
      },
    })
    const images = [{ from: { kind: 'DockerImage', name: 'x/y:1' }, to: { name: 'v1' } }]
    const body = { metadata: { name: 's' }, spec: { import: false, images } }
    let answered = false
    const answer = request(handler, 'POST', `${P}/imagestreamimports${query}`, { body }).finally(
      () => (answered = true),
    )
    await Promise.race([begun, answer])
    t.mock.timers.tick(59 * 60_000)
    await new Promise((resolve) => setImmediate(resolve))
    assert.ok(!answered, query)
    finish({ images: [{ status: { metadata: {}, status: 'Failure', reason: 'NotFound', message: 'gone' } }] })
    assert.equal((await answer).status, 201, query)
  }
})
