import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { request } from '../../test/support/request.ts'
import { startWidgets } from '../../test/support/widgetServer.ts'
import type { AccessQuestion } from '../core/machinery/resource.ts'
import type { Handler } from '../http/handler.ts'

const W = '/apis/test.millrace.dev/v1/namespaces/p/widgets'
const APPLY = 'application/apply-patch+yaml'
const widget = (name: string, more: object = {}): object => ({
  apiVersion: 'test.millrace.dev/v1',
  kind: 'Widget',
  metadata: { name, ...more },
  spec: { color: 'red' },
})

/** Jane may write widgets, but only make the one that is called "hers". */
const may = ({ verb, name }: AccessQuestion): boolean => verb !== 'create' || name === 'hers'

describe('a write that makes what is missing', () => {
  let handler: Handler
  beforeEach(async () => {
    const server = await startWidgets({ createOnUpdate: true }, [], async (user, question) => ({
      allowed: user.name !== 'jane' || may(question),
    }))
    handler = server.handler
  })
  const put = (name: string, body: object, query = '') =>
    request(handler, 'PUT', `${W}/${name}${query}`, { body, headers: { 'impersonate-user': 'jane' } })
  const apply = (name: string, body: object, query = '') =>
    request(handler, 'PATCH', `${W}/${name}?fieldManager=m${query}`, {
      body,
      type: APPLY,
      headers: { 'impersonate-user': 'jane' },
    })
  const names = async () => {
    const { json } = await request(handler, 'GET', W)
    return (json as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name)
  }

  for (const [what, write, dry] of [
    ['an update', put, '?dryRun=All'],
    ['an apply', apply, '&dryRun=All'],
  ] as const)
    test(`needs the right to create it: ${what}`, async () => {
      for (const query of ['', dry]) {
        const { status, json } = await write('other', widget('other'), query)
        assert.equal(status, 403)
        assert.match(
          (json as { message: string }).message,
          /widgets.test.millrace.dev "other" is forbidden: User "jane" cannot create resource "widgets" in API group/,
        )
      }
      assert.deepEqual(await names(), [])
      assert.equal((await write('hers', widget('hers'))).status, 201)
      assert.equal((await write('hers', widget('hers', { labels: { a: 'b' } }))).status, 200)
    })

  for (const [what, write] of [
    ['an update', put],
    ['an apply', apply],
  ] as const)
    test(`makes nothing of another name than that of the URL: ${what}`, async () => {
      const refusal = 'the name of the object (other) does not match the name on the URL (hers)'
      const refused = async (): Promise<unknown[]> => {
        const { status, json } = await write('hers', widget('other'))
        return [status, (json as { message: string }).message]
      }
      assert.deepEqual(await refused(), [400, refusal])
      await write('hers', widget('hers'))
      assert.deepEqual(await refused(), [400, refusal])
      assert.deepEqual(await names(), ['hers'])
    })

  test('makes nothing when it is meant for an object that was there', async () => {
    const { status, json } = await apply('hers', widget('hers', { uid: 'u1' }))
    assert.equal(status, 409)
    assert.match((json as { message: string }).message, /uid mismatch: the provided object specified uid u1, and no/)
    assert.deepEqual(await names(), [])
  })
})

test('whoever may list and watch one name may select it, and nothing else', async () => {
  const { handler } = await startWidgets({}, [], async (user, { name }) => ({
    allowed: user.name !== 'jane' || name === 'hers',
  }))
  const headers = { 'impersonate-user': 'jane' }
  const get = (query: string) => request(handler, 'GET', `${W}?${query}`, { headers })
  const selected = 'fieldSelector=metadata.name%3Dhers'
  assert.equal((await get(selected)).status, 200)
  assert.equal((await get(`${selected}%2Cmetadata.name!%3Dother`)).status, 200)
  assert.equal((await get(`watch=1&timeoutSeconds=1&${selected}`)).status, 200)
  for (const query of ['', 'fieldSelector=metadata.name!%3Dhers', 'fieldSelector=metadata.name%3Dother']) {
    const { status, json } = await get(query)
    assert.equal(status, 403, query)
    assert.match((json as { message: string }).message, /User "jane" cannot list resource "widgets"/)
  }
  const all = await request(handler, 'DELETE', `${W}?${selected}`, { headers })
  assert.equal(all.status, 403, 'as in Kubernetes')
  const made = await request(handler, 'POST', `${W}?${selected}`, { body: widget('other'), headers })
  assert.equal(made.status, 403)
})
