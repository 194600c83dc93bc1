import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from '../../test/support/request.ts'
import { startWidgets } from '../../test/support/widgetServer.ts'
import type { Widget } from '../../test/support/widgets.ts'
import type { AdmissionStep } from '../core/machinery/admission.ts'
import { badRequest } from '../core/machinery/status.ts'

const W = '/apis/test.millrace.dev/v1/namespaces/p/widgets'
const APPLY = 'application/apply-patch+yaml'

/** Colours are stored by their code. */
const codes: AdmissionStep = {
  mutate({ resource }, object) {
    const { spec } = object as Widget
    if (resource.plural === 'widgets' && spec.color === 'red') spec.color = '#f00'
    return Promise.resolve()
  },
}

const widget = (color: string) => ({
  apiVersion: 'test.millrace.dev/v1',
  kind: 'Widget',
  metadata: { name: 'w' },
  spec: { color },
})

test('what a step changes is stored and shown, by every way of writing, and in dry runs', async () => {
  const ways: [method: string, url: string, body: unknown, type?: string][] = [
    ['POST', W, widget('red')],
    ['POST', `${W}?dryRun=All`, widget('red')],
    ['PATCH', `${W}/w?fieldManager=f`, widget('red'), APPLY],
    ['PUT', `${W}/w`, widget('red')],
    ['PUT', `${W}/w?dryRun=All`, widget('red')],
    ['PATCH', `${W}/w`, { spec: { color: 'red' } }, 'application/merge-patch+json'],
    ['PATCH', `${W}/w`, [{ op: 'replace', path: '/spec/color', value: 'red' }], 'application/json-patch+json'],
  ]
  for (const [method, url, body, type] of ways) {
    const { handler } = await startWidgets({ unconditionalUpdate: true }, [codes])
    if (method === 'PUT' || Array.isArray(body)) await request(handler, 'POST', W, { body: widget('blue') })
    else if (type?.includes('merge')) await request(handler, 'POST', W, { body: widget('blue') })
    const answer = await request(handler, method, url, { body, ...(type && { type }) })
    assert.ok(answer.status < 300, answer.text)
    assert.equal((answer.json as Widget).spec.color, '#f00', `${method} ${url}`)
    if (url.includes('dryRun')) continue
    assert.equal(((await request(handler, 'GET', `${W}/w`)).json as Widget).spec.color, '#f00')
  }
})

test('a step knows what an update replaces, and that a creation replaces nothing', async () => {
  const seen: (string | undefined)[] = []
  const step: AdmissionStep = {
    mutate({ resource }, _object, old) {
      if (resource.plural === 'widgets') seen.push((old as Widget | undefined)?.spec.color)
      return Promise.resolve()
    },
  }
  const server = await startWidgets({ createOnUpdate: true }, [step])
  const { handler } = server
  await request(handler, 'PUT', `${W}/w`, { body: widget('red') })
  await request(handler, 'PATCH', `${W}/w?fieldManager=f&force=true`, { body: widget('blue'), type: APPLY })
  const resource = { group: 'test.millrace.dev', version: 'v1', plural: 'widgets' }
  await server.client().patch({ resource, namespace: 'p', name: 'w' }, 'merge', { spec: { color: 'green' } })
  assert.deepEqual(seen, [undefined, 'red', 'blue'])
})

test('stating again what a step replaces changes nothing, not even when time has passed', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2024, 0, 1) })
  for (const [url, type] of [
    [`${W}/w?fieldManager=f`, APPLY],
    [`${W}/w?fieldManager=f`, 'application/merge-patch+json'],
  ] as const) {
    const { handler } = await startWidgets({}, [codes])
    if (type !== APPLY) await request(handler, 'POST', `${W}?fieldManager=f`, { body: widget('red') })
    const state = async (color: string) => {
      const { text, status } = await request(handler, 'PATCH', url, { body: widget(color), type })
      assert.ok(status < 300, text)
      return text
    }
    const first = await state('red')
    t.mock.timers.tick(60_000)
    assert.equal(await state('red'), first)
    assert.notEqual(await state('blue'), first)
  }
})

test('steps run in order, and one that refuses ends the write', async () => {
  const seen: string[] = []
  const named = (name: string): AdmissionStep => ({
    check({ resource }, operation) {
      if (resource.plural === 'widgets') seen.push(`${name} ${operation}`)
      return name === 'second' && operation === 'update' ? Promise.reject(badRequest('not now')) : Promise.resolve()
    },
  })
  const { handler } = await startWidgets({}, [named('first'), named('second'), named('third')])
  await request(handler, 'POST', W, { body: widget('red') })
  assert.equal((await request(handler, 'PUT', `${W}/w`, { body: widget('blue') })).status, 400)
  await request(handler, 'DELETE', `${W}/w`)
  const expected = ['first create', 'second create', 'third create', 'first update', 'second update']
  assert.deepEqual(seen, [...expected, 'first delete', 'second delete', 'third delete'])
})
