import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../core/machinery/status.ts'
import { escapeSegment, pathOf, queryOf } from './path.ts'

const istags = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreamtags' }

test('paths name group, namespace, resource, object and subresource', () => {
  const pods = { group: '', version: 'v1', plural: 'pods' }
  const cases: [Parameters<typeof pathOf>[0], string][] = [
    [{ resource: pods }, '/api/v1/pods'],
    [{ resource: pods, namespace: 'demo' }, '/api/v1/namespaces/demo/pods'],
    [{ resource: pods, namespace: '' }, '/api/v1/pods'],
    [{ resource: pods, namespace: 'demo', name: 'a', subresource: 'log' }, '/api/v1/namespaces/demo/pods/a/log'],
    [
      { resource: istags, namespace: 'demo', name: 'ubi:8' },
      '/apis/image.openshift.io/v1/namespaces/demo/imagestreamtags/ubi:8',
    ],
  ]
  for (const [target, path] of cases) assert.equal(pathOf(target), path)
})

test('tag and digest names stay unescaped, everything else that could change the path is escaped', () => {
  assert.equal(escapeSegment('ubi@sha256:ab'), 'ubi@sha256:ab')
  assert.equal(escapeSegment('a b?c#d'), 'a%20b%3Fc%23d')
})

test('names that no path can hold are refused before anything is sent', () => {
  for (const name of ['', '.', '..', 'a/b', 'a%2fb']) {
    assert.throws(
      () => pathOf({ resource: istags, namespace: 'demo', name }),
      (e) => e instanceof ApiError && e.code === 400,
    )
  }
})

test('queries leave out what is not set', () => {
  assert.equal(
    queryOf({ limit: 500, watch: true, continue: undefined, force: false, labelSelector: '' }),
    '?limit=500&watch=true',
  )
  assert.equal(queryOf({}), '')
  assert.equal(queryOf({ labelSelector: 'a=b,c in (d)' }), '?labelSelector=a%3Db%2Cc+in+%28d%29')
})
