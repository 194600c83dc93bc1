// What is malformed is answered with the status that Kubernetes would use; the server goes on as if nothing had been.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Answer } from '../support/plainRequest.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const STREAMS = '/apis/image.openshift.io/v1/namespaces/default/imagestreams'
const TAGS = '/apis/image.openshift.io/v1/namespaces/default/imagestreamtags'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'

inEachWorld((world) => {
  let server: Server
  before(async () => {
    server = await world.start()
    const tags = [{ name: 'a', from: { kind: 'DockerImage', name: 'example.com/a:1' }, reference: true }]
    await server.call('POST', STREAMS, stream('there', { spec: { tags } }))
  })
  after(() => server?.stop())

  const stream = (name: string, more: object = {}) => ({
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name },
    ...more,
  })

  function assertStatus(answer: Answer, code: number, reason: string, message: RegExp): void {
    const status = answer.json() as { message: string }
    assert.partialDeepStrictEqual(
      { ...status, http: answer.status },
      { http: code, kind: 'Status', status: 'Failure', code, reason },
    )
    assert.match(status.message, message)
    assert.doesNotMatch(answer.text, /\bat .*\.ts:\d+|node:internal|\/src\//, 'no stack trace')
  }

  interface Case {
    name: string
    method?: string
    path?: string
    /** The kube-apiserver of a cluster would answer this itself: it is asked of our own program. */
    own?: boolean
    body?: string | object
    headers?: Record<string, string>
    code: number
    reason: string
    message: RegExp
  }

  const json = { 'content-type': 'application/json' }
  const yaml = { 'content-type': 'application/yaml' }
  const patch = (type: string) => ({ 'content-type': `application/${type}` })
  const one = `${STREAMS}/there`

  const CASES: readonly Case[] = [
    { name: 'broken JSON', body: '{"metadata": {', headers: json, code: 400, reason: 'BadRequest', message: /./ },
    { name: 'no JSON at all', body: 'hello', headers: json, code: 400, reason: 'BadRequest', message: /./ },
    { name: 'broken YAML', body: 'a: [1,\nb: {', headers: yaml, code: 400, reason: 'BadRequest', message: /./ },
    { name: 'an empty body', body: '', headers: json, code: 400, reason: 'BadRequest', message: /./ },
    { name: 'a list instead of an object', body: '[]', headers: json, code: 400, reason: 'BadRequest', message: /./ },
    { name: 'a number instead of an object', body: '1', headers: json, code: 400, reason: 'BadRequest', message: /./ },
    {
      name: 'another kind',
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } },
      code: 400,
      reason: 'BadRequest',
      message: /does not match the expected API version/,
    },
    {
      name: 'a string for a boolean',
      body: stream('x', { spec: { lookupPolicy: { local: 'yes' } } }),
      code: 400,
      reason: 'BadRequest',
      message: /cannot unmarshal|local/,
    },
    {
      name: 'an object for a list',
      body: stream('x', { spec: { tags: {} } }),
      code: 400,
      reason: 'BadRequest',
      message: /tags|cannot unmarshal/,
    },
    {
      name: 'an unknown field, strictly',
      path: `${STREAMS}?fieldValidation=Strict`,
      body: stream('x', { spec: { tagz: [] } }),
      code: 400,
      reason: 'BadRequest',
      message: /unknown field "spec\.tagz"/,
    },
    {
      name: 'a field twice, strictly',
      path: `${STREAMS}?fieldValidation=Strict`,
      body: '{"apiVersion":"image.openshift.io/v1","kind":"ImageStream","metadata":{"name":"x","name":"y"}}',
      headers: json,
      code: 400,
      reason: 'BadRequest',
      message: /duplicate field "metadata\.name"/,
    },
    {
      name: 'a name against the grammar',
      body: stream('Not_A_Name'),
      code: 422,
      reason: 'Invalid',
      message: /metadata\.name/,
    },
    {
      name: 'a name with a path in it',
      body: stream('../../etc'),
      code: 422,
      reason: 'Invalid',
      message: /metadata\.name/,
    },
    { name: 'no name', body: stream(''), code: 422, reason: 'Invalid', message: /name or generateName is required/ },
    {
      name: 'a label against the grammar',
      body: { ...stream('x'), metadata: { name: 'x', labels: { 'a b': 'c' } } },
      code: 422,
      reason: 'Invalid',
      message: /metadata\.labels/,
    },
    {
      name: 'a second object of the name',
      body: stream('there'),
      code: 409,
      reason: 'AlreadyExists',
      message: /"there" already exists/,
    },
    {
      name: 'a namespace that is missing',
      path: STREAMS.replace('default', 'nowhere'),
      body: stream('x'),
      code: 404,
      reason: 'NotFound',
      message: /namespaces "nowhere" not found/,
    },
    {
      name: 'a namespace that differs from the path',
      body: { ...stream('x'), metadata: { name: 'x', namespace: 'other' } },
      code: 400,
      reason: 'BadRequest',
      message: /namespace/,
    },
    {
      name: 'a body of four megabytes',
      body: stream('x', { spec: { pad: 'x'.repeat(4 << 20) } }),
      code: 413,
      reason: 'RequestEntityTooLarge',
      message: /./,
    },
    {
      name: 'a media type nobody knows',
      body: 'x',
      headers: { 'content-type': 'text/x-wheel' },
      code: 415,
      reason: 'UnsupportedMediaType',
      message: /./,
    },
    {
      name: 'an answer nobody can give',
      method: 'GET',
      path: one,
      headers: { accept: 'text/x-wheel' },
      code: 406,
      reason: 'NotAcceptable',
      message: /./,
    },
    {
      name: 'an object that is missing',
      method: 'GET',
      path: `${STREAMS}/none`,
      code: 404,
      reason: 'NotFound',
      message: /imagestreams\.image\.openshift\.io "none" not found/,
    },
    {
      name: 'a resource that is missing',
      method: 'GET',
      path: '/apis/image.openshift.io/v1/wheels',
      code: 404,
      reason: 'NotFound',
      message: /could not find the requested resource/,
    },
    {
      name: 'a group that is missing',
      own: true,
      method: 'GET',
      path: '/apis/wheels.example.com/v1',
      code: 404,
      reason: 'NotFound',
      message: /./,
    },
    {
      name: 'a verb that does not exist',
      method: 'PUT',
      path: STREAMS,
      body: stream('x'),
      code: 405,
      reason: 'MethodNotAllowed',
      message: /./,
    },
    {
      name: 'a tag name without a colon',
      method: 'GET',
      path: `${TAGS}/there`,
      code: 400,
      reason: 'BadRequest',
      message: /must be retrieved with <name>:<tag>/,
    },
    {
      name: 'a path with a broken percent',
      own: true,
      method: 'GET',
      path: `${STREAMS}/%zz`,
      code: 400,
      reason: 'BadRequest',
      message: /./,
    },
    {
      name: 'a selector that cannot be parsed',
      method: 'GET',
      path: `${STREAMS}?labelSelector=a%20in%20(`,
      code: 400,
      reason: 'BadRequest',
      message: /./,
    },
    {
      name: 'a field that cannot be selected by',
      method: 'GET',
      path: `${STREAMS}?fieldSelector=spec.wheel%3D1`,
      code: 400,
      reason: 'BadRequest',
      message: /field label not supported|not a known field selector/,
    },
    {
      name: 'a resource version that is no number',
      method: 'GET',
      path: `${STREAMS}?resourceVersion=abc`,
      code: 400,
      reason: 'BadRequest',
      message: /./,
    },
    {
      name: 'a continue token that nobody gave out',
      method: 'GET',
      path: `${STREAMS}?limit=1&continue=abc`,
      code: 400,
      reason: 'BadRequest',
      message: /continue/,
    },
    {
      name: 'a JSON patch that is no list',
      method: 'PATCH',
      path: one,
      body: '{}',
      headers: patch('json-patch+json'),
      code: 400,
      reason: 'BadRequest',
      message: /./,
    },
    {
      name: 'a JSON patch that does not apply',
      method: 'PATCH',
      path: one,
      body: '[{"op":"remove","path":"/spec/none"}]',
      headers: patch('json-patch+json'),
      code: 422,
      reason: 'Invalid',
      message: /./,
    },
    {
      name: 'a JSON patch whose test fails',
      method: 'PATCH',
      path: one,
      body: '[{"op":"test","path":"/metadata/name","value":"x"}]',
      headers: patch('json-patch+json'),
      code: 422,
      reason: 'Invalid',
      message: /./,
    },
    {
      name: 'a merge patch that is no object',
      method: 'PATCH',
      path: one,
      body: '[]',
      headers: patch('merge-patch+json'),
      code: 400,
      reason: 'BadRequest',
      message: /./,
    },
    {
      name: 'a strategic merge patch without its merge key',
      method: 'PATCH',
      path: one,
      body: '{"spec":{"tags":[{"from":{}}]}}',
      headers: patch('strategic-merge-patch+json'),
      code: 422,
      reason: 'Invalid',
      message: /does not contain declared merge key: name/,
    },
    {
      name: 'a patch that breaks the object',
      method: 'PATCH',
      path: one,
      body: '{"spec":{"tags":[{"name":"a","from":{"kind":"Wheel","name":"x"}}]}}',
      headers: patch('merge-patch+json'),
      code: 422,
      reason: 'Invalid',
      message: /spec\.tags\[a\]\.from\.kind/,
    },
    {
      name: 'a patch of an unknown type',
      method: 'PATCH',
      path: one,
      body: '{}',
      headers: json,
      code: 415,
      reason: 'UnsupportedMediaType',
      message: /./,
    },
    {
      name: 'a stale resourceVersion',
      method: 'PUT',
      path: one,
      body: {
        ...stream('there', { spec: { lookupPolicy: { local: true } } }),
        metadata: { name: 'there', resourceVersion: '1' },
      },
      code: 409,
      reason: 'Conflict',
      message: /the object has been modified/,
    },
    {
      name: 'another name than the path',
      method: 'PUT',
      path: one,
      body: stream('elsewhere'),
      code: 400,
      reason: 'BadRequest',
      message: /name/,
    },
    {
      name: 'a deletion of another uid',
      method: 'DELETE',
      path: one,
      body: { preconditions: { uid: 'x' } },
      code: 409,
      reason: 'Conflict',
      message: /the UID in the precondition \(x\) does not match the UID in record/,
    },
    {
      name: 'a Deployment whose selector misses its template',
      path: DEPLOYMENTS,
      body: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'x' },
        spec: {
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'c' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
      },
      code: 422,
      reason: 'Invalid',
      message: /selector/,
    },
  ]

  describe('the API', () => {
    for (const c of CASES) {
      test(`answers ${c.code} to ${c.name}`, async () => {
        const { method = 'POST', path = STREAMS, own } = c
        const answer = own
          ? await server.callOwn(server.admin, method, path)
          : await server.call(method, path, c.body, c.headers)
        assertStatus(answer, c.code, c.reason, c.message)
      })
    }

    test('warns of an unknown field where strictness was not asked for', async () => {
      const answer = await server.call(
        'POST',
        `${STREAMS}?fieldValidation=Warn`,
        stream('warned', { spec: { tagz: [] } }),
      )
      assert.equal(answer.status, 201)
      assert.match(String(answer.headers['warning']), /unknown field \\"spec\.tagz\\"/)
    })

    test('takes no harm from keys that JavaScript treats specially', async () => {
      const body =
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"proto","labels":{"__proto__":"x"}},"data":{"__proto__":"a","constructor":"b"}}'
      const answer = await server.call('POST', '/api/v1/namespaces/default/configmaps', body, json)
      // No label may begin with an underscore.
      assert.equal(answer.status, 422, answer.text)
      const stored = await server.call(
        'POST',
        '/api/v1/namespaces/default/configmaps',
        body.replace(/,"labels":{[^}]*}/, ''),
        json,
      )
      assert.equal(stored.status, 201, stored.text)
      assert.match(stored.text, /"data":\{"__proto__":"a","constructor":"b"\}/)
      assert.equal((await server.call('GET', one)).status, 200)
    })

    test('takes no harm from objects nested a hundred thousand deep', async () => {
      const deep = '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)
      const body = `${JSON.stringify(stream('deep')).slice(0, -1)},"unknown":${deep}}`
      const answer = await server.call('POST', STREAMS, body, json)
      assert.equal(answer.status, 400)
      assert.match(answer.text, /exceeded max depth/)
    })

    test('has stored nothing of all this, and still answers', async () => {
      const { items } = (await server.call('GET', STREAMS)).json() as { items: { metadata: { name: string } }[] }
      assert.deepEqual(
        items.map((item) => item.metadata.name),
        ['there', 'warned'],
      )
      assert.equal((await server.callOwn({}, 'GET', '/readyz')).status, 200)
      assert.doesNotMatch(server.output(), /\n +at .*:\d+:\d+/, 'no stack trace in the log')
    })
  })

  describe('the command line', () => {
    const CASES: readonly [string, string[], RegExp][] = [
      ['an unknown command', ['wheel'], /wheel/],
      ['an unknown flag', ['tag', '--wheel'], /--wheel/],
      ['a missing argument', ['tag'], /./],
      ['a stream that is missing', ['describe', 'is', 'none'], /"none" not found/],
      [
        'an import of a stream that does not exist',
        ['import-image', 'none'],
        /no image stream named "none" exists, pass --confirm to create and import/,
      ],
      ['a tag that is missing', ['tag', 'none:1', 'a:b'], /not found|is not currently pointing to an image/],
      ['a workload that is missing', ['set', 'triggers', 'deployment/none', '--auto'], /"none" not found/],
      ['a kubeconfig that is missing', ['--kubeconfig', '/none', 'describe', 'is', 'x'], /\/none/],
      ['a context that is missing', ['--context', 'none', 'describe', 'is', 'x'], /none/],
      ['a port that is none', ['standalone', '--port', 'wheel'], /wheel/],
    ]
    for (const [name, args, message] of CASES) {
      test(`says in one line of stderr what is wrong: ${name}`, async () => {
        const outcome = await server.millrace.fail(...args)
        assert.equal(outcome.stdout, '')
        assert.match(outcome.stderr, /^[^\n]+\n$/, outcome.stderr)
        assert.match(outcome.stderr, message)
      })
    }

    test('says so when the server cannot be reached', async () => {
      const file = join(server.directory, 'unreachable')
      writeFileSync(file, readFileSync(server.kubeconfig, 'utf8').replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'))
      const outcome = await server.millrace.fail('--kubeconfig', file, 'describe', 'is', 'x')
      assert.match(outcome.stderr, /^[^\n]*127\.0\.0\.1:1[^\n]*\n$/)
    })
  })
})
