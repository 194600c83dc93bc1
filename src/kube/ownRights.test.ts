import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClient } from '../../test/support/fakeClient.ts'
import { silent } from '../core/machinery/log.ts'
import { ApiError, type StatusReason } from '../core/machinery/status.ts'
import { OwnRights } from './ownRights.ts'

const ACCOUNT = 'User "system:serviceaccount:millrace:millrace"'
const error = (message: string, code = 403, reason: StatusReason = 'Forbidden'): ApiError =>
  new ApiError(code, reason, message)
const LACKING = error(
  `storedimagestreams.storage.millrace.dev "web" is forbidden: ${ACCOUNT} cannot update resource "storedimagestreams" in API group "storage.millrace.dev" in the namespace "default"`,
)

function rights() {
  const told: string[] = []
  let now = 5
  const log = {
    ...silent,
    error: (fields: object, text: string) => void told.push(`${JSON.stringify(fields)} ${text}`),
  }
  return { told, pass: (ms: number) => (now += ms), own: new OwnRights(log, () => now) }
}

describe('what the cluster refuses to the server', () => {
  const refusals: [what: string, ApiError][] = [
    ['a right on an object', LACKING],
    [
      'a right on a kind',
      error(
        `tokenreviews.authentication.k8s.io is forbidden: ${ACCOUNT} cannot create resource "tokenreviews" in API group`,
      ),
    ],
    ['a path', error(`forbidden is forbidden: ${ACCOUNT} cannot get path "/version"`)],
    ['its credentials', error('Unauthorized', 401, 'Unauthorized')],
  ]
  for (const [what, refusal] of refusals)
    test(`is its own failure: ${what}`, () => {
      const { own, told } = rights()
      const failure = own.failure(refusal, 'things')
      assert.ok(failure instanceof ApiError)
      assert.deepEqual([failure.code, failure.reason, failure.cause], [500, 'InternalError', refusal])
      assert.doesNotMatch(JSON.stringify(failure.status), /serviceaccount|things|Unauthorized/)
      assert.equal(told.length, 1)
      assert.match(told[0]!, /"resource":"things".*run "millrace install" of this version again/)
    })

  const others: [what: string, unknown][] = [
    [
      'a quota',
      error('storedimagestreams.storage.millrace.dev "web" is forbidden: exceeded quota: few, requested: count/x=1'),
    ],
    [
      'a policy',
      error(
        `storedimagestreams.storage.millrace.dev "web" is forbidden: ValidatingAdmissionPolicy 'p' denied request: ${ACCOUNT} cannot update resource "x"`,
      ),
    ],
    [
      'a webhook',
      error(`admission webhook "w" denied the request: ${ACCOUNT} cannot update resource "storedimagestreams"`),
    ],
    [
      'a namespace that goes',
      error('x "web" is forbidden: unable to create new content in namespace p because it is being terminated'),
    ],
    ['what is not there', error('not found', 404, 'NotFound')],
    ['a broken connection', new Error('socket hang up')],
  ]
  for (const [what, other] of others)
    test(`is not what users must hear of: ${what}`, () => {
      const { own, told } = rights()
      assert.equal(own.failure(other, 'things'), other)
      assert.deepEqual(told, [])
    })

  test('is logged once in a minute for each resource', () => {
    const { own, told, pass } = rights()
    for (const what of ['a', 'a', 'b', 'a', 'b']) own.failure(LACKING, what)
    assert.equal(told.length, 2)
    pass(59_999)
    own.failure(LACKING, 'a')
    assert.equal(told.length, 2)
    pass(1)
    own.failure(LACKING, 'a')
    assert.equal(told.length, 3)
  })

  test('is told by the client, which answers otherwise', async () => {
    const { own } = rights()
    const client = new FakeClient()
    const resource = { group: '', version: 'v1', plural: 'things' }
    client.put('things', { metadata: { name: 'x' } })
    const asking = own.asking(client)
    const found = await asking.get({ resource, name: 'x' })
    assert.equal(found.metadata.name, 'x')
    client.fault = () => {
      throw LACKING
    }
    for (const ask of [
      () => asking.get({ resource, name: 'x' }),
      () => asking.list({ resource }),
      () => asking.update({ resource, name: 'x' }, found),
    ])
      await assert.rejects(ask(), (failure: ApiError) => failure.code === 500 && failure.cause === LACKING)
  })
})
