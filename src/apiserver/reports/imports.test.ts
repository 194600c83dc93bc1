import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { request, type Ask } from '../../../test/support/request.ts'
import { silent } from '../../core/machinery/log.ts'
import { tagName } from '../../core/image/names.ts'
import type { ImportReporter } from '../../core/report/reporter.ts'
import type { Import } from '../../core/report/types.ts'
import { openMemory } from '../../store/memory.ts'
import { byCertificate } from '../authenticate.ts'
import { createApiServer } from '../server.ts'
import { storedNamespaces } from '../storedNamespaces.ts'
import { nobodyToAsk, type ReportDeps } from './asking.ts'
import { importReports } from './imports.ts'

const ROOT = '/apis/millrace.dev/v1alpha1'

const report = (namespace: string, stream: string, tag: string): Import => ({
  metadata: { name: tagName(stream, tag), namespace, labels: { stream } },
  spec: { reference: `q.io/${stream}:${tag}`, refresh: '60s' },
  status: { lastError: { reason: 'DNS', message: 'no such host\nat all' } },
})

/** A schedule of these tags, which must be in order: [namespace, stream, tag]. */
function reporter(tags: readonly (readonly [string, string, string])[]): ImportReporter & { made: number } {
  const made = {
    made: 0,
    get: (...[namespace, stream, tag]: [string, string, string]) =>
      tags.some((each) => each.join() === [namespace, stream, tag].join()) ? report(namespace, stream, tag) : undefined,
    *list(namespace: string, behind?: { stream: string; tag: string }) {
      for (const [ns, stream, tag] of tags) {
        const key = `${ns}/${stream}`
        if (namespace && ns !== namespace) continue
        if (behind && (key < behind.stream || (key === behind.stream && tag <= behind.tag))) continue
        made.made++
        yield report(ns, stream, tag)
      }
    },
  }
  return made
}

function serve(deps: ReportDeps<ImportReporter>) {
  const api = createApiServer({
    namespaces: storedNamespaces(openMemory()),
    resources: [importReports(deps)],
    authenticator: byCertificate,
    log: silent,
    version: 'test',
  })
  const get = async (path: string, ask: Ask = {}) => {
    const { status, json, headers } = await request(api.handler, 'GET', `${ROOT}/${path}`, ask)
    return { status, headers, body: json as ListBody }
  }
  return { client: () => api.client(), get }
}
interface ListBody {
  metadata: { continue?: string }
  items: Import[]
  message?: string
  reason?: string
}

const TAGS = [
  ['a', 's', '1'],
  ['a', 's', '2'],
  ['a', 't', '1'],
  ['b', 's', '1'],
] as const
const own = { own: () => reporter(TAGS) }
const names = ({ items }: ListBody) => items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)

/** The same tags, known to another server. */
const elsewhere = (): ReportDeps<ImportReporter> => ({ own: () => undefined, leader: serve(own).client })

for (const [where, deps] of [
  ['the server that leads', () => own],
  ['another server', elsewhere],
] as const) {
  describe(`what is tracked, asked of ${where}`, () => {
    test('one tag, and none that is not tracked', async () => {
      const { get } = serve(deps())
      assert.deepEqual((await get('namespaces/a/imports/s:2')).body, {
        kind: 'Import',
        apiVersion: 'millrace.dev/v1alpha1',
        ...report('a', 's', '2'),
      })
      const missing = await get('namespaces/a/imports/s:3')
      assert.deepEqual([missing.status, missing.body.message], [404, 'imports.millrace.dev "s:3" not found'])
      assert.equal((await get('namespaces/a/imports/s')).status, 400)
    })

    test('all, those of a namespace, those that are selected', async () => {
      const { get } = serve(deps())
      assert.deepEqual(names((await get('imports')).body), ['a/s:1', 'a/s:2', 'a/t:1', 'b/s:1'])
      assert.deepEqual(names((await get('namespaces/b/imports')).body), ['b/s:1'])
      assert.deepEqual(names((await get('imports?labelSelector=stream%3Dt')).body), ['a/t:1'])
      assert.deepEqual(names((await get('imports?fieldSelector=metadata.name%3Ds:1')).body), ['a/s:1', 'b/s:1'])
      assert.equal((await get('imports?fieldSelector=spec.x%3D1')).status, 400)
    })

    test('page by page', async () => {
      const { get } = serve(deps())
      const found: string[][] = []
      for (let next = ''; ;) {
        const { body } = await get(`imports?limit=3${next}`)
        found.push(names(body))
        if (!body.metadata.continue) break
        next = `&continue=${body.metadata.continue}`
      }
      assert.deepEqual(found, [['a/s:1', 'a/s:2', 'a/t:1'], ['b/s:1']])
      assert.equal((await get('imports?limit=1&continue=x')).status, 400)
    })

    test('as a table', async () => {
      const { get } = serve(deps())
      const { body } = await get('namespaces/b/imports', { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' })
      const { rows } = body as unknown as { rows: { cells: unknown[] }[] }
      assert.deepEqual(rows[0]!.cells.slice(0, 9), [
        's:1',
        'q.io/s:1',
        '<none>',
        '60s',
        '<none>',
        '0s',
        '<none>',
        'DNS',
        '<none>',
      ])
    })
  })
}

test('a page costs what it shows, however many tags are tracked', async () => {
  const many = reporter(Array.from({ length: 10_000 }, (_, i) => ['a', `s${10_000 + i}`, '1'] as const))
  const { get } = serve({ own: () => many })
  assert.equal((await get('namespaces/a/imports?limit=500')).body.items.length, 500)
  assert.equal(many.made, 501)
})

test('a whole list comes from another server in pages, so that no answer is without bounds', async () => {
  const { client } = serve({
    own: () => reporter(Array.from({ length: 2_500 }, (_, i) => ['a', `s${10_000 + i}`, '1'] as const)),
  })
  const limits: unknown[] = []
  const leader = (): ReturnType<typeof client> => {
    const asked = client()
    return Object.assign(Object.create(asked) as typeof asked, {
      list: (...[target, options]: Parameters<typeof asked.list>) => {
        limits.push(options?.limit)
        return asked.list(target, options)
      },
    })
  }
  const { get } = serve({ own: () => undefined, leader })
  assert.equal((await get('imports')).body.items.length, 2_500)
  assert.deepEqual(limits, [1_000, 1_000, 1_000])
})

test('where nobody leads, clients are told to come again', async () => {
  for (const [deps, message] of [
    [{ own: () => undefined }, 'the server has only just started'],
    [
      {
        own: () => undefined,
        leader: () => {
          throw nobodyToAsk('no server leads')
        },
      },
      'no server leads',
    ],
  ] as const) {
    const { status, headers, body } = await serve(deps).get('namespaces/a/imports')
    assert.deepEqual([status, headers['retry-after'], body.reason], [503, '1', 'ServiceUnavailable'])
    assert.equal(body.message, `what the server that leads knows is not known at the moment: ${message}`)
  }
})
