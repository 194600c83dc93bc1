import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from '../../../test/support/request.ts'
import { startWidgets } from '../../../test/support/widgetServer.ts'

const W = '/apis/test.millrace.dev/v1/namespaces/p/widgets'

/** Bodies that nobody sends to delete something; each answers 400 or 422, and deletes nothing. */
const REFUSED: [body: string, status: number, message: RegExp][] = [
  ['"foo"', 400, /must be an object of kind DeleteOptions, not string/],
  ['[1]', 400, /not a list/],
  ['5', 400, /not number/],
  ['{"kind":"Widget"}', 400, /must be of type DeleteOptions/],
  ['{"dryRun":5}', 400, /dryRun/],
  ['{"dryRun":{"a":1}}', 400, /dryRun/],
  ['{"dryRun":["Some"]}', 422, /dryRun: Unsupported value: "Some"/],
  ['{"preconditions":5}', 400, /preconditions/],
  ['{"preconditions":{"uid":5}}', 400, /uid/],
  ['{"gracePeriodSeconds":"soon"}', 400, /gracePeriodSeconds/],
  ['{"gracePeriodSeconds":1e30}', 400, /gracePeriodSeconds/],
  ['{"propagationPolicy":{}}', 400, /propagationPolicy/],
  ['{"propagationPolicy":"Sideways"}', 422, /propagationPolicy: Unsupported value: "Sideways"/],
  [
    '{"propagationPolicy":"Foreground","orphanDependents":false}',
    422,
    /^DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Foreground": orphanDependents and deletionPropagation cannot be both set$/,
  ],
  ['nonsense', 400, /json parse error/],
]

test('a body that is no DeleteOptions is refused and deletes nothing', async () => {
  const { handler } = await startWidgets()
  await request(handler, 'POST', W, { body: { metadata: { name: 'a' } } })
  for (const [body, status, message] of REFUSED) {
    const answer = await request(handler, 'DELETE', `${W}/a`, { body })
    assert.equal(answer.status, status, body)
    assert.match((answer.json as { message: string }).message, message, body)
  }
  assert.equal((await request(handler, 'GET', `${W}/a`)).status, 200)
})

test('DeleteOptions may say any apiVersion, and fields that we do not know', async () => {
  const { handler } = await startWidgets()
  for (const apiVersion of ['v1', 'meta.k8s.io/v1', 'apps/v1']) {
    await request(handler, 'POST', W, { body: { metadata: { name: 'a' } } })
    const body = { kind: 'DeleteOptions', apiVersion, propagationPolicy: 'Background', more: 1 }
    assert.equal((await request(handler, 'DELETE', `${W}/a`, { body })).status, 200, apiVersion)
  }
})

test('typed clients send DeleteOptions in protocol buffers', async () => {
  const { handler } = await startWidgets()
  await request(handler, 'POST', W, { body: { metadata: { name: 'a' } } })
  const uid = Buffer.from('\x0a\x05other')
  const message = Buffer.concat([Buffer.from([0x12, uid.length]), uid])
  const body = Buffer.concat([Buffer.from('k8s\0'), Buffer.from([0x12, message.length]), message])
  const answer = await request(handler, 'DELETE', `${W}/a`, { body, type: 'application/vnd.kubernetes.protobuf' })
  assert.equal(answer.status, 409)
  assert.match((answer.json as { message: string }).message, /the UID in the precondition \(other\)/)
})

test('a grace period of any length gives a time that can be written', async () => {
  const { handler } = await startWidgets({ gracePeriodSeconds: () => 30 })
  await request(handler, 'POST', W, { body: { metadata: { name: 'a' } } })
  const answer = await request(handler, 'DELETE', `${W}/a?gracePeriodSeconds=9999999999`)
  assert.equal(answer.status, 200)
  assert.match((answer.json as { metadata: { deletionTimestamp: string } }).metadata.deletionTimestamp, /^\d{4}-/)
  const body = '{"gracePeriodSeconds":9007199254740991}'
  assert.equal((await request(handler, 'DELETE', `${W}/a`, { body })).status, 200)
})

test('what may never be deleted stays, alone and in a collection', async () => {
  const undeletable = ({ metadata }: { metadata: { name?: string } }) =>
    metadata.name === 'needed' ? 'this widget may not be deleted' : undefined
  const { handler } = await startWidgets({ undeletable })
  for (const name of ['needed', 'other']) await request(handler, 'POST', W, { body: { metadata: { name } } })
  const refused = await request(handler, 'DELETE', `${W}/needed`)
  assert.equal(refused.status, 403)
  assert.match(refused.text, /widgets.test.millrace.dev \\"needed\\" is forbidden: this widget may not be deleted/)
  assert.equal((await request(handler, 'DELETE', `${W}/needed?dryRun=All`)).status, 403)
  assert.equal((await request(handler, 'DELETE', `${W}/other`)).status, 200)
  assert.equal((await request(handler, 'DELETE', W)).status, 403)
  assert.equal((await request(handler, 'GET', `${W}/needed`)).status, 200)
})
