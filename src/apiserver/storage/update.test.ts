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

test('who goes away while others have their turn writes nothing', async () => {
  const turn = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const { handler } = await startWidgets({
    prepareForUpdate: () => {
      begun.resolve()
      return turn.promise
    },
  })
  await request(handler, 'POST', W, { body: { metadata: { name: 'w' }, spec: {} } })
  const label = (value: string, signal?: AbortSignal) =>
    request(handler, 'PATCH', `${W}/w`, {
      body: { metadata: { labels: { [value]: '' } } },
      type: MERGE,
      ...(signal && { signal }),
    })
  const gone = new AbortController()
  const first = label('first')
  await begun.promise
  const [second, third] = [label('second', gone.signal), label('third')]
  gone.abort()
  turn.resolve()
  assert.deepEqual([(await first).status, (await second).status, (await third).status], [200, 500, 200])
  const { json } = await request(handler, 'GET', `${W}/w`)
  assert.deepEqual((json as { metadata: object }).metadata, {
    ...(json as { metadata: object }).metadata,
    labels: { first: '', third: '' },
  })
})
