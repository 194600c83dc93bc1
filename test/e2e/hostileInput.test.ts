// Input that is meant to hurt: each piece gets a clear answer, changes nothing, and leaves the server alive and quick.
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { connect, type TLSSocket } from 'node:tls'
import { after, before, describe, test } from 'node:test'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const API = '/apis/image.openshift.io/v1/namespaces/default'
const STREAMS = `${API}/imagestreams`
const TAGS = `${API}/imagestreamtags`
const ONE = `${STREAMS}/there`
const JSON_TYPE = { 'content-type': 'application/json' }
const YAML_TYPE = { 'content-type': 'application/yaml' }
const patch = (type: string) => ({ 'content-type': `application/${type}` })

/** Lists whose version tells whether anything was written. */
const LISTS = [
  STREAMS,
  '/apis/image.openshift.io/v1/images',
  // Clusters make and change ConfigMaps of their own.
  '/api/v1/configmaps?fieldSelector=metadata.name!=kube-root-ca.crt,metadata.namespace!=kube-system',
  '/apis/apps/v1/deployments',
]
/** Milliseconds in which a server that is alive answers, also on a machine that does a lot else. */
const QUICK = 2000

inEachWorld((world) => {
  let server: Server
  before(async () => {
    server = await world.start()
    const tags = [{ name: 'a', from: { kind: 'DockerImage', name: 'example.com/a:1' }, reference: true }]
    assert.equal((await server.call('POST', STREAMS, stream('there', { spec: { tags } }))).status, 201)
  })
  after(() => server?.stop())

  const stream = (name: string, more: object = {}) => ({
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name },
    ...more,
  })
  const text = (fields: string) =>
    `{"apiVersion":"image.openshift.io/v1","kind":"ImageStream","metadata":{"name":"x"${fields}}}`
  const many = (count: number, piece: (i: number) => string) => Array.from({ length: count }, (_, i) => piece(i)).join()

  async function state(): Promise<unknown> {
    const answers = await Promise.all(LISTS.map((path) => server.call('GET', path)))
    const lists = answers.map((answer) => answer.json() as { metadata: object; items: object[] })
    return world.lacks('silence') ? lists.map(({ items }) => items) : lists
  }

  /** Runs it; afterwards everything is as it was, and the server answers at once. */
  async function harmless(run: () => Promise<void>): Promise<void> {
    const before = await state()
    await run()
    const started = performance.now()
    assert.equal((await server.callOwn({}, 'GET', '/readyz')).status, 200)
    assert.ok(performance.now() - started < QUICK)
    assert.deepEqual(await state(), before)
    assert.doesNotMatch(server.output(), /\n +at .*:\d+:\d+/, 'no stack trace in the log')
  }

  interface Case {
    name: string
    method?: string
    path?: string
    /** The kube-apiserver of a cluster would answer this itself: it is asked of our own program. */
    own?: boolean
    body?: string | Buffer | undefined
    headers?: Record<string, string>
    code: number
    message: RegExp
  }

  async function refused({
    method = 'POST',
    path = STREAMS,
    own = false,
    body,
    headers = JSON_TYPE,
    code,
    message,
  }: Case): Promise<void> {
    const answer = own
      ? await server.callOwn(server.admin, method, path)
      : await server.call(method, path, body, headers)
    const status = answer.json() as { kind: string; status: string; code: number; message: string }
    assert.equal(answer.status, code, answer.text.slice(0, 500))
    assert.partialDeepStrictEqual(status, { kind: 'Status', status: 'Failure', code })
    assert.match(status.message, message)
    assert.ok(answer.text.length < 200_000, `an answer of ${answer.text.length} bytes`)
  }

  const NAMES = [
    'a%3Ab',
    'a:b',
    'a@b',
    'a%2Fb',
    'a/b',
    '..',
    'ä',
    'a\u0308',
    '\u202eevil',
    '\u{1F600}',
    'a\0b',
    '__proto__',
    'x'.repeat(10_000),
  ]
  const names: Case[] = NAMES.map((name) => ({
    name: `the name ${JSON.stringify(name.slice(0, 20))}`,
    body: JSON.stringify(stream(name)),
    code: 422,
    message: /metadata\.name: Invalid value: .*(may not|must match|cannot be longer)/s,
  }))

  const paths: Case[] = [
    ['%zz', 400, /broken percent-encoding: "%zz"/],
    ['%ff', 400, /broken percent-encoding: "%ff"/],
    ['%00', 404, /"\0" not found/],
    ['%25', 404, /"%" not found/],
    ['..%2f..%2fsecrets', 404, /"\.\.\/\.\.\/secrets" not found/],
    ['x'.repeat(10_000), 404, /not found/],
  ].map(([name, code, message]) => ({
    name: `the path of ${String(name).slice(0, 30)}`,
    own: true,
    method: 'GET',
    path: `${STREAMS}/${name}`,
    code: code as number,
    message: message as RegExp,
  }))

  const tagNames: Case[] = ['there', ':a', 'there:', 'there:a:b', 'there@a', 'there%253Aa', '%00'].flatMap((name) =>
    ['GET', 'PUT', 'DELETE'].map((method) => ({
      name: `${method} of the tag ${name}`,
      method,
      path: `${TAGS}/${name}`,
      body: method === 'PUT' ? '{"tag":{"name":"a","from":{"kind":"DockerImage","name":"x/y"}}}' : undefined,
      code: 400,
      message: /must be retrieved with <name>:<tag>/,
    })),
  )

  const bodies: Case[] = [
    {
      name: 'invalid UTF-8',
      body: Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
      code: 400,
      message: /not in UTF-8/,
    },
    {
      name: 'a body in gzip',
      body: gzipSync(Buffer.alloc(50_000_000, ' ')),
      headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
      code: 415,
      message: /"gzip": send it as it is/,
    },
    { name: 'a byte order mark', body: `\ufeff${text('')}`, code: 400, message: /json parse error/ },
    { name: 'NaN', body: text(',"generation":NaN'), code: 400, message: /json parse error/ },
    {
      name: 'a number beyond all',
      body: text(',"generation":1e400'),
      code: 400,
      message: /cannot unmarshal number Infinity/,
    },
    {
      name: 'a number beyond 2^53',
      body: text(',"generation":9007199254740993'),
      code: 400,
      message: /cannot unmarshal number 9007199254740992 into .* of type int64/,
    },
    {
      name: 'a negative generation',
      body: text(',"deletionGracePeriodSeconds":-9007199254740993'),
      code: 400,
      message: /of type int64/,
    },
    { name: 'half a number', body: text(',"generation":1.5'), code: 400, message: /cannot unmarshal number 1\.5/ },
    {
      name: 'nesting in what is kept as it is',
      path: '/apis/image.openshift.io/v1/images',
      body: `{"dockerImageMetadata":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`,
      code: 400,
      message: /exceeded max depth/,
    },
    {
      name: 'an infinite number in what is kept as it is',
      path: '/apis/image.openshift.io/v1/images',
      body: '{"dockerImageMetadata":{"Size":1e400}}',
      code: 400,
      message: /cannot unmarshal number Infinity/,
    },
    {
      name: 'a list of the kind',
      body: '{"apiVersion":"image.openshift.io/v1","kind":"ImageStreamList","items":[]}',
      code: 400,
      message: /it says kind "ImageStreamList"/,
    },
    {
      name: 'another version',
      body: '{"apiVersion":"image.openshift.io/v2","kind":"ImageStream"}',
      code: 400,
      message: /does not match the expected API version \(image\.openshift\.io\/v1\)/,
    },
    {
      name: 'a kind that is an object',
      body: '{"apiVersion":["v1"],"kind":{}}',
      code: 400,
      message: /does not match the expected API version/,
    },
    {
      name: 'an object sent as a patch',
      headers: patch('merge-patch+json'),
      body: text(''),
      code: 415,
      message: /unknown format/,
    },
    {
      name: 'two media types',
      headers: { 'content-type': 'application/json, application/yaml' },
      body: text(''),
      code: 415,
      message: /unknown format/,
    },
    {
      name: 'labels like the prototype of all objects',
      body: text(',"labels":{"__proto__":"x","constructor":"y"}'),
      code: 422,
      message: /metadata\.labels: Invalid value: "__proto__"/,
    },
    {
      name: 'a hundred thousand labels that are none',
      body: text(`,"labels":{${many(100_000, (i) => `"a b${i}":"c d"`)}}`),
      code: 422,
      message: /, and more\]$/,
    },
    {
      name: 'a hundred thousand finalizers that are none',
      body: text(`,"finalizers":[${many(100_000, () => '"a b"')}]`),
      code: 422,
      message: /metadata\.finalizers/,
    },
    {
      name: 'very many owners, all of which control',
      body: text(
        `,"ownerReferences":[${many(20_000, (i) => `{"apiVersion":"v1","kind":"X","name":"${i}","uid":"","controller":true}`)}]`,
      ),
      code: 422,
      message: /must not be empty/,
    },
    {
      name: 'a Secret of the type constructor',
      path: '/api/v1/namespaces/default/secrets',
      body: '{"metadata":{"name":"A"},"type":"constructor","data":{"__proto__":"YQ=="}}',
      code: 422,
      message: /metadata\.name/,
    },
  ]

  const yaml: Case[] = [
    {
      name: 'a bomb of aliases',
      body: `a0: &a0 [x]\n${Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join()}]`).join('\n')}`,
      code: 400,
      message: /aliases stand for too much/,
    },
    {
      name: 'an alias inside of itself',
      path: '/apis/image.openshift.io/v1/images',
      body: 'metadata: {name: x}\ndockerImageReference: a/b\ndockerImageMetadata: &a {x: *a, y: *a}',
      code: 400,
      message: /stands inside of what it means/,
    },
    { name: 'lists without end', body: '['.repeat(40_000), code: 400, message: /nested too deeply/ },
    {
      name: 'three megabytes of short lines',
      body: `a:\n${'- x\n'.repeat(700_000)}`,
      code: 413,
      message: /send it as JSON/,
    },
    {
      name: 'three megabytes of empty lines',
      body: `a: 1\n${'\n'.repeat(3_000_000)}`,
      code: 413,
      message: /send it as JSON/,
    },
    { name: 'two documents', body: 'a: 1\n---\nb: 2', code: 400, message: /more than one document; send one object/ },
  ]

  const patches: Case[] = [
    ['json-patch+json', '[{"op":"add","path":"/__proto__/x","value":1}]', 422, /missing path: \/__proto__\/x/],
    ['json-patch+json', '[{"op":"replace","path":"/constructor/prototype/x","value":1}]', 422, /missing path/],
    ['json-patch+json', `[${many(10_001, () => '{"op":"test","path":"","value":{}}')}]`, 413, /maximum operations/],
    ['merge-patch+json', '{"metadata":{"labels":{"__proto__":"x"}}}', 422, /"__proto__"/],
    ['merge-patch+json', `{"spec":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`, 400, /exceeded max depth/],
    ['merge-patch+json', 'null', 400, /cannot unmarshal null/],
    ['merge-patch+json', '', 400, /the body is empty/],
    ['strategic-merge-patch+json', '{"metadata":{"annotations":{"__proto__":"x"}}}', 422, /"__proto__"/],
    ['strategic-merge-patch+json', '{"spec":{"$setElementOrder/__proto__":"x"}}', 400, /setElementOrder/],
    ['apply-patch+yaml', 'a: &a [*a, *a]', 400, /stands inside of what it means/],
    [
      'apply-patch+yaml',
      '{"apiVersion":"image.openshift.io/v1","kind":"ImageStream","__proto__":{"x":1}}',
      400,
      /field not declared in schema/,
    ],
  ].map(([type, body, code, message]) => ({
    name: `the ${String(type)} ${String(body).slice(0, 60)}`,
    method: 'PATCH',
    path: `${ONE}?fieldManager=x`,
    headers: patch(type as string),
    body: body as string,
    code: code as number,
    message: message as RegExp,
  }))

  const queries: Case[] = [
    ['?limit=__proto__', /limit must be a whole number/],
    ['?limit=1e9', /limit must be a whole number/],
    ['?watch=1&timeoutSeconds=-1', /timeoutSeconds must be a whole number/],
    ['?watch=1&timeoutSeconds=99999999999999999999', /timeoutSeconds must be a whole number/],
    ['?watch=1&resourceVersion=NaN', /resourceVersion must be a decimal number/],
    ['?labelSelector=__proto__%3Dx', /unable to parse requirement/],
    ['?fieldSelector=__proto__%3Dx', /not a known field selector/],
    ['?fieldSelector=constructor%3Dx', /not a known field selector/],
  ].map(([query, message]) => ({
    name: `the query ${String(query)}`,
    method: 'GET',
    path: `${STREAMS}${query as string}`,
    code: 400,
    message: message as RegExp,
  }))

  describe('hostile input is refused, and changes nothing:', () => {
    for (const [group, cases] of Object.entries({ names, paths, tagNames, bodies, yaml, patches, queries })) {
      test(group, () =>
        harmless(async () => {
          for (const c of cases) {
            await refused({ headers: group === 'yaml' ? YAML_TYPE : JSON_TYPE, ...c }).catch((error: unknown) => {
              throw new Error(c.name, { cause: error })
            })
          }
        }),
      )
    }
  })

  /** Sends bytes as they are, and gives everything that comes back. The server closes the connection when it has answered. */
  function raw(bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = dial(() => socket.write(bytes))
      let answer = ''
      socket.setEncoding('utf8').on('data', (piece: string) => (answer += piece))
      socket.on('error', reject).on('close', () => resolve(answer))
    })
  }

  function dial(connected: () => void): TLSSocket {
    const { url, ca } = server.own
    const { hostname, port } = new URL(url)
    const { cert, key } = server.admin
    const client = cert !== undefined && key !== undefined && { cert, key }
    return connect({ port: Number(port), host: hostname, ca, ...client, ALPNProtocols: ['http/1.1'] }, connected)
  }

  describe('HTTP that nobody should send', () => {
    const request = (line: string, headers = '', body = '') =>
      `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n${body}`
    const chunk = 'x'.repeat(100_000)
    const chunks = `186a0\r\n${chunk}\r\n`.repeat(40)
    const cases: [name: string, bytes: string, answer: RegExp][] = [
      ...['OPTIONS', 'TRACE', 'PROPFIND', 'PUT'].map((method): [string, string, RegExp] => [
        method,
        request(`${method} ${STREAMS}`),
        /^HTTP\/1\.1 405 .*MethodNotAllowed/s,
      ]),
      ['an unknown method', request(`BREW ${STREAMS}`), /^HTTP\/1\.1 400 .*Invalid method/s],
      ['a target that is no path', request('GET apis'), /^HTTP\/1\.1 400 .*the request is no HTTP/s],
      ['two slashes', request('GET //apis//image.openshift.io/v1/imagestreams'), /^HTTP\/1\.1 404 .*NotFound/s],
      ['dots in the path', request(`GET ${STREAMS}/../imagestreams`), /^HTTP\/1\.1 404 .*NotFound/s],
      ['dots in the path, in disguise', request(`GET ${STREAMS}/%2e%2e`), /^HTTP\/1\.1 404 .*\\"\.\.\\" not found/s],
      ['a slash too many', request(`GET ${STREAMS}//`), /^HTTP\/1\.1 404 .*NotFound/s],
      ['a whole URL of another scheme', request(`GET ftp://x${STREAMS}`), /^HTTP\/1\.1 404 .*NotFound/s],
      [
        'two lengths',
        request(`POST ${STREAMS}`, 'Content-Length: 1\r\nContent-Length: 2\r\n', '{}'),
        /^HTTP\/1\.1 400 /,
      ],
      [
        'a length and chunks',
        request(`POST ${STREAMS}`, 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
        /^HTTP\/1\.1 400 /,
      ],
      [
        'a body that is announced as endless',
        request(`POST ${STREAMS}`, 'Content-Type: application/json\r\nContent-Length: 99999999999999\r\n', '{'),
        /^HTTP\/1\.1 413 .*limit is 3145728/s,
      ],
      [
        'chunks beyond the limit',
        request(`POST ${STREAMS}`, 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n', chunks),
        /^HTTP\/1\.1 413 .*limit is 3145728/s,
      ],
      [
        'a broken chunk',
        request(`POST ${STREAMS}`, 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n', 'zz\r\n'),
        /^HTTP\/1\.1 400 /,
      ],
      [
        'headers without end',
        request(`GET ${STREAMS}`, 'a: b\r\n'.repeat(11_000)),
        /^HTTP\/1\.1 431 .*fewer or shorter/s,
      ],
      ['an expectation that nobody knows', request(`GET ${STREAMS}`, 'Expect: wheel\r\n'), /^HTTP\/1\.1 417 /],
    ]
    for (const [name, bytes, expected] of cases)
      test(`gets a clear answer: ${name}`, () => harmless(async () => assert.match(await raw(bytes), expected)))

    test('a whole URL means its path, a slash at the end nothing', async () => {
      for (const target of [`http://elsewhere.example${STREAMS}`, `${STREAMS}/`])
        assert.match(await raw(request(`GET ${target}`)), /^HTTP\/1\.1 200 .*"kind":"ImageStreamList"/s)
      assert.match(await raw(request(`HEAD ${STREAMS}`)), /^HTTP\/1\.1 200 /)
    })

    test('a body that breaks off is none', () =>
      harmless(async () => {
        const body = JSON.stringify(stream('half'))
        const head = `Content-Type: application/json\r\nContent-Length: ${body.length + 1}\r\n`
        await new Promise<void>((resolve, reject) => {
          const socket = dial(() => socket.write(request(`POST ${STREAMS}`, head, body), () => socket.destroy()))
          socket.on('close', () => resolve()).on('error', reject)
        })
        assert.equal((await server.call('GET', `${STREAMS}/half`)).status, 404)
      }))

    test('thousands of query parameters, and a watch that asks for a century, are nothing special', async () => {
      const query = many(5000, (i) => `a${i}=b`).replaceAll(',', '&')
      assert.equal((await server.call('GET', `${STREAMS}?${query}&limit=1`)).status, 200)
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = dial(() => socket.write(request(`GET ${STREAMS}?watch=1&timeoutSeconds=9999999999`)))
        socket.on('error', reject).once('data', (piece: Buffer) => {
          socket.destroy()
          resolve(String(piece))
        })
      })
      assert.match(answer, /^HTTP\/1\.1 200 /)
    })
  })

  describe('what may be strange is kept as it is', () => {
    const STRANGE = [
      '__proto__',
      'constructor',
      'toString',
      'a\u0308',
      'ä',
      '\u202e',
      '\u{1F600}',
      't'.repeat(10_000),
      '%2F',
      ' ',
      '..',
    ]

    test('names of tags', async () => {
      const tags = STRANGE.map((name) => ({ name, from: { kind: 'DockerImage', name: 'x/y:1' }, reference: true }))
      assert.equal((await server.call('POST', STREAMS, stream('strange', { spec: { tags } }))).status, 201)
      await server.restart('SIGKILL')
      const read = (await server.call('GET', `${STREAMS}/strange`)).json() as { status: { tags: { tag: string }[] } }
      const bytes = (name: string) => Buffer.from(name)
      assert.deepEqual(
        read.status.tags.map((t) => t.tag),
        STRANGE.toSorted((a, b) => Buffer.compare(bytes(a), bytes(b))),
      )
      for (const name of STRANGE.filter((n) => n.length < 100)) {
        const path = `${API}/imagetags/strange:${encodeURIComponent(name)}`
        const found = (await server.call('GET', path)).json() as { metadata: { name: string } }
        assert.equal(found.metadata.name, `strange:${name}`)
      }
      assert.equal((await server.call('DELETE', `${STREAMS}/strange`)).status, 200)
    })

    test('keys of data, which clients read and patch by name', async () => {
      const path = '/api/v1/namespaces/default/configmaps'
      const body = '{"metadata":{"name":"keys"},"data":{"__proto__":"a","constructor":"b","toString":"c"}}'
      assert.equal((await server.call('POST', path, body, JSON_TYPE)).status, 201)
      const change = '{"data":{"__proto__":"z","toString":null}}'
      assert.equal((await server.call('PATCH', `${path}/keys`, change, patch('merge-patch+json'))).status, 200)
      assert.match((await server.call('GET', `${path}/keys`)).text, /"data":\{"__proto__":"z","constructor":"b"\}/)
      assert.equal(
        await server.kubectl.run('get', 'cm/keys', '-o', 'jsonpath={.data}'),
        '{"__proto__":"z","constructor":"b"}',
      )
      assert.equal((await server.call('DELETE', `${path}/keys`)).status, 200)
    })

    test('times of another clock: ages, order and columns stay sound', async () => {
      const times = { now: new Date().toISOString(), future: '2999-01-01T00:00:00Z', past: '0001-01-01T00:00:00Z' }
      assert.equal((await server.call('POST', STREAMS, stream('clocks'))).status, 201)
      const tags = Object.entries(times).map(([tag, created]) => ({
        tag,
        items: [{ created, dockerImageReference: 'a/b', image: '', generation: 1 }],
      }))
      const path = `${STREAMS}/clocks/status`
      const answer = await server.call('PATCH', path, JSON.stringify({ status: { tags } }), patch('merge-patch+json'))
      assert.equal(answer.status, 200, answer.text)
      assert.match(await server.kubectl.run('get', 'is/clocks'), /clocks +future,now,past +Less than a second ago/)
      for (const [name, time] of Object.entries({ ...times, ancient: '0002-01-01T00:00:00Z' })) {
        const event = {
          metadata: { name },
          involvedObject: { kind: 'Pod', name: 'x', namespace: 'default' },
          reason: 'Tested',
          type: 'Normal',
          lastTimestamp: time.replace(/\.\d+Z/, 'Z'),
        }
        assert.equal((await server.call('POST', '/api/v1/namespaces/default/events', event)).status, 201)
      }
      const shown = await server.kubectl.run('get', 'events', '--field-selector', 'reason=Tested')
      assert.match(shown, /\n292y +Normal +Tested/)
      assert.match(shown, /\n<unknown> +Normal +Tested/)
      assert.match(shown, /\n<invalid> +Normal +Tested/)
      assert.equal((await server.call('DELETE', `${STREAMS}/clocks`)).status, 200)
    })
  })
})
