import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request, watchEvents } from '../../test/support/request.ts'
import { startWidgets as start } from '../../test/support/widgetServer.ts'

const W = '/apis/test.millrace.dev/v1/namespaces/p/widgets'
const widget = (name: string, spec: object = {}, meta: object = {}): object => ({ metadata: { name, ...meta }, spec })

type Body = {
  metadata: {
    name: string
    resourceVersion: string
    continue?: string
    remainingItemCount?: number
    generation: number
    uid: string
    labels?: object
    managedFields?: object[]
  }
  spec: { parts?: unknown[] }
  items: Body[]
  message: string
  reason: string
  code: number
  kind: string
  details: { causes?: { field: string }[] }
}

test('creating fills metadata, and answers 201 with the canonical object', async () => {
  const { handler } = await start()
  const made = await request(handler, 'POST', W, { body: widget('a', { parts: [{ name: 'x' }], bogus: 1 }) })
  assert.equal(made.status, 201)
  const body = made.json as Body
  assert.equal(body.kind, 'Widget')
  assert.equal(body.metadata.generation, 1)
  assert.match(body.metadata.uid, /^[0-9a-f-]{36}$/)
  assert.deepEqual(body.spec, { parts: [{ name: 'x', notes: null }] })
  assert.deepEqual(made.headers.warning, ['299 - "unknown field \\"spec.bogus\\""'])
})

test('a link of an object to itself, as old servers gave it, is not kept', async () => {
  const { handler } = await start()
  const exported = widget('a', { color: 'red' }, { selfLink: '/old' })
  for (const [method, url, type] of [
    ['POST', W, 'application/json'],
    ['PATCH', `${W}/a`, 'application/merge-patch+json'],
  ] as const) {
    const { json } = await request(handler, method, url, { body: exported, type })
    assert.ok(!('selfLink' in (json as Body).metadata), method)
  }
})

test('errors carry the status, reason and details of Kubernetes', async () => {
  const { handler } = await start()
  await request(handler, 'POST', W, { body: widget('a') })
  const table: [string, string, unknown, number, string, RegExp][] = [
    ['POST', W, widget('a'), 409, 'AlreadyExists', /widgets.test.millrace.dev "a" already exists/],
    ['GET', `${W}/none`, undefined, 404, 'NotFound', /widgets.test.millrace.dev "none" not found/],
    ['POST', W, widget('b', { color: 'none' }), 422, 'Invalid', /spec.color: Required value: a widget needs a colour/],
    ['POST', W, widget('A b'), 422, 'Invalid', /metadata.name/],
    ['POST', W, '{"metadata":', 400, 'BadRequest', /json parse error/],
    ['POST', W, '[]', 400, 'BadRequest', /must be an object of kind Widget/],
    ['POST', W, { ...widget('b'), kind: 'Gadget' }, 400, 'BadRequest', /must be of type Widget/],
    ['POST', W, { ...widget('b'), apiVersion: 'v2' }, 400, 'BadRequest', /does not match the expected API version/],
    ['POST', W, widget('b', {}, { namespace: 'q' }), 400, 'BadRequest', /does not match the namespace sent/],
    ['POST', W.replace('/p/', '/nowhere/'), widget('b'), 404, 'NotFound', /namespaces "nowhere" not found/],
    ['POST', `${W}?dryRun=Some`, widget('b'), 422, 'Invalid', /dryRun: Unsupported value: "Some"/],
    [
      'POST',
      `${W}?fieldValidation=Strict`,
      widget('b', { bogus: 1 }),
      400,
      'BadRequest',
      /strict decoding error: unknown field "spec.bogus"/,
    ],
    [
      'POST',
      `${W}?fieldValidation=Strict`,
      '{"metadata":{"name":"b","name":"c"}}',
      400,
      'BadRequest',
      /duplicate field "metadata.name"/,
    ],
    ['PUT', `${W}/a`, widget('z'), 400, 'BadRequest', /does not match the name on the URL/],
    ['PUT', `${W}/none`, widget('none'), 404, 'NotFound', /not found/],
    ['PUT', `${W}/a`, widget('a', {}, { resourceVersion: '1' }), 409, 'Conflict', /the object has been modified/],
    ['GET', `${W}?fieldSelector=spec.nosuch=1`, undefined, 400, 'BadRequest', /not a known field selector/],
    ['GET', `${W}?limit=x`, undefined, 400, 'BadRequest', /limit must be a whole number/],
    ['GET', `${W}?watch=1&sendInitialEvents=true`, undefined, 422, 'Invalid', /requires setting resourceVersionMatch/],
    ['GET', `${W}/a?resourceVersion=x`, undefined, 400, 'BadRequest', /must be a decimal number/],
    [
      'GET',
      `${W}/a?resourceVersion=9999`,
      undefined,
      504,
      'Timeout',
      /^Too large resource version: 9999, current: \d+$/,
    ],
    ['GET', `${W}?resourceVersion=9999`, undefined, 504, 'Timeout', /^Too large resource version: 9999, current: \d+$/],
    [
      'GET',
      `${W}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion=9999`,
      undefined,
      504,
      'Timeout',
      /^Too large resource version: 9999, current: \d+$/,
    ],
    ['PATCH', W, {}, 405, 'MethodNotAllowed', /does not allow this method/],
    ['GET', '/apis/test.millrace.dev/v1/nosuch', undefined, 404, 'NotFound', /could not find the requested resource/],
    ['GET', '/apis/test.millrace.dev/v1/widgets/a', undefined, 404, 'NotFound', /could not find/],
    ['GET', '/nothing/here', undefined, 404, 'NotFound', /could not find/],
  ]
  for (const [method, path, body, status, reason, message] of table) {
    const answer = await request(handler, method, path, { body })
    const json = answer.json as Body
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
    assert.equal(json.reason, reason, path)
    assert.match(json.message, message)
    assert.equal(json.kind, 'Status')
  }
})

test('a write with the current resourceVersion passes, an equal one writes nothing, labels keep the generation', async () => {
  const { handler } = await start()
  const made = (await request(handler, 'POST', W, { body: widget('a') })).json as Body
  const same = (await request(handler, 'PUT', `${W}/a`, { body: made })).json as Body
  assert.equal(same.metadata.resourceVersion, made.metadata.resourceVersion)
  const labelled = { ...made, metadata: { ...made.metadata, labels: { l: '1' } } }
  const next = (await request(handler, 'PUT', `${W}/a`, { body: labelled })).json as Body
  assert.equal(next.metadata.generation, 1)
  assert.notEqual(next.metadata.resourceVersion, made.metadata.resourceVersion)
  const blind = (await request(handler, 'PUT', `${W}/a`, { body: widget('a', { count: 0 }) })).json as Body
  assert.deepEqual([blind.metadata.generation, blind.metadata.uid, blind.spec], [2, made.metadata.uid, { count: 0 }])
})

test('patches of all three kinds change what they say', async () => {
  const { handler } = await start()
  await request(handler, 'POST', W, { body: widget('a', { color: 'red', parts: [{ name: 'x', size: 1 }] }) })
  const patch = async (type: string, body: unknown): Promise<unknown> =>
    ((await request(handler, 'PATCH', `${W}/a`, { type, body })).json as Body).spec
  assert.deepEqual(await patch('application/merge-patch+json', { spec: { color: null } }), {
    parts: [{ name: 'x', size: 1, notes: null }],
  })
  assert.deepEqual(await patch('application/strategic-merge-patch+json', { spec: { parts: [{ name: 'y' }] } }), {
    parts: [
      { name: 'y', notes: null },
      { name: 'x', size: 1, notes: null },
    ],
  })
  assert.deepEqual(await patch('application/json-patch+json', [{ op: 'remove', path: '/spec/parts/0' }]), {
    parts: [{ name: 'x', size: 1, notes: null }],
  })
  const refused = await request(handler, 'PATCH', `${W}/a`, { type: 'text/plain', body: 'x' })
  assert.equal(refused.status, 415)
})

test('concurrent patches all arrive', async () => {
  const { handler } = await start()
  await request(handler, 'POST', W, { body: widget('a') })
  const type = 'application/merge-patch+json'
  const keys = Array.from({ length: 8 }, (_, i) => `k${i}`)
  await Promise.all(
    keys.map((key) => request(handler, 'PATCH', `${W}/a`, { type, body: { metadata: { labels: { [key]: 'x' } } } })),
  )
  const { metadata } = (await request(handler, 'GET', `${W}/a`)).json as Body
  assert.deepEqual(Object.keys(metadata.labels!).toSorted(), keys)
})

test('the status subresource changes only the status, the main resource everything else', async () => {
  const { handler } = await start()
  await request(handler, 'POST', W, { body: widget('a', { color: 'red' }) })
  const type = 'application/merge-patch+json'
  const body = { spec: { color: 'blue' }, status: { ready: 3 } }
  const viaStatus = (await request(handler, 'PATCH', `${W}/a/status`, { type, body })).json as object
  assert.deepEqual(
    [(viaStatus as { spec: object }).spec, (viaStatus as { status: object }).status],
    [{ color: 'red' }, { ready: 3 }],
  )
  const viaMain = (await request(handler, 'PATCH', `${W}/a`, { type, body: { status: { ready: 9 } } })).json as {
    status: object
  }
  assert.deepEqual(viaMain.status, { ready: 3 })
})

test('a dry run answers as usual and stores nothing', async () => {
  const { handler } = await start()
  const dry = await request(handler, 'POST', `${W}?dryRun=All`, { body: widget('a') })
  assert.equal(dry.status, 201)
  assert.equal((await request(handler, 'GET', `${W}/a`)).status, 404)
  await request(handler, 'POST', W, { body: widget('a') })
  await request(handler, 'DELETE', `${W}/a?dryRun=All`)
  await request(handler, 'DELETE', `${W}/a`, { body: { dryRun: ['All'] } })
  assert.equal((await request(handler, 'GET', `${W}/a`)).status, 200)
})

test('lists are paged: tokens lead through everything exactly once, also while objects come', async () => {
  const { handler } = await start()
  for (let i = 0; i < 7; i++)
    await request(handler, 'POST', W, { body: widget(`w${i}`, {}, { labels: { odd: String(i % 2) } }) })
  const names: string[] = []
  let token: string | undefined
  const remaining: unknown[] = []
  do {
    const url = `${W}?limit=3${token ? `&continue=${encodeURIComponent(token)}` : ''}`
    const page = (await request(handler, 'GET', url)).json as Body
    names.push(...page.items.map((i) => i.metadata.name))
    remaining.push(page.metadata.remainingItemCount)
    token = page.metadata.continue
    await request(handler, 'POST', W, { body: widget(`late${names.length}`) })
  } while (token)
  assert.deepEqual(names, ['w0', 'w1', 'w2', 'w3', 'w4', 'w5', 'w6'])
  assert.deepEqual(remaining, [4, 1, undefined])
  const odd = (await request(handler, 'GET', `${W}?limit=2&labelSelector=odd%3D1`)).json as Body
  assert.deepEqual(
    odd.items.map((i) => i.metadata.name),
    ['w1', 'w3'],
  )
  assert.ok(odd.metadata.continue)
  const exact = (
    await request(
      handler,
      'GET',
      `${W}?resourceVersion=${odd.items[0]!.metadata.resourceVersion}&resourceVersionMatch=Exact`,
    )
  ).json as Body
  assert.deepEqual(
    exact.items.map((i) => i.metadata.name),
    ['w0', 'w1'],
  )
  assert.equal((await request(handler, 'GET', `${W}?resourceVersion=999999999`)).status, 504)
  // A client that remembers what the server has lost (a power cut, a restored backup) would else wait in vain for what is new.
  assert.equal((await request(handler, 'GET', `${W}?watch=1&timeoutSeconds=1&resourceVersion=999999999`)).status, 504)
})

test('a watch shows what exists, then changes; selections are entered and left', async () => {
  const { handler } = await start()
  await request(handler, 'POST', W, { body: widget('a', {}, { labels: { l: 'x' } }) })
  const type = 'application/merge-patch+json'
  const events = await watchEvents(handler, `${W}?watch=true&labelSelector=l%3Dx`, 4, {}, async () => {
    await request(handler, 'POST', W, { body: widget('b') })
    await request(handler, 'PATCH', `${W}/b`, { type, body: { metadata: { labels: { l: 'x' } } } })
    await request(handler, 'PATCH', `${W}/a`, { type, body: { spec: { color: 'red' } } })
    await request(handler, 'PATCH', `${W}/a`, { type, body: { metadata: { labels: { l: 'y' } } } })
  })
  assert.deepEqual(
    events.map((e) => `${e.type} ${e.object.metadata.name}`),
    ['ADDED a', 'ADDED b', 'MODIFIED a', 'DELETED a'],
  )
})

test('a streaming list ends its initial events with a bookmark', async () => {
  const { handler } = await start()
  await request(handler, 'POST', W, { body: widget('a') })
  const url = `${W}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`
  const events = await watchEvents<{ type: string; object: { metadata: { annotations?: object } } }>(handler, url, 2)
  assert.deepEqual(
    events.map((e) => e.type),
    ['ADDED', 'BOOKMARK'],
  )
  assert.deepEqual(events[1]!.object.metadata.annotations, { 'k8s.io/initial-events-end': 'true' })
})

test('a watch that wants no initial events begins with what changes', async () => {
  const { handler } = await start()
  await request(handler, 'POST', W, { body: widget('a') })
  for (const from of ['', '&resourceVersion=0']) {
    const url = `${W}?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan${from}`
    const name = `b${from.length}`
    const events = await watchEvents(handler, url, 1, {}, async () => {
      await request(handler, 'POST', W, { body: widget(name) })
    })
    assert.deepEqual([events[0]!.type, events[0]!.object.metadata.name], ['ADDED', name])
  }
})

test('a watch ends quietly at its timeout', async () => {
  const { handler } = await start()
  const { metadata } = (await request(handler, 'GET', W)).json as Body
  const answer = await request(
    handler,
    'GET',
    `${W}?watch=1&timeoutSeconds=1&resourceVersion=${metadata.resourceVersion}`,
  )
  assert.deepEqual([answer.status, answer.text], [200, ''])
})

test('a watch that ends tells last how far it has come, who wants bookmarks', async () => {
  const { handler } = await start()
  const before = (await request(handler, 'GET', W)).json as Body
  await request(handler, 'POST', W.replace('/p/', '/q/'), { body: widget('elsewhere') })
  const query = `watch=1&timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=${before.metadata.resourceVersion}`
  const { text } = await request(handler, 'GET', `${W}?${query}`)
  const now = (await request(handler, 'GET', W)).json as Body
  const { type, object } = JSON.parse(text) as { type: string; object: Body }
  assert.deepEqual([type, object.metadata.resourceVersion], ['BOOKMARK', now.metadata.resourceVersion])
})

test('deletion: finalizers hold an object, preconditions guard it, collections go by selector', async () => {
  const { handler } = await start()
  const held = (await request(handler, 'POST', W, { body: widget('f', {}, { finalizers: ['example.com/hold'] }) }))
    .json as Body
  const wrong = await request(handler, 'DELETE', `${W}/f`, { body: { preconditions: { uid: 'other' } } })
  assert.equal(wrong.status, 409)
  const marked = (await request(handler, 'DELETE', `${W}/f`)).json as {
    metadata: { deletionTimestamp: string; generation: number }
  }
  assert.ok(marked.metadata.deletionTimestamp)
  assert.equal(marked.metadata.generation, held.metadata.generation + 1)
  const type = 'application/merge-patch+json'
  await request(handler, 'PATCH', `${W}/f`, { type, body: { metadata: { finalizers: null } } })
  assert.equal((await request(handler, 'GET', `${W}/f`)).status, 404)
  for (const [name, l] of [
    ['a', 'x'],
    ['b', 'y'],
  ] as const)
    await request(handler, 'POST', W, { body: widget(name, {}, { labels: { l } }) })
  await request(handler, 'DELETE', `${W}?labelSelector=l%3Dx`)
  const left = (await request(handler, 'GET', W)).json as Body
  assert.deepEqual(
    left.items.map((i) => i.metadata.name),
    ['b'],
  )
})

test('Tables and metadata alone are answered on request, for objects, lists and watches', async () => {
  const { handler } = await start()
  await request(handler, 'POST', W, { body: widget('a', { color: 'red' }) })
  const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'
  type Table = {
    kind: string
    columnDefinitions: { name: string }[]
    rows: { cells: unknown[]; object: { kind: string } }[]
  }
  const list = (await request(handler, 'GET', W, { accept: table })).json as Table
  assert.deepEqual(
    [list.kind, list.columnDefinitions.map((c) => c.name), list.rows[0]!.cells],
    ['Table', ['Name', 'Color'], ['a', 'red']],
  )
  assert.equal(list.rows[0]!.object.kind, 'PartialObjectMetadata')
  const status = (await request(handler, 'GET', `${W}/a/status`, { accept: table })).json as Table
  assert.deepEqual(status.rows[0]!.cells, ['a', 'red'])
  const [event] = await watchEvents<{ object: Table }>(handler, `${W}?watch=1`, 1, { accept: table })
  assert.deepEqual(event!.object.rows[0]!.cells, ['a', 'red'])
  const partial = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
  assert.equal(((await request(handler, 'GET', W, { accept: partial })).json as Body).kind, 'PartialObjectMetadataList')
  assert.match((await request(handler, 'GET', `${W}/a`, { accept: 'application/yaml' })).text, /^kind: Widget$/m)
  assert.equal((await request(handler, 'GET', `${W}/a`, { accept: 'image/png' })).status, 406)
})

test('only health is open to strangers', async () => {
  const { handler } = await start()
  for (const path of ['/livez', '/readyz', '/healthz'])
    assert.equal((await request(handler, 'GET', path, { user: null })).status, 200)
  for (const path of ['/api', '/apis', '/version', '/openapi/v2', W]) {
    const answer = await request(handler, 'GET', path, { user: null })
    assert.deepEqual([answer.status, (answer.json as Body).reason], [401, 'Unauthorized'], path)
  }
})

test('a user who is impersonated has only their own rights', async () => {
  const { handler } = await start()
  const answer = await request(handler, 'GET', W, { headers: { 'impersonate-user': 'jane' } })
  assert.equal(answer.status, 403)
  assert.match(
    (answer.json as Body).message,
    /User "jane" cannot list resource "widgets" in API group "test.millrace.dev" in the namespace "p"/,
  )
})

test('impersonating without naming a user is refused, not ignored', async () => {
  const { handler } = await start()
  for (const header of ['impersonate-group', 'impersonate-uid', 'impersonate-extra-scopes'])
    assert.equal((await request(handler, 'GET', W, { headers: { [header]: 'x' } })).status, 400, header)
})

test('discovery and OpenAPI tell of the kind and its merge keys', async () => {
  const { handler } = await start()
  const { paths } = (await request(handler, 'GET', '/')).json as { paths: string[] }
  assert.ok(paths.includes('/apis/test.millrace.dev/v1'))
  for (const path of paths) assert.equal((await request(handler, 'GET', path)).status, 200, path)
  const resources = (await request(handler, 'GET', '/apis/test.millrace.dev/v1')).json as {
    resources: { name: string }[]
  }
  assert.deepEqual(
    resources.resources.map((r) => r.name),
    ['widgets', 'widgets/status'],
  )
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'
  const aggregated = await request(handler, 'GET', '/apis', { accept })
  assert.match(String(aggregated.headers['content-type']), /as=APIGroupDiscoveryList/)
  const v3 = (await request(handler, 'GET', '/openapi/v3/apis/test.millrace.dev/v1')).json as {
    components: { schemas: Record<string, { properties: Record<string, object> }> }
    paths: Record<string, Record<string, { parameters: { name: string }[] }>>
  }
  assert.deepEqual(v3.components.schemas['dev.millrace.test.v1.WidgetSpec']!.properties.parts, {
    description: 'Its parts.',
    type: 'array',
    items: { allOf: [{ $ref: '#/components/schemas/dev.millrace.test.v1.Part' }] },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-patch-merge-key': 'name',
    'x-kubernetes-patch-strategy': 'merge',
  })
  const patch = v3.paths['/apis/test.millrace.dev/v1/namespaces/{namespace}/widgets/{name}']!.patch!
  assert.ok(patch.parameters.some((p) => p.name === 'fieldValidation'))
})

test('server-side apply creates, guards what others own, and takes back what it no longer names', async () => {
  const { handler } = await start()
  const type = 'application/apply-patch+yaml'
  const apply = (manager: string, spec: object, more = ''): ReturnType<typeof request> =>
    request(handler, 'PATCH', `${W}/a?fieldManager=${manager}${more}`, {
      type,
      body: { apiVersion: 'test.millrace.dev/v1', kind: 'Widget', metadata: { name: 'a' }, spec },
    })
  assert.equal((await apply('one', { color: 'red', parts: [{ name: 'x' }] })).status, 201)
  const again = await apply('one', { color: 'red', parts: [{ name: 'x' }] })
  const before = (again.json as Body).metadata.resourceVersion
  assert.equal(
    ((await apply('one', { color: 'red', parts: [{ name: 'x' }] })).json as Body).metadata.resourceVersion,
    before,
  )
  const contested = await apply('two', { color: 'blue' })
  assert.equal(contested.status, 409)
  assert.deepEqual((contested.json as Body).details.causes, [
    { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.color' },
  ])
  assert.equal((await apply('two', { color: 'blue' }, '&force=true')).status, 200)
  const left = (await apply('one', { count: 3 })).json as Body
  assert.deepEqual(left.spec, { color: 'blue', count: 3 })
  const refused = await request(handler, 'PATCH', `${W}/a`, { type, body: {} })
  assert.match((refused.json as Body).message, /fieldManager: Required value/)
})

test('appliers that all create the same object meet in it', async () => {
  const { handler } = await start()
  const type = 'application/apply-patch+yaml'
  const names = Array.from({ length: 5 }, (_, i) => `part${i}`)
  const answers = await Promise.all(
    names.map((name) => {
      const body = { metadata: { name: 'shared' }, spec: { parts: [{ name }] } }
      return request(handler, 'PATCH', `${W}/shared?fieldManager=${name}`, {
        type,
        body: { apiVersion: 'test.millrace.dev/v1', kind: 'Widget', ...body },
      })
    }),
  )
  assert.deepEqual(
    answers.map((a) => a.status).toSorted((a, b) => a - b),
    [200, 200, 200, 200, 201],
  )
  const { spec } = (await request(handler, 'GET', `${W}/shared`)).json as { spec: { parts: { name: string }[] } }
  assert.deepEqual(spec.parts.map((part) => part.name).toSorted(), names)
})

test('whoever changes a field owns it', async () => {
  const { handler } = await start()
  const managers = async (): Promise<string[]> => {
    const { metadata } = (await request(handler, 'GET', `${W}/a`)).json as {
      metadata: { managedFields: { manager: string; operation: string; fieldsV1: object }[] }
    }
    return metadata.managedFields.map((f) => `${f.manager} ${f.operation} ${JSON.stringify(f.fieldsV1)}`)
  }
  await request(handler, 'POST', W, {
    body: widget('a', { color: 'red' }),
    headers: { 'user-agent': 'kubectl/v1 (x)' },
  })
  assert.deepEqual(await managers(), ['kubectl Update {"f:spec":{"f:color":{}}}'])
  const type = 'application/merge-patch+json'
  await request(handler, 'PATCH', `${W}/a?fieldManager=other`, { type, body: { spec: { color: 'blue' } } })
  assert.deepEqual(await managers(), ['other Update {"f:spec":{"f:color":{}}}'])
  await request(handler, 'PUT', `${W}/a?fieldManager=third`, { body: widget('a', { color: 'green' }) })
  assert.deepEqual(await managers(), ['third Update {"f:spec":{"f:color":{}}}'])
})

test('who owns what can be forgotten, by a client that resets it or an applier that wants nothing any more', async () => {
  const { handler } = await start()
  const tracked = async (name: string) => {
    const { metadata } = (await request(handler, 'GET', `${W}/${name}`)).json as Body
    return metadata.managedFields !== undefined
  }
  await request(handler, 'POST', W, { body: widget('a', { color: 'red' }) })
  assert.ok(await tracked('a'))
  const reset = { metadata: { managedFields: [{}] } }
  await request(handler, 'PATCH', `${W}/a`, { type: 'application/merge-patch+json', body: reset })
  assert.ok(!(await tracked('a')))
  const apply = (wanted: object) => {
    const body = { apiVersion: 'test.millrace.dev/v1', kind: 'Widget', metadata: { name: 'b' }, ...wanted }
    return request(handler, 'PATCH', `${W}/b?fieldManager=m`, { type: 'application/apply-patch+yaml', body })
  }
  await apply({ spec: { color: 'red' } })
  assert.ok(await tracked('b'))
  const left = (await apply({})).json as Body
  assert.deepEqual([left.spec, await tracked('b')], [{}, false])
})
