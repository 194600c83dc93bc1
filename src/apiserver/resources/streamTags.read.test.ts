// Reading tags one by one and in lists: what is shown, what is not there, and how that is said.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ImageApi, imageApi, ROOT } from '../../../test/support/imageApi.ts'
import { digest, istag, REPOSITORY, tag } from '../../../test/support/imageObjects.ts'
import type { ImageStream, ImageStreamImage, ImageStreamTag, ImageTag } from '../../core/image/types.ts'
import type { ObjectList } from '../../core/machinery/object.ts'

const PULL = `${REPOSITORY}@${digest('a')}`
const raw = { dockerImageManifest: '{"schemaVersion":9}', dockerImageConfig: '{}' }

/** Stream `s`: v1 on image a, a reference, and a tag that waits for its import. */
async function withTags(options: Parameters<typeof imageApi>[0] = {}): Promise<ImageApi> {
  const api = await imageApi(options)
  const tags = [tag('ref', 'x/y', { reference: true }), tag('waits', 'x/z')]
  await api.make('s', { tags }, { labels: { team: 'a' }, annotations: { stream: 'yes' } })
  await api.push('s:v1', 'a', raw)
  return api
}

const missing: [what: string, name: string, status: number, name: string | undefined][] = [
  ['no colon', 's', 400, undefined],
  ['two colons', 's:a:b', 400, undefined],
  ['a digest', 's@sha256:ab', 400, undefined],
  ['no tag', 's:', 400, undefined],
  ['no stream', ':v1', 400, undefined],
  ['a missing stream', 'no:v1', 404, 'no'],
  ['a missing tag', 's:no', 404, 's:no'],
  ['a plain reference', 's:ref', 404, 's:ref'],
  ['a tag that waits for its import', 's:waits', 404, 's:waits'],
]
for (const [what, name, code, named] of missing) {
  test(`GET of an imagestreamtag with ${what} answers ${code}`, async () => {
    const { call } = await withTags()
    const { status, body } = await call('GET', `imagestreamtags/${name}`)
    assert.equal(status, code)
    if (named === undefined) {
      assert.equal(body.message, 'ImageStreamTags must be retrieved with <name>:<tag>')
      return
    }
    assert.deepEqual(body.details, { name: named, group: 'image.openshift.io', kind: 'imagestreamtags' })
    assert.equal(body.message, `imagestreamtags.image.openshift.io "${named}" not found`)
  })
}

test('a tag whose Image is gone names the Image', async () => {
  const { call } = await withTags()
  await call('DELETE', `${ROOT}/images/${digest('a')}`)
  const { status, body } = await call('GET', 'imagestreamtags/s:v1')
  assert.deepEqual([status, body.message], [404, `imagestreamtags.image.openshift.io "${digest('a')}" not found`])
  assert.equal((await call<ImageTag>('GET', 'imagetags/s:v1')).body.image, null)
})

test('lists leave references and waiting tags out; the list of imagetags has all of them', async () => {
  const { call } = await withTags()
  const names = async (plural: string) => {
    const { body } = await call<ObjectList<ImageStreamTag>>('GET', plural)
    return body.items.map(({ metadata }) => metadata.name)
  }
  assert.deepEqual(await names('imagestreamtags'), ['s:v1'])
  assert.deepEqual(await names('imagetags'), ['s:ref', 's:v1', 's:waits'])
})

test('a tag has identity, labels and version of its stream, its own annotations, and the time of its event', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2024, 0, 1) })
  const { call, push, stream } = await withTags()
  const bare = (await call<ImageStreamTag>('GET', 'imagestreamtags/s:v1')).body
  assert.equal(bare.metadata.annotations, undefined)
  t.mock.timers.tick(60_000)
  await call(
    'PATCH',
    'imagetags/s:v1',
    { spec: { name: 'v1', annotations: { note: 'n' } } },
    { 'content-type': 'application/merge-patch+json' },
  )
  t.mock.timers.tick(60_000)
  await push('s:v1', 'b')
  const { uid, resourceVersion } = (await stream('s')).metadata
  const { body } = await call<ImageStreamTag>('GET', 'imagestreamtags/s:v1')
  assert.deepEqual(body.metadata, {
    name: 's:v1',
    namespace: 'p',
    uid,
    resourceVersion,
    creationTimestamp: '2024-01-01T00:02:00Z',
    labels: { team: 'a' },
    annotations: { note: 'n' },
  })
  assert.deepEqual(body.image.metadata.annotations, { note: 'n' })
})

const policies: [what: string, type: string, host: string | undefined, shown: string][] = [
  ['policy Local and an own registry: from there', 'Local', 'reg:5000', `reg:5000/p/s@${digest('a')}`],
  ['policy Local and no own registry: from where it came', 'Local', undefined, PULL],
  ['policy Source: from where it came', 'Source', 'reg:5000', PULL],
]
for (const [what, type, host, shown] of policies) {
  test(`where a tag is pulled from, with ${what}`, async () => {
    const { call, put } = await withTags(host ? { config: { internalRegistryHostname: host } } : {})
    const referencePolicy = { type }
    await put('s:copy', { from: istag('v1'), referencePolicy })
    const one = (await call<ImageStreamTag>('GET', 'imagestreamtags/s:copy')).body
    const it = (await call<ImageTag>('GET', 'imagetags/s:copy')).body
    const list = (await call<ObjectList<ImageStreamTag>>('GET', 'imagestreamtags')).body.items
    for (const { image } of [one, it, list.find(({ metadata }) => metadata.name === 's:copy')!])
      assert.equal(image?.dockerImageReference, shown)
    const byDigest = (await call<ImageStreamImage>('GET', `imagestreamimages/s@${digest('a')}`)).body
    assert.equal(byDigest.image.dockerImageReference, PULL)
  })
}

test('only the Image itself shows raw manifest and configuration', async () => {
  const { call } = await withTags()
  for (const path of ['imagestreamtags/s:v1', 'imagetags/s:v1', `imagestreamimages/s@${digest('a')}`]) {
    const { body } = await call<ImageStreamTag>('GET', path)
    assert.ok(body.image.metadata.uid, path)
    assert.ok(!('dockerImageManifest' in body.image) && !('dockerImageConfig' in body.image), path)
  }
  const { body } = await call<typeof raw>('GET', `${ROOT}/images/${digest('a')}`)
  assert.deepEqual([body.dockerImageManifest, body.dockerImageConfig], Object.values(raw))
})

test('lists come by stream and tag, whole or in pages, with the version of the streams', async () => {
  const { call, make, push } = await imageApi()
  for (const name of ['b', 'a']) {
    await make(name)
    for (const version of ['2', '10', '1']) await push(`${name}:${version}`, version)
  }
  const { metadata } = (await call<ObjectList<ImageStream>>('GET', 'imagestreams')).body
  for (const plural of ['imagestreamtags', 'imagetags']) {
    for (const limit of [500, 2]) {
      const names: string[] = []
      let next: string | undefined = ''
      for (; next !== undefined;) {
        const query: string = `?limit=${limit}&continue=${next}`
        const { items, metadata: page } = (await call<ObjectList<ImageStreamTag>>('GET', `${plural}${query}`)).body
        assert.equal(page.resourceVersion, metadata.resourceVersion)
        names.push(...items.map((i) => i.metadata.name!))
        next = page.continue
      }
      assert.deepEqual(names, ['a:1', 'a:10', 'a:2', 'b:1', 'b:10', 'b:2'])
    }
    const { body } = await call<ObjectList<ImageStreamTag>>('GET', `${plural}?fieldSelector=metadata.name%3Db:10`)
    assert.deepEqual(
      body.items.map((i) => i.metadata.name),
      ['b:10'],
    )
  }
})
