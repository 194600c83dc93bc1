// TokenReview and SubjectAccessReview, with a cluster that is a function.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
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
