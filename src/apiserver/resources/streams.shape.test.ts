// The form in which streams and images come back, whatever form they were sent in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageApi, ROOT } from '../../../test/support/imageApi.ts'
import { digest } from '../../../test/support/imageObjects.ts'
import type { Image, ImageStream, ImageStreamTag } from '../../core/image/types.ts'
import type { ObjectList } from '../../core/machinery/object.ts'

test('an empty stream has a lookup policy, a repository that may be empty, and no lists', async () => {
  const { call } = await imageApi()
  const { status, body } = await call<ImageStream>('POST', 'imagestreams', { metadata: { name: 's' } })
  assert.equal(status, 201)
  assert.deepEqual([body.spec, body.status], [{ lookupPolicy: { local: false } }, { dockerImageRepository: '' }])
  const bare = await call<ImageStream>('POST', 'imagestreams', {
    metadata: { name: 't' },
    spec: { tags: [] },
    status: { tags: [] },
  })
  assert.deepEqual([bare.body.spec, bare.body.status], [body.spec, body.status])
})

test('spec tags come back by name, each once, with their defaults', async () => {
  const { make, stream } = await imageApi()
  const from = (name: string) => ({ kind: 'DockerImage', name })
  const tags = [
    { name: 'b', from: from('x/first') },
    { name: 'a' },
    {
      name: 'B',
      from: from('x/upper'),
      importPolicy: { importMode: 'PreserveOriginal' },
      referencePolicy: { type: 'Local' },
    },
    { name: 'b', from: from('x/last'), annotations: { note: 'n' } },
  ]
  const made = await make('s', { tags })
  const defaults = {
    annotations: null,
    generation: 1,
    importPolicy: { importMode: 'Legacy' },
    referencePolicy: { type: 'Source' },
  }
  assert.deepEqual(made.spec.tags, [
    {
      ...defaults,
      name: 'B',
      from: from('x/upper'),
      importPolicy: { importMode: 'PreserveOriginal' },
      referencePolicy: { type: 'Local' },
    },
    { ...defaults, name: 'a' },
    { ...defaults, name: 'b', from: from('x/last'), annotations: { note: 'n' } },
  ])
  assert.deepEqual(await stream('s'), made)
})

test('the import mode of the installation is the default of tags', async () => {
  const { make } = await imageApi({ config: { importMode: 'PreserveOriginal' } })
  const { spec } = await make('s', { tags: [{ name: 'a' }] })
  assert.deepEqual(spec.tags?.[0]?.importPolicy, { importMode: 'PreserveOriginal' })
})

const EMPTY = { kind: 'DockerImage', apiVersion: 'image.openshift.io/1.0', Id: '', Created: null, ContainerConfig: {} }

test('every image has metadata of one form, also where nothing is known of it and inside of lists', async () => {
  const { call, make, push } = await imageApi()
  await make('s')
  await push('s:v1', 'a')
  const image = async (path: string) => (await call<Image>('GET', path)).body
  const single = await image(`${ROOT}/images/${digest('a')}`)
  const tag = (await call<ImageStreamTag>('GET', 'imagestreamtags/s:v1')).body.image
  const inList = (await call<ObjectList<ImageStreamTag>>('GET', 'imagestreamtags')).body.items[0]!.image
  const ofStream = (await call<ImageStreamTag>('GET', `imagestreamimages/s@${digest('a')}`)).body.image
  const written = (await call<ImageStreamTag>('POST', 'imagestreamtags', { metadata: { name: 's:new' }, tag: {} })).body
    .image
  for (const shown of [single, tag, inList, ofStream, written]) {
    assert.deepEqual(shown.dockerImageMetadata, EMPTY)
    assert.equal(shown.dockerImageMetadataVersion, '1.0')
  }
})

test('unknown keys of image metadata are dropped before it is stored', async () => {
  const { call } = await imageApi()
  const metadata = { Id: 'x', Bogus: 1, os: 'linux', Config: { Env: ['A=b'], Nope: {} }, ContainerConfig: {} }
  const body = { metadata: { name: 'i' }, dockerImageReference: 'x/y', dockerImageMetadata: metadata }
  await call('POST', `${ROOT}/images`, body)
  const { dockerImageMetadata } = (await call<Image>('GET', `${ROOT}/images/i`)).body
  assert.deepEqual(dockerImageMetadata, { ...EMPTY, Id: 'x', Config: { Env: ['A=b'] } })
})
