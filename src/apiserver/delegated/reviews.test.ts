// TokenReview and SubjectAccessReview, with a cluster that is a function.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measuring } from '../../../test/support/exposition.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import { silent } from '../../core/machinery/log.ts'
import { unmeasured } from '../../core/machinery/metrics.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { ApiError } from '../../core/machinery/status.ts'
import type { Request } from '../../http/handler.ts'
import { byAccessReview } from './accessReview.ts'
import { byTokenReview } from './tokenReview.ts'

interface Review extends KubeObject {
  spec: Record<string, unknown>
}

/** A cluster that answers reviews with a status, and remembers what it was asked. */
function cluster(answer: (spec: Review['spec']) => object) {
  const asked: Review[] = []
  const client = {
    create: async (_target: unknown, object: KubeObject) => {
      asked.push(object as Review)
      return { ...object, status: answer((object as Review).spec) }
    },
  } as unknown as ObjectClient
  return { asked, client }
}

const withToken = (token?: string): Request =>
  ({ headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }) as Request

test('a token is reviewed once, and nobody is asked without one', async () => {
  const user = { username: 'jane', uid: 'u', groups: ['g'], extra: { scopes: ['x'] } }
  const { asked, client } = cluster(({ token }) => (token === 'good' ? { authenticated: true, user } : {}))
  const authenticate = byTokenReview(client)
  assert.equal(await authenticate(withToken()), undefined)
  assert.equal(asked.length, 0)
  const jane = { name: 'jane', uid: 'u', groups: ['g'], extra: { scopes: ['x'] } }
  assert.deepEqual(await authenticate(withToken('good')), jane)
  assert.deepEqual(await authenticate(withToken('good')), jane)
  assert.equal(await authenticate(withToken('bad')), undefined)
  assert.equal(await authenticate(withToken('bad')), undefined)
  assert.deepEqual(
    asked.map(({ spec }) => spec),
    [{ token: 'good' }, { token: 'bad' }],
  )
})

test('a right is reviewed once for each user and question', async () => {
  const { asked, client } = cluster(({ user }) => (user === 'jane' ? { allowed: true } : { reason: 'no' }))
  const authorize = byAccessReview(client)
  const question = { verb: 'get', group: 'g', resource: 'things', namespace: 'p', name: 'x' }
  const jane = { name: 'jane', uid: 'u', groups: ['g'], extra: { scopes: ['x'] } }
  assert.deepEqual(await authorize(jane, question), { allowed: true })
  assert.deepEqual(await authorize({ ...jane }, { ...question }), { allowed: true })
  assert.deepEqual(await authorize({ name: 'joe', groups: [] }, question), { allowed: false, reason: 'no' })
  assert.deepEqual(
    asked.map(({ spec }) => spec),
    [
      { user: 'jane', uid: 'u', groups: ['g'], extra: { scopes: ['x'] }, resourceAttributes: question },
      { user: 'joe', groups: [], resourceAttributes: question },
    ],
  )
})

test('masters need no review, also while the cluster cannot be asked', async () => {
  const client = { create: () => Promise.reject(new Error('down')) } as unknown as ObjectClient
  const authorize = byAccessReview(client)
  const question = { verb: 'get', group: '', resource: 'things' }
  assert.deepEqual(await authorize({ name: 'root', groups: ['system:masters'] }, question), { allowed: true })
  await assert.rejects(authorize({ name: 'jane', groups: [] }, question), /down/)
})

test('a path that is no resource is asked for as such', async () => {
  const { asked, client } = cluster(() => ({ allowed: true }))
  const question = { verb: 'get', group: '', resource: '', path: '/metrics' }
  assert.deepEqual(await byAccessReview(client)({ name: 'jane', groups: [] }, question), { allowed: true })
  assert.deepEqual(
    asked.map(({ spec }) => spec),
    [{ user: 'jane', groups: [], nonResourceAttributes: { verb: 'get', path: '/metrics' } }],
  )
})

test('that the server itself may not ask is no answer about the user, and the log says so', async () => {
  const refused = (plural: string): ObjectClient => {
    const text = `${plural} is forbidden: User "server" cannot create resource "${plural}" in API group "x"`
    return { create: () => Promise.reject(new ApiError(403, 'Forbidden', text)) } as unknown as ObjectClient
  }
  const told: object[] = []
  const log = { ...silent, error: ({ resource }: { resource?: string }) => void told.push({ resource }) }
  const isOurs = ({ code, message }: ApiError): boolean => code === 500 && !message.includes('"server"')
  const authenticate = byTokenReview(refused('tokenreviews'), unmeasured, log)
  await assert.rejects(authenticate(withToken('a')), isOurs)
  const authorize = byAccessReview(refused('subjectaccessreviews'), unmeasured, log)
  await assert.rejects(authorize({ name: 'jane', groups: [] }, { verb: 'get', group: '', resource: 'things' }), isOurs)
  assert.deepEqual(told, [{ resource: 'tokenreviews' }, { resource: 'subjectaccessreviews' }])
})

test('what the cluster is asked, and what memory spares it, is counted', async () => {
  const { metrics, value } = measuring()
  const { client } = cluster(() => ({ authenticated: true, allowed: true, user: { username: 'jane' } }))
  const authenticate = byTokenReview(client, metrics)
  for (const token of ['a', 'a', 'b', 'a']) await authenticate(withToken(token))
  const authorize = byAccessReview(client, metrics)
  const question = { verb: 'get', group: '', resource: 'things' }
  for (const name of ['jane', 'jane', 'joe']) await authorize({ name, groups: [] }, question)
  const refused = { create: () => Promise.reject(new ApiError(403, 'Forbidden', 'no')) } as unknown as ObjectClient
  await assert.rejects(byAccessReview(refused, metrics)({ name: 'x', groups: [] }, question))
  const down = { create: () => Promise.reject(new Error('down')) } as unknown as ObjectClient
  await assert.rejects(byAccessReview(down, metrics)({ name: 'x', groups: [] }, question))
  const table: [string, Record<string, string>, number][] = [
    ['authentication_token_cache_request_total', { status: 'hit' }, 2],
    ['authentication_token_cache_request_total', { status: 'miss' }, 2],
    ['apiserver_delegated_authn_request_total', { code: '201' }, 2],
    ['millrace_authorization_cache_request_total', { status: 'hit' }, 1],
    ['millrace_authorization_cache_request_total', { status: 'miss' }, 4],
    ['apiserver_delegated_authz_request_total', { code: '201' }, 2],
    ['apiserver_delegated_authz_request_total', { code: '403' }, 1],
    ['apiserver_delegated_authz_request_total', { code: '<error>' }, 1],
    ['apiserver_delegated_authz_request_duration_seconds_count', {}, 4],
  ]
  for (const [name, labels, expected] of table) assert.equal(await value(name, labels), expected, name)
})
