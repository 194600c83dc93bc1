// Streams with very long histories: what they cost who does not ask for the history, and what becomes of them.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { ImageStream, TagEvent } from '../../src/core/image/types.ts'
import { digest, event } from '../support/imageObjects.ts'
import { startInProcess, type InProcess } from '../support/inProcess.ts'
import { request } from '../support/request.ts'

const STREAMS = '/apis/image.openshift.io/v1/namespaces/default/imagestreams'
const TAGS = '/apis/image.openshift.io/v1/namespaces/default/imagestreamtags'
const resource = (plural: string) => ({ group: 'image.openshift.io', version: 'v1', plural })
const target = { resource: resource('imagestreams'), namespace: 'default' }

const history = (length: number): TagEvent[] =>
  Array.from({ length }, (_, i) => event(i % 2 ? 'a' : 'b', { generation: length - i }))

let server: InProcess
before(async () => {
  server = await startInProcess()
  for (const name of [digest('a'), digest('b')])
    await server.client.create({ resource: resource('images') }, {
      metadata: { name },
      dockerImageReference: `a/b@${name}`,
    } as never)
  await createStream('short', 5)
  await createStream('long', 5_000)
})

async function createStream(name: string, events: number): Promise<ImageStream> {
  const created = await server.client.create<ImageStream>(target, { metadata: { name }, spec: {} } as never)
  const status = { ...created.status, tags: [{ tag: 'v1', items: history(events) }] }
  const next: ImageStream = { ...created, status }
  return server.client.update({ ...target, name, subresource: 'status' }, next)
}

const as = (kind: string) => `application/json;as=${kind};v=v1;g=meta.k8s.io`
const reads: [string, (name: string) => string, string | undefined][] = [
  ['a table row', (name) => `${STREAMS}/${name}`, as('Table')],
  ['metadata', (name) => `${STREAMS}/${name}`, as('PartialObjectMetadata')],
  ['a tag', (name) => `${TAGS}/${name}:v1`, undefined],
]

for (const [what, path, accept] of reads) {
  test(`${what} of a stream with 5,000 events takes at most twice as long as one with 5`, async () => {
    const get = (name: string) => request(server.handler, 'GET', path(name), accept ? { accept } : {})
    assert.equal((await get('long')).status, 200)
    // One quiet moment is enough: what costs more in principle costs more in each.
    let ratio = Infinity
    for (let round = 0; round < 20 && ratio > 2; round++) {
      const [short, long] = [await time(() => get('short')), await time(() => get('long'))]
      ratio = Math.min(ratio, long / short)
    }
    assert.ok(ratio <= 2, `${ratio.toFixed(1)} times`)
  })
}

/** Milliseconds of the middle one of some calls. */
async function time(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < 50; i++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)[25]!
}

test('a history that does not fit loses its oldest events, the writer is told, and imports go on', async () => {
  const stream = await createStream('full', 1)
  const body = { ...stream, status: { ...stream.status, tags: [{ tag: 'v1', items: history(8_000) }] } }
  const put = await request(server.handler, 'PUT', `${STREAMS}/full/status`, { body })
  assert.equal(put.status, 200)
  assert.match(
    String(put.headers['warning']),
    /the history of image stream full is full: its \d+ oldest events were forgotten/,
  )
  const kept = (put.json as ImageStream).status.tags![0]!.items!
  assert.deepEqual(kept, history(8_000).slice(0, kept.length))
  assert.ok(kept.length > 5_000 && put.text.length < 1_500_000)

  server.images.set('r.io/a/b:1', digest('c'))
  await server.client.create({ resource: resource('imagestreamimports'), namespace: 'default' }, {
    metadata: { name: 'full' },
    spec: { import: true, images: [{ from: { kind: 'DockerImage', name: 'r.io/a/b:1' }, to: { name: 'v1' } }] },
  } as never)
  const after = await server.client.get<ImageStream>({ ...target, name: 'full' })
  const items = after.status.tags![0]!.items!
  assert.equal(items[0]?.image, digest('c'))
  assert.deepEqual(items.slice(1), kept.slice(0, items.length - 1))
  assert.ok(JSON.stringify(after).length < 1_500_000)
})

test('what is too large without its history is refused, and nothing changes', async () => {
  const stream = await createStream('large', 1)
  const tags = [{ name: 'v1', annotations: { text: 'x'.repeat(1_600_000) } }]
  const body = { ...stream, spec: { ...stream.spec, tags } }
  const put = await request(server.handler, 'PUT', `${STREAMS}/large`, { body })
  assert.equal(put.status, 413)
  assert.match(
    (put.json as { message: string }).message,
    /^Request entity too large: the object has \d+ bytes as JSON; the limit is 1500000$/,
  )
  assert.deepEqual(await server.client.get({ ...target, name: 'large' }), stream)
})
