import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test } from 'node:test'
import { request } from '../../../test/support/request.ts'
import { startWidgets } from '../../../test/support/widgetServer.ts'

const W = '/apis/test.millrace.dev/v1/namespaces/p/widgets'
const MERGE = 'application/merge-patch+json'
/** Many more than a lost write is tried again. */
const WRITERS = 60

test('nobody who names no version gets a conflict, however many write at once, and nothing that they write is lost', async () => {
  // Whatever is read takes a while to be written, as in a cluster.
  const { handler } = await startWidgets({ prepareForUpdate: () => setImmediate() })
  const body = { apiVersion: 'test.millrace.dev/v1', kind: 'Widget', metadata: { name: 'w' }, spec: {} }
  const created = await request(handler, 'POST', W, { body })
  const answers = await Promise.all(
    Array.from({ length: WRITERS }, (_, i) =>
      request(handler, 'PATCH', `${W}/w`, { body: { metadata: { annotations: { [`a${i}`]: 'x' } } }, type: MERGE }),
    ),
  )
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  const { json } = await request(handler, 'GET', `${W}/w`)
  assert.equal(
    Object.keys((json as typeof body & { metadata: { annotations: object } }).metadata.annotations).length,
    WRITERS,
  )
  // Who names one that is past gets it as ever.
  const late = await request(handler, 'PUT', `${W}/w`, { body: created.json })
  assert.equal(late.status, 409)
})
