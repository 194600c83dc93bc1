import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measuring } from '../../test/support/exposition.ts'
import { request } from '../../test/support/request.ts'
import { at, DEPLOYMENT, entry, PULL, streams, workload } from '../../test/support/triggers.ts'
import { WORKLOAD_KINDS } from '../core/image/workloads.ts'
import { silent } from '../core/machinery/log.ts'
import { applyJsonPatch } from '../core/machinery/patch/json.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { forbidden } from '../core/machinery/status.ts'
import type { Handler } from '../http/handler.ts'
import { localNames } from './localNames.ts'
import { triggers } from './triggers.ts'
import { webhook } from './webhook.ts'

const read = (namespace: string, name: string) => Promise.resolve(streams(namespace, name))
const answers = webhook({
  steps: new Map([
    ['/admission/triggers', [triggers(read, WORKLOAD_KINDS)]],
    ['/admission/names', [localNames(read, WORKLOAD_KINDS)]],
    ['/admission/broken', [{ mutate: () => Promise.reject(new Error('a defect')) }]],
  ]),
  permit: () => Promise.resolve(),
  log: silent,
})
const handler: Handler = (asked) => answers(asked) ?? Promise.resolve({ status: 404 })

const reviewOf = (object: unknown, more: object = {}) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'u1',
    kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    namespace: 'ns',
    operation: 'CREATE',
    userInfo: { username: 'jane', groups: ['g'] },
    object,
    oldObject: null,
    ...more,
  },
})
interface Answer {
  apiVersion: string
  kind: string
  response: { uid: string; allowed: boolean; patchType?: string; patch?: string; warnings?: string[] }
}
const ask = async (body: unknown, path = '/admission/triggers', method = 'POST') => {
  const { status, json } = await request(handler, method, path, { body, user: null })
  return { status, json: json as Answer & { message?: string } }
}
const patched = (object: KubeObject, { response }: Answer): KubeObject =>
  applyJsonPatch(object, JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString())) as KubeObject

test('a workload is answered with the patch that the controller would send, by whoever asks', async () => {
  const object = workload(DEPLOYMENT, [entry()])
  const { status, json } = await ask(reviewOf(object))
  assert.equal(status, 200)
  assert.deepEqual([json.kind, json.apiVersion], ['AdmissionReview', 'admission.k8s.io/v1'])
  assert.partialDeepStrictEqual(json.response, { uid: 'u1', allowed: true, patchType: 'JSONPatch' })
  const stored = patched(object, json)
  assert.ok(JSON.stringify(stored).includes(PULL))
  const again = await ask(reviewOf(stored, { operation: 'UPDATE', oldObject: stored }))
  assert.deepEqual(again.json.response, { uid: 'u1', allowed: true })
})

test('mistakes are warnings, and the write goes on', async () => {
  const { json } = await ask(reviewOf(workload(DEPLOYMENT, [entry(at('nobody'))])))
  assert.equal(json.response.allowed, true)
  assert.equal(json.response.patch, undefined)
  assert.match(json.response.warnings?.[0] ?? '', /no container "nobody"/)
})

test('local names have a path of their own', async () => {
  const pod = {
    metadata: { name: 'p', annotations: { 'alpha.image.policy.openshift.io/resolve-names': '*' } },
    spec: { containers: [{ name: 'c', image: 'ubi:8' }] },
  }
  const { json } = await ask(
    reviewOf(pod, { resource: { group: '', version: 'v1', resource: 'pods' } }),
    '/admission/names',
  )
  assert.ok(JSON.stringify(patched(pod, json)).includes(PULL))
})

test('a subresource, and a deletion that has no object, are let through', async () => {
  const object = workload(DEPLOYMENT, [entry()])
  const status = await ask(reviewOf(object, { subResource: 'status' }))
  assert.deepEqual(status.json.response, { uid: 'u1', allowed: true })
  const deletion = await ask(reviewOf(null, { operation: 'DELETE', oldObject: object }))
  assert.deepEqual(deletion.json.response, { uid: 'u1', allowed: true })
})

const refused: [string, unknown, RegExp][] = [
  ['no JSON', '{', /must be JSON/],
  ['another kind', { kind: 'Pod' }, /kind/],
  [
    'another version',
    { ...reviewOf({}), apiVersion: 'admission.k8s.io/v1beta1' },
    /apiVersion "admission\.k8s\.io\/v1beta1"/,
  ],
  ['no request', { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' }, /request\.uid/],
  ['an object that is none', reviewOf([]), /request\.object/],
  ['no resource', reviewOf({ metadata: {} }, { resource: 1 }), /request\.resource/],
]
for (const [what, body, message] of refused) {
  test(`${what} is a bad request`, async () => {
    const { status, json } = await ask(body)
    assert.equal(status, 400)
    assert.match(json.message ?? '', message)
  })
}

test('only posts are reviews; a defect is an error that tells nothing; other paths are for others', async () => {
  assert.equal((await ask(undefined, '/admission/triggers', 'GET')).status, 405)
  const { status, json } = await ask(reviewOf({ metadata: {} }), '/admission/broken')
  assert.deepEqual([status, json.message], [500, 'the review failed; the log of the server says why'])
  assert.equal((await ask({}, '/admission/other')).status, 404)
})

test('nothing is told to who may not ask, and no body is read for them', async () => {
  const denied = forbidden({ group: 'g', plural: 'reviews' }, 'x', 'not you')
  const steps = new Map([['/admission/triggers', [triggers(read, WORKLOAD_KINDS)]]])
  const guarded = webhook({ steps, permit: () => Promise.reject(denied), log: silent })
  const unread: Handler = (asked) => guarded({ ...asked, body: () => Promise.reject(new Error('read')) })!
  const { status, json } = await request(unread, 'POST', '/admission/triggers', { body: reviewOf({}) })
  assert.deepEqual([status, json], [403, denied.status])
})

test('reviews are counted by what became of them, paths of nobody are not', async () => {
  const { metrics, value } = measuring()
  const steps = new Map([
    ['/admission/triggers', [triggers(read, WORKLOAD_KINDS)]],
    ['/admission/broken', [{ mutate: () => Promise.reject(new Error('a defect')) }]],
  ])
  const measured = webhook({ steps, permit: () => Promise.resolve(), log: silent, metrics })
  const post = async (path: string, body: unknown) => {
    await request((asked) => measured(asked) ?? Promise.resolve({ status: 404 }), 'POST', path, { body })
  }
  const object = workload(DEPLOYMENT, [entry()])
  await post('/admission/triggers', reviewOf(object))
  await post('/admission/triggers', reviewOf({ metadata: { name: 'x' } }))
  await post('/admission/triggers', { kind: 'Pod' })
  await post('/admission/broken', reviewOf(object))
  await post('/admission/nobody', reviewOf(object))
  const count = (webhook: string, outcome: string) => value('millrace_admission_reviews_total', { webhook, outcome })
  assert.equal(await count('triggers', 'changed'), 1)
  assert.equal(await count('triggers', 'unchanged'), 1)
  assert.equal(await count('triggers', 'refused'), 1)
  assert.equal(await count('broken', 'failed'), 1)
  assert.equal(await value('millrace_admission_reviews_total'), 4)
  assert.equal(await value('millrace_admission_review_duration_seconds_count', { webhook: 'triggers' }), 3)
})
