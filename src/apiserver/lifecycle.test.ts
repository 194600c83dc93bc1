import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from '../../test/support/request.ts'
import { startWidgets } from '../../test/support/widgetServer.ts'

const NAMESPACE = '/api/v1/namespaces/ending'
const W = '/apis/test.millrace.dev/v1/namespaces/ending/widgets'

test('nothing new comes into a namespace that goes, by whatever verb; what is there can still be changed', async () => {
  const { handler } = await startWidgets({ createOnUpdate: true })
  await request(handler, 'POST', '/api/v1/namespaces', { body: { metadata: { name: 'ending', finalizers: ['x/y'] } } })
  await request(handler, 'POST', W, { body: { metadata: { name: 'old' } } })
  await request(handler, 'DELETE', NAMESPACE)
  const apply = 'application/apply-patch+yaml'
  const widget = (name: string) => ({
    apiVersion: 'test.millrace.dev/v1',
    kind: 'Widget',
    metadata: { name },
    spec: { color: 'red' },
  })
  const calls: [method: string, path: string, name: string, type: string, status: number][] = [
    ['POST', W, 'new', 'application/json', 403],
    ['PUT', `${W}/new`, 'new', 'application/json', 403],
    ['PATCH', `${W}/new?fieldManager=f`, 'new', apply, 403],
    ['PUT', `${W}/old`, 'old', 'application/json', 200],
    ['PATCH', `${W}/old?fieldManager=f`, 'old', apply, 200],
  ]
  for (const [method, path, name, type, status] of calls) {
    const answer = await request(handler, method, path, { body: widget(name), type })
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
    if (status === 403)
      assert.match(answer.text, /widgets.test.millrace.dev \\"new\\" is forbidden: .* because it is being terminated/)
  }
})
