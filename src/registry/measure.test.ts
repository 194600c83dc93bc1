import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measuring } from '../../test/support/exposition.ts'
import type { ImportRequest, ImportResult } from '../core/image/import.ts'
import { ApiError, success } from '../core/machinery/status.ts'
import type { Outbound } from '../http/outbound.ts'
import { exchange } from './exchange.ts'
import { HOSTS, measuredImporter, measuredOutbound } from './measure.ts'

const REQUESTS = 'millrace_registry_requests_total'

/** Answers 200 with nothing, and with another status where the path is one; hosts that begin with "down" do not answer. */
const outbound = {
  dispatcher: () => ({
    async request({ origin, path }: { origin: string; path: string }) {
      if (origin.startsWith('https://down')) throw new Error('refused')
      return { statusCode: Number(path.slice(1)) || 200, headers: {}, body: (async function* () {})() }
    },
  }),
  close: () => Promise.resolve(),
} as unknown as Outbound

const ask = (through: Outbound, host: string, path = '/v2/') =>
  exchange(through, {
    method: 'GET',
    url: new URL(path, `https://${host}`),
    headers: {},
    limit: 10,
    insecure: false,
    timeout: 1000,
    signal: new AbortController().signal,
  }).catch(() => undefined)

test('requests are counted by host and answer; beyond the limit hosts are one', async () => {
  const { metrics, value, read } = measuring()
  const measured = measuredOutbound(outbound, metrics)
  await ask(measured, 'a.test:5000')
  await ask(measured, 'down.test')
  assert.equal(await value(REQUESTS, { registry: 'a.test:5000', method: 'GET', code: '200' }), 1)
  assert.equal(await value(REQUESTS, { registry: 'down.test', method: 'GET', code: '<error>' }), 1)
  for (let i = 0; i < 1000; i++) await ask(measured, `h${i}.test`)
  await ask(measured, 'a.test:5000')
  assert.equal(await value(REQUESTS, { registry: 'a.test:5000' }), 2)
  assert.equal(await value(REQUESTS, { registry: 'other' }), 1000 - (HOSTS - 2))
  const hosts = new Set((await read()).get(REQUESTS)?.samples.map(({ labels }) => labels['registry']))
  assert.equal(hosts.size, HOSTS + 1)
  assert.equal(await value('millrace_registry_request_duration_seconds_count', { registry: 'a.test:5000' }), 2)
})

test('codes that nobody has defined are one, whatever a registry makes up', async () => {
  const { metrics, value, read } = measuring()
  const measured = measuredOutbound(outbound, metrics)
  for (let status = 100; status < 1000; status++) await ask(measured, 'odd.test', `/${status}`)
  assert.equal(await value(REQUESTS), 900)
  assert.equal(await value(REQUESTS, { code: '429' }), 1)
  const codes = new Set((await read()).get(REQUESTS)?.samples.map(({ labels }) => labels['code']))
  assert.ok(codes.has('other') && codes.size < 80, `${codes.size} codes`)
})

test('imports are counted by outcome, and their images by reason', async () => {
  const { metrics, value } = measuring()
  const good = { status: success() }
  const bad = { status: new ApiError(404, 'NotFound', 'gone', {}).status }
  const unlisted = { images: [], repository: { status: new ApiError(401, 'Unauthorized', 'no').status } }
  const answers: (ImportResult | undefined)[] = [
    { images: [good] },
    { images: [good, bad] },
    { images: [bad], repository: { status: success(), images: [bad] } },
    unlisted,
    undefined,
  ]
  const importer = measuredImporter(async () => {
    const answer = answers.shift()
    if (!answer) throw new Error('aborted')
    return answer
  }, metrics)
  for (let i = 0; i < 4; i++) await importer({} as ImportRequest)
  await assert.rejects(importer({} as ImportRequest), /aborted/)
  const outcomes = ['success', 'partial', 'failure', 'aborted'].map((outcome) =>
    value('millrace_imports_total', { outcome }),
  )
  assert.deepEqual(await Promise.all(outcomes), [1, 1, 2, 1])
  const reasons = ['Success', 'NotFound', 'Unauthorized'].map((reason) =>
    value('millrace_import_images_total', { reason }),
  )
  assert.deepEqual(await Promise.all(reasons), [2, 3, 1])
  assert.equal(await value('millrace_import_duration_seconds_count', { outcome: 'failure' }), 2)
})
