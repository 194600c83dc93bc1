import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digest, image } from '../../../test/support/imageObjects.ts'
import { clone } from '../machinery/json/clone.ts'
import { digestOf } from '../oci/digest.ts'
import { defaultImage } from './defaults.ts'
import { UnknownMetadataVersion } from './dockerMetadata.ts'
import { completeImage, restoreImage } from './imageContent.ts'
import type { Image } from './types.ts'

const NOW = new Date('2024-06-01T00:00:00Z')
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const config = JSON.stringify({ architecture: 'arm64', os: 'linux', config: { Cmd: ['/run'] } })
const layer = (c: string) => ({ mediaType: 'layer', digest: digest(c), size: 10 })
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: MANIFEST,
  config: { mediaType: 'c', digest: digestOf(Buffer.from(config)), size: config.length },
  layers: [layer('1'), layer('2')],
})
const NAME = digestOf(Buffer.from(manifest))

function raw(more: Partial<Image> = {}): Image {
  const object: Image = {
    metadata: { name: NAME },
    dockerImageReference: `x/y@${NAME}`,
    dockerImageManifest: manifest,
    dockerImageConfig: config,
    dockerImageManifestMediaType: MANIFEST,
    ...more,
  }
  defaultImage(object)
  return object
}

const completed = (object: Image): Image => {
  completeImage(object, NOW)
  return object
}
const layers = (object: Image) => object.dockerImageLayers?.map((l) => l.name.slice(7, 8)).join('')
const ORDER = 'image.openshift.io/dockerLayersOrder'
const stored = (...names: string[]) => names.map((c) => ({ name: digest(c), size: 10, mediaType: 'layer' }))

test('metadata and layers are derived from manifest and configuration', () => {
  const object = completed(raw())
  assert.equal(object.dockerImageMetadata?.Architecture, 'arm64')
  assert.equal(object.dockerImageMetadata?.Id, digestOf(Buffer.from(config)))
  assert.equal(object.dockerImageMetadata?.Size, config.length + 20)
  assert.equal(layers(object), '12')
  assert.equal(object.metadata.annotations?.[ORDER], 'ascending')
  assert.equal(object.dockerImageManifest, manifest)
})

test('a manifest that cannot be read, or a configuration that is not its, is kept and derives nothing', () => {
  for (const more of [{ dockerImageManifest: '{' }, { dockerImageConfig: '{}' }]) {
    const object = completed(raw(more))
    assert.equal(object.dockerImageMetadata?.Architecture, undefined)
    assert.equal(object.dockerImageManifest, more.dockerImageManifest ?? manifest)
  }
})

test('layers are put in ascending order, as the annotation says, or reversed without one', () => {
  const complete = { dockerImageLayers: stored('2', '1'), dockerImageMetadata: raw().dockerImageMetadata! }
  complete.dockerImageMetadata.Size = 1
  const order = (annotation?: string) =>
    layers(
      completed(
        raw({
          ...clone(complete),
          metadata: { name: NAME, ...(annotation && { annotations: { [ORDER]: annotation } }) },
        }),
      ),
    )
  assert.equal(order('descending'), '12')
  assert.equal(order('ascending'), '21')
  assert.equal(order(), '12')
})

test('what the registry keeps is dropped after it was used', () => {
  const annotations = { 'image.openshift.io/manifestBlobStored': 'true' }
  const object = completed(raw({ metadata: { name: NAME, annotations } }))
  assert.equal(object.dockerImageManifest, undefined)
  assert.equal(object.dockerImageConfig, undefined)
  assert.equal(layers(object), '12')
})

test('the platforms of an index are filled in', () => {
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        mediaType: MANIFEST,
        digest: digest('b'),
        size: 3,
        platform: { architecture: 'arm64', os: 'linux', variant: 'v8' },
      },
    ],
  }
  const object = completed(
    raw({ dockerImageManifest: JSON.stringify(index), dockerImageManifestMediaType: index.mediaType }),
  )
  assert.deepEqual(object.dockerImageManifests, [
    { digest: digest('b'), mediaType: MANIFEST, manifestSize: 3, architecture: 'arm64', os: 'linux', variant: 'v8' },
  ])
  assert.equal(object.dockerImageLayers, undefined)
})

test('signatures lose the mark of controllers, and nothing else', () => {
  const signature = (annotations: Record<string, string>) => ({
    metadata: { name: 'a@b', annotations },
    type: 't',
    content: 'c2ln',
  })
  const mark = { 'image.openshift.io/managed-signature': 'true' }
  const object = completed(raw({ signatures: [signature({ ...mark }), signature({ ...mark, x: 'y' })] }))
  assert.deepEqual(
    object.signatures?.map((s) => s.metadata.annotations),
    [undefined, { x: 'y' }],
  )
})

const restored = (change: (next: Image) => void): Image => {
  const old = completed(raw())
  const next = clone(old)
  change(next)
  restoreImage(next, old, NOW)
  return next
}

test('an update cannot change what the server derived', () => {
  const next = restored((i) => {
    i.dockerImageMetadata!.Id = 'changed'
    i.dockerImageLayers = []
    i.dockerImageSignatures = ['c2ln']
    i.dockerImageReference = 'x/other'
  })
  assert.equal(next.dockerImageMetadata?.Id, digestOf(Buffer.from(config)))
  assert.equal(layers(next), '12')
  assert.equal(next.dockerImageSignatures, undefined)
  assert.equal(next.dockerImageReference, 'x/other')
})

test('an update keeps a manifest or configuration only if it belongs to the image; it may drop them', () => {
  const foreign = restored((i) => {
    i.dockerImageManifest = manifest.replace('"schemaVersion":2', '"schemaVersion": 2')
    i.dockerImageConfig = '{}'
  })
  assert.equal(foreign.dockerImageManifest, manifest)
  assert.equal(foreign.dockerImageConfig, config)
  const dropped = restored((i) => {
    delete i.dockerImageManifest
    delete i.dockerImageConfig
  })
  assert.equal(dropped.dockerImageManifest, undefined)
  assert.equal(dropped.dockerImageConfig, undefined)
})

test('metadata is complete for an image of which nothing is known', () => {
  const object = image('a')
  defaultImage(object)
  assert.deepEqual(object.dockerImageMetadata, {
    kind: 'DockerImage',
    apiVersion: 'image.openshift.io/1.0',
    Id: '',
    Created: null,
    ContainerConfig: {},
  })
  assert.equal(object.dockerImageMetadataVersion, '1.0')
})

test('unknown keys of the metadata are dropped, and old spellings understood', () => {
  const of = (metadata: object, version?: string) => {
    const object = image('a', {
      dockerImageMetadata: metadata as never,
      ...(version && { dockerImageMetadataVersion: version }),
    })
    defaultImage(object)
    return object.dockerImageMetadata as unknown as Record<string, unknown>
  }
  const { Bogus, Config, Id } = of({ Id: 'x', Bogus: 1, Config: { Env: ['A=b'], Nope: 2 } })
  assert.deepEqual({ Bogus, Config, Id }, { Bogus: undefined, Config: { Env: ['A=b'] }, Id: 'x' })
  const old = of({ id: 'x', docker_version: '0.11', container_config: { Cmd: ['sh'] } }, 'pre012')
  assert.deepEqual([old['Id'], old['DockerVersion'], old['ContainerConfig']], ['x', '0.11', { Cmd: ['sh'] }])
  assert.throws(() => of({}, '9'), UnknownMetadataVersion)
})
