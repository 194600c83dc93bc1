import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRoute } from './route.ts'

const is = { group: 'image.openshift.io', version: 'v1', namespace: '', plural: '', name: '', subresource: '' }
const table: [string, ReturnType<typeof parseRoute>][] = [
  ['/apis/image.openshift.io/v1/imagestreams', { ...is, plural: 'imagestreams' }],
  ['/apis/image.openshift.io/v1/namespaces/p/imagestreams', { ...is, namespace: 'p', plural: 'imagestreams' }],
  [
    '/apis/image.openshift.io/v1/namespaces/p/imagestreamtags/s:v1',
    { ...is, namespace: 'p', plural: 'imagestreamtags', name: 's:v1' },
  ],
  [
    '/apis/image.openshift.io/v1/namespaces/p/imagestreamtags/s%3Av%2F1',
    { ...is, namespace: 'p', plural: 'imagestreamtags', name: 's:v/1' },
  ],
  [
    '/apis/image.openshift.io/v1/namespaces/p/imagestreams/s/status',
    { ...is, namespace: 'p', plural: 'imagestreams', name: 's', subresource: 'status' },
  ],
  ['/api/v1/namespaces', { group: '', version: 'v1', namespace: '', plural: 'namespaces', name: '', subresource: '' }],
  [
    '/api/v1/namespaces/p',
    { group: '', version: 'v1', namespace: '', plural: 'namespaces', name: 'p', subresource: '' },
  ],
  [
    '/api/v1/namespaces/p/finalize',
    { group: '', version: 'v1', namespace: '', plural: 'namespaces', name: 'p', subresource: 'finalize' },
  ],
  [
    '/api/v1/namespaces/p/pods',
    { group: '', version: 'v1', namespace: 'p', plural: 'pods', name: '', subresource: '' },
  ],
  ['/api/v1/pods/', { group: '', version: 'v1', namespace: '', plural: 'pods', name: '', subresource: '' }],
  ['/api/v1', undefined],
  ['/apis/image.openshift.io/v1', undefined],
  ['/apis', undefined],
  ['/version', undefined],
  ['/api/v1/namespaces/p/pods/x/log/more', undefined],
  ['/api/v1/namespaces/p/pods//log', undefined],
]

for (const [path, route] of table) test(`the route of ${path}`, () => assert.deepEqual(parseRoute(path), route))

test('a broken percent-encoding is a bad request', () => {
  assert.throws(() => parseRoute('/api/v1/pods/%zz'), /broken percent-encoding/)
})
