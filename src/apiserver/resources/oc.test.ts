// The requests that oc sends, as a real one was seen to send them, one command after the other: what it needs of the answers.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type ImageApi, imageApi, ROOT } from '../../../test/support/imageApi.ts'
import { digest, image, REPOSITORY } from '../../../test/support/imageObjects.ts'
import { NO_METADATA } from '../../core/image/dockerMetadata.ts'
import { SUCCESS } from './image.fixture.ts'

/** Stands for the version of stream `s`, which oc has read before. */
const VERSION = '<version>'
const A = digest('a')

const policies = { importPolicy: { importMode: 'Legacy' }, referencePolicy: { type: 'Source' } }
const item = (name: string, to: string) => ({ from: { kind: 'DockerImage', name }, to: { name: to }, ...policies })
const isi = (spec: object) => ({
  kind: 'ImageStreamImport',
  apiVersion: 'image.openshift.io/v1',
  metadata: { name: 's', namespace: 'p', resourceVersion: VERSION },
  spec,
  status: {},
})
const istag = (name: string, tag: object) => ({
  kind: 'ImageStreamTag',
  apiVersion: 'image.openshift.io/v1',
  metadata: { name },
  tag,
  generation: 0,
  lookupPolicy: { local: false },
  image: { metadata: {}, dockerImageMetadata: null },
})
const tag = (name: string, kind: string, from: string, generation: number | null, more: object = {}) =>
  istag(name, {
    name: name.split(':')[1],
    annotations: null,
    from: { kind, name: from },
    generation,
    ...policies,
    ...more,
  })
const created = (name: string, kind: string, from: string) =>
  istag(name, {
    name: '',
    annotations: {},
    from: { kind, name: from },
    generation: null,
    importPolicy: {},
    referencePolicy: { type: '' },
  })
const stream = {
  kind: 'ImageStream',
  apiVersion: 'image.openshift.io/v1',
  metadata: { name: 's' },
  spec: { lookupPolicy: { local: false } },
  status: { dockerImageRepository: '' },
}
const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' }
const TABLE = {
  accept:
    'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
}
const BACKGROUND = { propagationPolicy: 'Background' }

/** One request: the status that oc goes on with, and what it reads of the answer. */
type Request = [
  method: string,
  path: string,
  body: object | undefined,
  status: number,
  reads?: object,
  headers?: Record<string, string>,
]

const found = {
  status: {
    images: [
      { status: { status: 'Success' }, image: { metadata: { name: A }, dockerImageMetadata: { kind: 'DockerImage' } } },
    ],
  },
}
const merged = { status: { ...found.status, import: { metadata: { name: 's' }, status: { tags: [{ tag: 'v1' }] } } } }
const all = {
  status: {
    repository: { status: { status: 'Success' }, images: [{ tag: '1' }] },
    import: { metadata: { name: 's' } },
  },
}
const shown = {
  metadata: { name: 's:v1' },
  image: { metadata: { name: A }, dockerImageMetadata: { kind: 'DockerImage' } },
}

const commands: [command: string, ...requests: Request[]][] = [
  ['oc create is s', ['POST', 'imagestreams', stream, 201, { metadata: { name: 's' } }]],
  [
    'oc import-image s:v1 --from=… --confirm',
    ['GET', 'imagestreams/s', undefined, 200],
    ['POST', 'imagestreamimports', isi({ import: true, images: [item(`${REPOSITORY}:1`, 'v1')] }), 201, merged],
  ],
  [
    'oc import-image s:v1 --dry-run',
    ['POST', 'imagestreamimports', isi({ import: false, images: [item(`${REPOSITORY}:1`, 'v1')] }), 201, found],
  ],
  [
    'oc import-image s --from=… --all --confirm',
    [
      'POST',
      'imagestreamimports',
      isi({ import: true, repository: { from: { kind: 'DockerImage', name: REPOSITORY }, ...policies } }),
      201,
      all,
    ],
  ],
  [
    'oc tag s:v1 s:copy',
    ['GET', 'imagestreams/s', undefined, 200],
    [
      'PUT',
      'imagestreamtags/s:copy',
      tag('s:copy', 'ImageStreamImage', `s@${A}`, null),
      201,
      { image: { metadata: { name: A } } },
    ],
  ],
  [
    'oc tag --alias s:v1 s:alias',
    ['PUT', 'imagestreamtags/s:alias', tag('s:alias', 'ImageStreamTag', 's:v1', null), 201],
  ],
  [
    'oc tag --source=docker … s:v1',
    ['PUT', 'imagestreamtags/s:v1', tag('s:v1', 'DockerImage', `${REPOSITORY}:1`, 0), 200, { tag: { name: 'v1' } }],
  ],
  [
    'oc tag … other:ref --reference',
    ['PUT', 'imagestreamtags/other:ref', tag('other:ref', 'DockerImage', 'x/y:1', 0, { reference: true }), 201],
  ],
  [
    'oc tag -d s:copy',
    [
      'DELETE',
      'imagestreamtags/s:copy',
      { kind: 'DeleteOptions', apiVersion: 'image.openshift.io/v1' },
      200,
      { status: 'Success' },
    ],
  ],
  [
    'oc create istag s:it --from=s:v1',
    ['POST', 'imagestreamtags', created('s:it', 'ImageStreamTag', 's:v1'), 201, { metadata: { name: 's:it' } }],
  ],
  [
    'oc create istag s:ex --from-image=…',
    ['POST', 'imagestreamtags', created('s:ex', 'DockerImage', 'example.com/x:1'), 201],
  ],
  ['oc describe is/s', ['GET', 'imagestreams/s', undefined, 200, { kind: 'ImageStream', metadata: { name: 's' } }]],
  ['oc describe istag/s:v1', ['GET', 'imagestreamtags/s:v1', undefined, 200, shown]],
  [
    'oc describe isimage s@sha256:…',
    ['GET', `imagestreamimages/s@${A}`, undefined, 200, { metadata: { name: `s@${A}` }, image: shown.image }],
  ],
  [
    'oc set image-lookup s',
    [
      'PATCH',
      'imagestreams/s?fieldManager=kubectl-set',
      { spec: { lookupPolicy: { local: true } } },
      200,
      { spec: { lookupPolicy: { local: true } } },
      STRATEGIC,
    ],
    ['GET', 'imagestreams', undefined, 200, { kind: 'ImageStreamList' }],
  ],
  [
    'oc get is,istag,isimage -o wide',
    ['GET', 'imagestreams?limit=500', undefined, 200, { kind: 'Table' }, TABLE],
    ['GET', 'imagestreamtags?limit=500', undefined, 200, { kind: 'Table' }, TABLE],
    ['GET', `imagestreamimages/s@${A}`, undefined, 200, { kind: 'Table' }, TABLE],
  ],
  [
    'oc adm prune images',
    ['GET', `${ROOT}/imagestreams`, undefined, 200, { kind: 'ImageStreamList' }],
    ['GET', `${ROOT}/images`, undefined, 200, { kind: 'ImageList' }],
    [
      'PUT',
      'imagestreams/s/status',
      { ...stream, metadata: { name: 's', namespace: 'p', resourceVersion: VERSION } },
      200,
      { spec: { tags: [{ name: 'alias' }] }, status: { dockerImageRepository: '' } },
    ],
    ['DELETE', `${ROOT}/images/${A}`, { gracePeriodSeconds: 0 }, 200, { status: 'Success' }],
  ],
  [
    'oc delete istag s:alias',
    ['DELETE', 'imagestreamtags/s:alias', BACKGROUND, 200],
    ['GET', 'imagestreamtags/s:alias', undefined, 404, { reason: 'NotFound' }],
  ],
  [
    'oc delete is s',
    ['DELETE', 'imagestreams/s', BACKGROUND, 200, { status: 'Success' }],
    ['GET', 'imagestreams/s', undefined, 404, { reason: 'NotFound' }],
  ],
]

describe('the requests of', () => {
  let api: ImageApi
  before(async () => {
    api = await imageApi()
    api.registry.set(`${REPOSITORY}:1`, {
      status: SUCCESS,
      tag: '1',
      image: image('a', { dockerImageMetadata: NO_METADATA }),
    })
  })
  for (const [command, ...requests] of commands) {
    test(command, async () => {
      for (const [method, path, body, status, reads, headers] of requests) {
        const text = JSON.stringify(body)
        const version = text?.includes(VERSION) ? (await api.stream('s')).metadata.resourceVersion! : ''
        const said = await api.call(method, path, text && JSON.parse(text.replace(VERSION, version)), headers)
        assert.equal(said.status, status, `${method} ${path}: ${JSON.stringify(said.body)}`)
        if (reads) assert.partialDeepStrictEqual(said.body, reads)
      }
    })
  }
})
