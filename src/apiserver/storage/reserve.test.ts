import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from '../../../test/support/request.ts'
import { startWidgets } from '../../../test/support/widgetServer.ts'
import type { AdmissionStep, Write } from '../../core/machinery/admission.ts'
import type { Creation } from '../../core/machinery/resource.ts'
import { forbidden } from '../../core/machinery/status.ts'

const W = '/apis/test.millrace.dev/v1/namespaces/p/widgets'
const APPLY = 'application/apply-patch+yaml'

const widget = (name: string, more: object = {}) => ({
  apiVersion: 'test.millrace.dev/v1',
  kind: 'Widget',
  metadata: { name },
  spec: { color: 'red', ...more },
})

/** A step that notes what it is asked for, and what it gets back; `full` refuses. */
function rooms(name = 'room', log: string[] = []) {
  const asked: { write: Write; creation: Creation }[] = []
  const room = { full: false }
  const step: AdmissionStep = {
    reserve(write, creation) {
      // Namespaces, which make the server ready, are not of interest.
      if (creation.namespace === '') return Promise.resolve(undefined)
      asked.push({ write, creation })
      if (room.full) return Promise.reject(forbidden(write.resource, write.name, 'full'))
      if (creation.dryRun) return Promise.resolve(undefined)
      log.push(`${name} takes ${creation.name}`)
      return Promise.resolve(() => {
        log.push(`${name} gets ${creation.name} back`)
        return Promise.resolve()
      })
    },
  }
  return { step, asked, log, room }
}

test('room is asked for whatever is stored for the first time, whichever way it comes', async () => {
  const ways: [method: string, url: string, type?: string][] = [
    ['POST', W],
    ['PUT', `${W}/w`],
    ['PATCH', `${W}/w?fieldManager=f`, APPLY],
  ]
  for (const [method, url, type] of ways) {
    const { step, asked, log } = rooms()
    const { handler } = await startWidgets({ createOnUpdate: true, unconditionalUpdate: true }, [step])
    const answer = await request(handler, method, url, { body: widget('w'), ...(type && { type }) })
    assert.equal(answer.status, 201, answer.text)
    const creation = { group: 'test.millrace.dev', plural: 'widgets', namespace: 'p', name: 'w', dryRun: false }
    assert.deepEqual(
      asked.map((one) => one.creation),
      [creation],
      method,
    )
    assert.equal(asked[0]!.write.name, 'w', method)
    // What is there needs none.
    await request(handler, 'PUT', `${W}/w`, { body: widget('w', { color: 'blue' }) })
    await request(handler, 'PATCH', `${W}/w?fieldManager=g`, { body: widget('w', { count: 2 }), type: APPLY })
    await request(handler, 'DELETE', `${W}/w`)
    assert.deepEqual(log, ['room takes w'], method)
  }
})

test('a generated name is known by then', async () => {
  const { step, asked } = rooms()
  const { handler } = await startWidgets({}, [step])
  await request(handler, 'POST', W, { body: { ...widget(''), metadata: { generateName: 'w-' } } })
  assert.match(asked[0]!.creation.name, /^w-[a-z0-9]{5}$/)
})

test('a dry run only asks, and an invalid object does not even ask', async () => {
  const { step, asked, log, room } = rooms()
  const { handler } = await startWidgets({}, [step])
  assert.equal((await request(handler, 'POST', W, { body: widget('w', { color: 'none' }) })).status, 422)
  assert.equal(asked.length, 0)
  assert.equal((await request(handler, 'POST', `${W}?dryRun=All`, { body: widget('w') })).status, 201)
  assert.deepEqual([asked.map(({ creation }) => creation.dryRun), log], [[true], []])
  room.full = true
  assert.equal((await request(handler, 'POST', `${W}?dryRun=All`, { body: widget('w') })).status, 403)
})

test('without room nothing is stored; an object that is there already is said to be there', async () => {
  const { step, room } = rooms()
  const { handler } = await startWidgets({}, [step])
  await request(handler, 'POST', W, { body: widget('w') })
  room.full = true
  assert.equal((await request(handler, 'POST', W, { body: widget('v') })).status, 403)
  assert.equal((await request(handler, 'GET', `${W}/v`)).status, 404)
  const again = await request(handler, 'POST', W, { body: widget('w') })
  assert.deepEqual([again.status, (again.json as { reason: string }).reason], [409, 'AlreadyExists'])
})

test('room that is not used is given back', async () => {
  const { step, log } = rooms()
  const { handler } = await startWidgets({}, [step])
  await request(handler, 'POST', W, { body: widget('w') })
  assert.equal((await request(handler, 'POST', W, { body: widget('w') })).status, 409)
  assert.deepEqual(log.splice(0), ['room takes w', 'room takes w', 'room gets w back'])
  const large = {
    ...widget('large'),
    metadata: { name: 'large', annotations: {} },
    spec: { color: 'x'.repeat(2_000_000) },
  }
  assert.equal((await request(handler, 'POST', W, { body: large })).status, 413)
  assert.deepEqual(log, ['room takes large', 'room gets large back'])
})

test('when one of several has no room, the others get theirs back, the last first', async () => {
  const log: string[] = []
  const [a, b, c] = [rooms('a', log), rooms('b', log), rooms('c', log)]
  c.room.full = true
  const { handler } = await startWidgets({}, [a.step, b.step, c.step])
  assert.equal((await request(handler, 'POST', W, { body: widget('w') })).status, 403)
  assert.deepEqual(log, ['a takes w', 'b takes w', 'b gets w back', 'a gets w back'])
})
