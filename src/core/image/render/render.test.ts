import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digest, event, image, istag, REPOSITORY, stream, tag } from '../../../../test/support/imageObjects.ts'
import { defaultImport, defaultStream } from '../defaults.ts'
import { addFailure } from '../history.ts'
import { historyImages, platformsOf, renderLayers } from '../layers.ts'
import { repositories, withRepositories } from '../repository.ts'
import { pickImage } from '../streamImages.ts'
import { freeze } from '../../machinery/json/clone.ts'
import { renderImageTag, tagNames } from './imageTag.ts'
import { renderStreamImage } from './streamImage.ts'
import { renderStreamTag } from './streamTag.ts'

const s = freeze({
  ...stream([tag('v1', 'x/y', { annotations: { note: 'n' } }), tag('spec', istag('o:x'))], {
    v1: [event('a', { generation: 4 })],
    ref: [event('')],
  }),
  metadata: {
    name: 's',
    namespace: 'p',
    uid: 'u',
    resourceVersion: '7',
    generation: 5,
    creationTimestamp: '2020-01-01T00:00:00Z',
    labels: { team: 'a' },
    annotations: { stream: 'yes' },
  },
})
const full = image('a', {
  metadata: { name: digest('a'), uid: 'i', annotations: { own: '1', note: 'old' } },
  dockerImageManifest: '{}',
  dockerImageConfig: '{}',
  dockerImageReference: 'elsewhere/x',
})

test('an image stream tag is named after both, and is as new as its event', () => {
  const t = renderStreamTag(s, 'v1', full)
  assert.deepEqual(t.metadata, {
    name: 's:v1',
    namespace: 'p',
    uid: 'u',
    resourceVersion: '7',
    creationTimestamp: event('a').created,
    labels: { team: 'a' },
    annotations: { note: 'n' },
  })
  assert.equal(t.generation, 4)
  assert.equal(t.tag?.name, 'v1')
})

test('its image has the reference and annotations of the tag, and nothing raw', () => {
  const { image: shown } = renderStreamTag(s, 'v1', full)
  assert.equal(shown.dockerImageReference, `${REPOSITORY}@${digest('a')}`)
  assert.deepEqual(shown.metadata.annotations, { own: '1', note: 'n' })
  assert.equal('dockerImageManifest' in shown || 'dockerImageConfig' in shown, false)
  assert.equal(full.dockerImageManifest, '{}')
})

test('an image that was not loaded has a name and empty metadata', () => {
  const { image: shown } = renderStreamTag(s, 'v1')
  assert.equal(shown.metadata.name, digest('a'))
  assert.equal(shown.dockerImageMetadata?.kind, 'DockerImage')
})

test('a tag without image, such as a plain reference, is as old as its stream', () => {
  for (const name of ['ref', 'spec', 'none']) {
    const t = renderStreamTag(s, name)
    assert.deepEqual(t.image.metadata, {})
    assert.equal(t.image.dockerImageReference, undefined)
    assert.equal(t.generation, 0)
    assert.equal(t.metadata.creationTimestamp, '2020-01-01T00:00:00Z')
  }
  assert.equal(renderStreamTag(s, 'none').tag, null)
})

test('conditions of a tag are shown', () => {
  const failed = stream([tag('v1', 'x/y')])
  const condition = { lastTransitionTime: '2024-01-01T00:00:00Z', reason: 'NotFound', message: 'm', generation: 1 }
  addFailure(failed, 'v1', condition)
  assert.partialDeepStrictEqual(renderStreamTag(failed, 'v1').conditions, [condition])
})

test('an image tag has the metadata of the stream without owners of fields, and exists in spec or status', () => {
  const owned = { ...s, metadata: { ...s.metadata, managedFields: [{ manager: 'kubectl' }] } }
  assert.deepEqual(renderImageTag(owned, 'v1'), renderImageTag(s, 'v1'))
  assert.deepEqual(renderImageTag(s, 'v1').metadata, { ...s.metadata, name: 's:v1' })
  assert.equal(renderImageTag(s, 'spec').status, null)
  assert.equal(renderImageTag(s, 'ref').spec, null)
  assert.deepEqual(renderImageTag(s, 'none'), {
    metadata: { ...s.metadata, name: 's:none' },
    spec: null,
    status: null,
    image: null,
  })
  assert.deepEqual(tagNames(s), ['ref', 'spec', 'v1'])
  assert.equal(renderImageTag(s, 'v1', full).image?.dockerImageReference, `${REPOSITORY}@${digest('a')}`)
})

test('an image of a stream keeps its own reference, and the name that was asked for', () => {
  const shown = renderStreamImage(s, 's@aa', { ...full, metadata: { ...full.metadata, creationTimestamp: 'T' } })
  assert.deepEqual(shown.metadata, {
    name: 's@aa',
    namespace: 'p',
    creationTimestamp: 'T',
    annotations: { stream: 'yes' },
  })
  assert.equal(shown.image.dockerImageReference, 'elsewhere/x')
  assert.equal(shown.image.dockerImageManifest, undefined)
})

test('of several images that answer, the exact one is taken, else the first by name', () => {
  assert.equal(pickImage([digest('ac'), digest('ab')], 'sha256:a'), digest('ab'))
  assert.equal(pickImage(['x', 'xy'], 'xy'), 'xy')
  assert.equal(pickImage(['xy', 'x'], 'x'), 'x')
  assert.equal(pickImage([], 'x'), undefined)
})

test('layers: blobs of images, platforms of lists, and what is missing', () => {
  const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json'
  const one = image('1', {
    dockerImageManifestMediaType: DOCKER,
    dockerImageMetadata: { ...renderStreamTag(s, 'v1').image.dockerImageMetadata!, Id: digest('c') },
    dockerImageLayers: [{ name: digest('d'), size: 5, mediaType: 'layer' }],
  })
  const list = image('2', {
    dockerImageManifestMediaType: 'list',
    dockerImageManifests: [{ digest: digest('1'), mediaType: DOCKER, manifestSize: 1, architecture: 'a', os: 'l' }],
  })
  const answer = renderLayers(
    s,
    new Map([
      [digest('1'), one],
      [digest('2'), list],
      [digest('3'), undefined],
    ]),
  )
  assert.deepEqual(answer.images, {
    [digest('1')]: { imageMissing: false, layers: [digest('d')], config: digest('c') },
    [digest('2')]: { imageMissing: false, layers: null, config: null, manifests: [digest('1')] },
    [digest('3')]: { imageMissing: true, layers: null, config: null },
  })
  assert.deepEqual(answer.blobs, {
    [digest('d')]: { size: 5, mediaType: 'layer' },
    [digest('c')]: { size: null, mediaType: 'application/vnd.docker.container.image.v1+json' },
    [digest('1')]: { size: null, mediaType: DOCKER },
    [digest('2')]: { size: null, mediaType: 'list' },
  })
  assert.deepEqual(platformsOf(list), [digest('1')])
  assert.deepEqual([...historyImages(s)], [digest('a')])
})

test('repositories come from the configuration, and an unchanged stream is the same object', () => {
  const hosts = { internal: 'reg:5000', external: ['out.io', 'other.io'] }
  assert.deepEqual(repositories(s, hosts), {
    dockerImageRepository: 'reg:5000/p/s',
    publicDockerImageRepository: 'out.io/p/s',
  })
  assert.equal(withRepositories(s, {}), s)
  const shown = withRepositories(s, hosts)
  assert.equal(shown.status.dockerImageRepository, 'reg:5000/p/s')
  assert.equal(s.status.dockerImageRepository, '')
  assert.equal(withRepositories(shown, {}).status.publicDockerImageRepository, undefined)
  const named = { ...s, spec: { ...s.spec, dockerImageRepository: 'quay.io/x/y:1' } }
  assert.equal(repositories(named, {}).dockerImageRepository, 'quay.io/x/y')
})

test('tags become unique, the last of a name wins, and sorted', () => {
  const twice = stream([
    tag('b', 'x/1'),
    tag('a', 'x/2'),
    tag('b', 'x/3', { importPolicy: {}, referencePolicy: { type: '' } }),
  ])
  defaultStream(twice, 'PreserveOriginal')
  assert.deepEqual(twice.spec.tags, [
    tag('a', 'x/2'),
    tag('b', 'x/3', { importPolicy: { importMode: 'PreserveOriginal' } }),
  ])
})

test('an import without target goes to the tag that it names', () => {
  const policies = { importPolicy: {}, referencePolicy: { type: '' } }
  const targets = ['x/y:1', 'x/y', `x/y@${digest('a')}`, `x/y:1@${digest('a')}`, '*'].map((name) => {
    const isi = {
      metadata: {},
      spec: { import: true, images: [{ from: { kind: 'DockerImage', name }, ...policies }] },
      status: {},
    }
    defaultImport(isi, 'Legacy')
    return (isi.spec.images[0] as { to?: { name?: string } }).to?.name
  })
  assert.deepEqual(targets, ['1', undefined, undefined, '1', undefined])
})
