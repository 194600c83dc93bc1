// What the image API says of itself, and the verbs that it does not have.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageApi, P, ROOT } from '../../../test/support/imageApi.ts'

const ALL = 'create delete deletecollection get list patch update watch'
const TAG = 'create delete get list patch update'
const resources: [name: string, kind: string, singular: string, short: string, verbs: string][] = [
  ['images', 'Image', 'image', '', ALL],
  ['imagesignatures', 'ImageSignature', 'imagesignature', '', 'create delete'],
  ['imagestreamimages', 'ImageStreamImage', 'imagestreamimage', 'isimage', 'get'],
  ['imagestreamimports', 'ImageStreamImport', 'imagestreamimport', '', 'create'],
  ['imagestreammappings', 'ImageStreamMapping', 'imagestreammapping', '', 'create'],
  ['imagestreams', 'ImageStream', 'imagestream', 'is', ALL],
  ['imagestreams/layers', 'ImageStreamLayers', '', '', 'get'],
  ['imagestreams/secrets', 'SecretList', '', '', 'get'],
  ['imagestreams/status', 'ImageStream', '', '', 'get patch update'],
  ['imagestreamtags', 'ImageStreamTag', 'imagestreamtag', 'istag', TAG],
  ['imagetags', 'ImageTag', 'imagetag', 'itag', TAG],
]
const CLUSTER = ['images', 'imagesignatures']
const STORED = ['images', 'imagestreams']

test('discovery lists eleven resources with their verbs, kinds and short names; streams alone are in category all', async () => {
  const { call } = await imageApi()
  const { body } = await call<{ resources: ({ storageVersionHash?: string } & object)[] }>('GET', ROOT)
  assert.deepEqual(
    body.resources.map(({ storageVersionHash, ...entry }) => [entry, storageVersionHash !== undefined]),
    resources.map(([name, kind, singularName, short, verbs]) => [
      Object.assign(
        { name, kind, singularName, namespaced: !CLUSTER.includes(name), verbs: verbs.split(' ') },
        short && { shortNames: [short] },
        name === 'imagestreams' && { categories: ['all'] },
      ),
      STORED.includes(name),
    ]),
  )
})

const NO_WATCH = /^watch is not supported on resources of kind "(imagestream|image)tags\.image\.openshift\.io"$/
const refused: [what: string, method: string, path: string, status: number, message: RegExp][] = [
  ['image stream tags cannot be watched', 'GET', `${P}/imagestreamtags?watch=true`, 405, NO_WATCH],
  ['image tags cannot be watched', 'GET', `${P}/imagetags?watch=true`, 405, NO_WATCH],
  ['image stream tags cannot be deleted all at once', 'DELETE', `${P}/imagestreamtags`, 405, /./],
  ['image tags cannot be deleted all at once', 'DELETE', `${P}/imagetags`, 405, /./],
  ['imports cannot be listed', 'GET', `${P}/imagestreamimports`, 405, /./],
  ['mappings cannot be listed', 'GET', `${P}/imagestreammappings`, 405, /./],
  ['signatures cannot be listed', 'GET', `${ROOT}/imagesignatures`, 405, /./],
  ['images of streams have no list', 'GET', `${P}/imagestreamimages`, 404, /could not find the requested resource/],
]
for (const [what, method, path, status, message] of refused) {
  test(what, async () => {
    const { call } = await imageApi()
    const said = await call(method, path)
    assert.deepEqual([said.status, said.body.reason], [status, status === 405 ? 'MethodNotAllowed' : 'NotFound'])
    assert.match(said.body.message ?? '', message)
  })
}

test('namespaced resources are listed over all namespaces', async () => {
  const { call, make } = await imageApi()
  await make('s')
  await call('POST', `${ROOT}/namespaces/q/imagestreams`, { metadata: { name: 's' } })
  const { body } = await call<{ items: { metadata: { namespace: string } }[] }>('GET', `${ROOT}/imagestreams`)
  assert.deepEqual(
    body.items.map(({ metadata }) => metadata.namespace),
    ['p', 'q'],
  )
})
