import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { request, type Ask } from '../../../test/support/request.ts'
import { silent } from '../../core/machinery/log.ts'
import type { Registry } from '../../core/report/registry.ts'
import type { RegistryReporter } from '../../core/report/reporter.ts'
import type { RegistryReport } from '../../core/registries/report.ts'
import { openMemory } from '../../store/memory.ts'
import { byCertificate } from '../authenticate.ts'
import { createApiServer } from '../server.ts'
import { storedNamespaces } from '../storedNamespaces.ts'
import type { ReportDeps } from './asking.ts'
import { registryReports } from './registries.ts'

const AT = Date.parse('2026-03-02T10:00:00Z')

const report = (registry: string, credential: string, more: Partial<RegistryReport> = {}): RegistryReport => ({
  registry,
  credential,
  requests: 3,
  pullsAvoided: 2,
  limits: [],
  delayed: [],
  ...more,
})
const BUSY = report('registry-1.docker.io', '3f2a91b0c4d5', {
  limits: [
    { from: 'configuration', limit: 1000, remaining: 900, window: 3_600_000 },
    { from: 'registry', limit: 200, remaining: 50, window: 21_600_000, resets: AT },
  ],
  delayed: [
    { what: 'checks', count: 2, reason: 'QuotaLow', message: 'little is left', until: AT },
    { what: 'imports', count: 1, reason: 'QuotaLow', message: 'little is left', until: AT },
  ],
})
// A rate that was configured anew: what was counted before it is still there.
const REPORTS = [
  report('r.test:5000', 'anonymous', { requests: 1 }),
  report('r.test:5000', 'anonymous', { requests: 7 }),
  report('r.test:5000', 'aaaaaaaaaaaa'),
  BUSY,
]
const own: ReportDeps<RegistryReporter> = { own: () => ({ report: () => REPORTS, refresh: () => Promise.resolve() }) }

function serve(deps: ReportDeps<RegistryReporter>) {
  const api = createApiServer({
    namespaces: storedNamespaces(openMemory()),
    resources: [registryReports(deps)],
    authenticator: byCertificate,
    log: silent,
    version: 'test',
  })
  const get = async (path = '', ask: Ask = {}) => {
    const { status, json } = await request(api.handler, 'GET', `/apis/millrace.dev/v1alpha1/registries${path}`, ask)
    return { status, body: json as { metadata: { continue?: string }; items: Registry[]; message?: string } }
  }
  return { client: () => api.client(), get }
}
const names = ({ items }: { items: Registry[] }) => items.map(({ metadata }) => metadata.name)

for (const [where, deps] of [
  ['the server that leads', () => own],
  ['another server', (): ReportDeps<RegistryReporter> => ({ own: () => undefined, leader: serve(own).client })],
] as const) {
  describe(`registries, asked of ${where}`, () => {
    test('all of them, in order, each once', async () => {
      const { get } = serve(deps())
      const { body } = await get()
      assert.deepEqual(names(body), [
        'aaaaaaaaaaaa@r.test:5000',
        'anonymous@r.test:5000',
        '3f2a91b0c4d5@registry-1.docker.io',
      ])
      assert.equal(body.items[1]!.status.requests, 7)
    })

    test('one, with all that is known of it', async () => {
      const { get } = serve(deps())
      const time = '2026-03-02T10:00:00Z'
      assert.deepEqual((await get('/3f2a91b0c4d5@registry-1.docker.io')).body, {
        kind: 'Registry',
        apiVersion: 'millrace.dev/v1alpha1',
        metadata: { name: '3f2a91b0c4d5@registry-1.docker.io' },
        spec: { registry: 'registry-1.docker.io', credential: '3f2a91b0c4d5' },
        status: {
          requests: 3,
          pullsAvoided: 2,
          limits: [
            { from: 'configuration', limit: 1000, remaining: 900, window: '1h' },
            { from: 'registry', limit: 200, remaining: 50, window: '6h', resets: time },
          ],
          delayed: [
            { what: 'checks', count: 2, reason: 'QuotaLow', message: 'little is left', until: time },
            { what: 'imports', count: 1, reason: 'QuotaLow', message: 'little is left', until: time },
          ],
        },
      })
      const { status, body } = await get('/anonymous@quay.io')
      assert.deepEqual([status, body.message], [404, 'registries.millrace.dev "anonymous@quay.io" not found'])
    })

    test('page by page, and selected', async () => {
      const { get } = serve(deps())
      const { body } = await get('?limit=2')
      assert.equal(body.items.length, 2)
      const rest = await get(`?limit=2&continue=${body.metadata.continue}`)
      assert.deepEqual(names(rest.body), ['3f2a91b0c4d5@registry-1.docker.io'])
      assert.equal(rest.body.metadata.continue, undefined)
      assert.deepEqual(names((await get('?fieldSelector=metadata.name%3Danonymous@r.test:5000')).body), [
        'anonymous@r.test:5000',
      ])
      assert.equal((await get('?continue=x')).status, 400)
    })

    test('as a table, with the limit of which the least is left', async () => {
      const { get } = serve(deps())
      const { body } = await get('', { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' })
      const { rows } = body as unknown as { rows: { cells: unknown[] }[] }
      assert.deepEqual(
        rows.map(({ cells }) => cells.slice(1, 8)),
        [
          ['r.test:5000', 'aaaaaaaaaaaa', 3, 2, '<none>', 0, '<none>'],
          ['r.test:5000', 'anonymous', 7, 2, '<none>', 0, '<none>'],
          ['registry-1.docker.io', '3f2a91b0c4d5', 3, 2, '50/200 in 6h', 3, 'QuotaLow'],
        ],
      )
    })
  })
}

test('while nobody leads it is said so, and when to come again', async () => {
  const { status, body } = await serve({ own: () => undefined }).get()
  assert.deepEqual(
    [status, body.message],
    [503, 'what the server that leads knows is not known at the moment: the server has only just started'],
  )
})
