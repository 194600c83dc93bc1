import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runCommand } from '../../../test/support/commandLine.ts'
import { ApiError, notFound } from '../../core/machinery/status.ts'

const NS = '/apis/image.openshift.io/v1/namespaces/demo'
const digest = `sha256:${'a'.repeat(64)}`
const missing = notFound({ group: 'image.openshift.io', plural: 'imagestreams' }, 'ubi')
const image = {
  metadata: { name: digest },
  dockerImageReference: `r.io/ubi@${digest}`,
  dockerImageMetadata: { Size: 1000, Created: '2025-12-31T23:00:00Z', Architecture: 'amd64' },
}
const result = (status: object) => ({ metadata: { name: 'ubi' }, spec: { import: true }, status })
const stream = {
  metadata: { name: 'ubi', namespace: 'demo', resourceVersion: '3' },
  spec: { lookupPolicy: { local: false }, tags: [{ name: '8', from: { kind: 'DockerImage', name: 'r.io/ubi:8' } }] },
  status: { dockerImageRepository: '' },
}

test('a new stream is read, imported once, and described', async () => {
  const { code, out, err, calls } = await runCommand(
    ['import-image', 'ubi', '--confirm', '--all', '--from', 'r.io/ubi', '--insecure', '--limit', '1'],
    {
      [`GET ${NS}/imagestreams/ubi`]: missing,
      [`POST ${NS}/imagestreamimports`]: result({
        import: stream,
        repository: {
          status: { status: 'Success' },
          images: [{ tag: '8', image, status: {} }],
          additionalTags: ['x', 'y'],
        },
      }),
    },
  )
  assert.deepEqual(calls, [
    { line: `GET ${NS}/imagestreams/ubi` },
    {
      line: `POST ${NS}/imagestreamimports`,
      body: {
        kind: 'ImageStreamImport',
        apiVersion: 'image.openshift.io/v1',
        metadata: { name: 'ubi', namespace: 'demo', annotations: { 'millrace.dev/import-limit': '1' } },
        spec: {
          import: true,
          repository: {
            from: { kind: 'DockerImage', name: 'r.io/ubi' },
            importPolicy: { insecure: true, importMode: 'Legacy' },
            referencePolicy: { type: 'Source' },
          },
        },
      },
    },
  ])
  assert.equal(code, 0)
  assert.equal(err, '')
  assert.match(out, /^imagestream\.image\.openshift\.io\/ubi imported\n\nName:\t\t\tubi\n/)
  assert.match(out, /\n\nImage Name:\tubi:8\nDocker Image:\tr\.io/)
  const left = 'info: 1 of the 3 tags of the repository were imported, of the others\n  2 are beyond --limit: x, y\n\n'
  assert.ok(out.endsWith(`\n\n\n${left}`), out)
})

test('failures are told one by one, and decide the exit code', async () => {
  const failed = { status: 'Failure', message: 'dockerimage not found', reason: 'NotFound' }
  const answers = (status: object) => ({
    [`GET ${NS}/imagestreams/ubi`]: stream,
    [`POST ${NS}/imagestreamimports`]: result(status),
  })
  const single = await runCommand(['import-image', 'ubi:8'], answers({ images: [{ tag: '8', status: failed }] }))
  assert.deepEqual(
    [single.code, single.err],
    [1, 'error: tag 8 failed: dockerimage not found\nerror: imported completed with errors\n'],
  )
  assert.equal(single.out, 'imagestream.image.openshift.io/ubi imported with errors\n\n\n')
  // One tag of a repository is not the command's failure.
  const repository = { status: { status: 'Success' }, images: [{ tag: '8', status: failed }] }
  const whole = await runCommand(['import-image', 'ubi', '--all'], answers({ repository }))
  assert.deepEqual([whole.code, whole.err], [0, 'error: repository tag 8 failed: dockerimage not found\n'])
  const none = await runCommand(['import-image', 'ubi', '--all'], answers({ repository: { status: failed } }))
  assert.deepEqual(
    [none.code, none.err],
    [1, 'error: repository failed: dockerimage not found\nerror: imported completed with errors\n'],
  )
})

test('a failure that one can do something about ends in a hint, once', async () => {
  const failed = (tag: string, message: string) => ({ tag, status: { status: 'Failure', message } })
  const cases: [string, RegExp][] = [
    ['Get "https://r.io/v2/": http: server gave HTTP response to HTTPS client', /^hint: .*plain HTTP: pass --insecure/],
    ['tls: failed to verify certificate: x509: certificate signed by unknown authority', /^hint: .*pass --insecure/],
    ['you may not have access to the container image "r.io/a"', /^hint: .*kubectl create secret docker-registry /],
    ['incorrect username or password for image "r.io/a"', /^hint: .*kubectl create secret docker-registry /],
    ['dial tcp: lookup r.io: no such host', /^error: imported completed with errors/],
  ]
  for (const [message, expected] of cases) {
    const { err } = await runCommand(['import-image', 'ubi', '--all'], {
      [`GET ${NS}/imagestreams/ubi`]: stream,
      [`POST ${NS}/imagestreamimports`]: result({ images: [failed('8', message), failed('9', message)] }),
    })
    const [first, second, third = '', ...rest] = err.trimEnd().split('\n')
    assert.deepEqual([first, second], [`error: tag 8 failed: ${message}`, `error: tag 9 failed: ${message}`])
    assert.match(third, expected)
    assert.deepEqual(rest, third.startsWith('hint') ? ['error: imported completed with errors'] : [])
  }
})

test('a stream that changes between reading and importing is read again, a few times', async () => {
  const conflict = new ApiError(409, 'Conflict', 'the image stream was updated from "3" to "4"')
  for (const [overtaken, code] of [
    [2, 0],
    [9, 1],
  ] as const) {
    let reads = 0
    const answers = {
      [`GET ${NS}/imagestreams/ubi`]: () => ({
        ...stream,
        metadata: { ...stream.metadata, resourceVersion: String(++reads) },
      }),
      [`POST ${NS}/imagestreamimports`]: () =>
        reads > overtaken ? result({ images: [{ tag: '8', image }] }) : conflict,
    }
    const outcome = await runCommand(['import-image', 'ubi:8'], answers)
    assert.equal(outcome.code, code)
    const versions = outcome.calls.flatMap(
      ({ body }) => (body as { metadata: { resourceVersion: string } } | undefined)?.metadata.resourceVersion ?? [],
    )
    assert.deepEqual(versions, code === 0 ? ['1', '2', '3'] : ['1', '2', '3', '4', '5'])
    if (code === 1) assert.match(outcome.err, /^Error from server \(Conflict\): the image stream was updated/)
  }
})

describe('a repository with more tags than the server imports at once', () => {
  const names = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `1.${from + i}`)
  const sig = `sha256-${'c'.repeat(64)}.sig`
  const failed = { status: 'Failure', message: 'no such thing', reason: 'NotFound' }
  type Body = {
    metadata: { annotations?: Record<string, string> }
    spec: { images?: { from: { name: string }; to: { name: string } }[] }
  }

  /** A server of a repository with so many tags, of which it imports two at once. `meanwhile` is told before each later import. */
  function server(tags: string[], { has = {}, fail = [], meanwhile }: Server = {}) {
    const calls: Body[] = []
    const event = { created: null, dockerImageReference: 'x', image: digest, generation: 1 }
    const after = {
      ...stream,
      spec: {
        ...stream.spec,
        tags: Object.keys(has)
          .sort()
          .map((name) => Object.assign({ name, importPolicy: {} }, has[name])),
      },
      status: {
        ...stream.status,
        tags: Object.keys(has)
          .sort()
          .map((tag) => ({ tag, items: [event] })),
      },
    }
    const create = (body: Body): unknown => {
      calls.push(body)
      const { images } = body.spec
      if (!images) {
        const count = Math.min(2, Number(body.metadata.annotations?.['millrace.dev/import-limit'] ?? 2))
        const first = tags.slice(0, count).map((tag) => ({ tag, image, status: {} }))
        const repository = { status: { status: 'Success' }, images: first, additionalTags: tags.slice(count) }
        return result({ import: after, repository })
      }
      meanwhile?.(calls.length)
      const of = ({ to: { name } }: { to: { name: string } }) =>
        fail.includes(name) ? { status: failed } : { tag: name, status: {}, image }
      return result({ import: after, images: images.map(of) })
    }
    const answers = { [`GET ${NS}/imagestreams/ubi`]: missing, [`POST ${NS}/imagestreamimports`]: create }
    const run = (args: string[] = [], terminal: Parameters<typeof runCommand>[3] = {}) =>
      runCommand(['import-image', 'ubi', '--confirm', '--all', '--from', 'r.io/ubi', ...args], answers, {}, terminal)
    const later = () => calls.slice(1).map(({ spec }) => spec.images!.map(({ to }) => to.name))
    return { run, later, calls }
  }
  interface Server {
    has?: Record<string, object>
    fail?: string[]
    meanwhile?: (call: number) => void
  }

  test('is imported whole, some tags at a time, and nothing of progress is written where nobody looks', async () => {
    const s = server(names(0, 47))
    const { code, out, err } = await s.run(['--scheduled', '--reference-policy', 'local'])
    assert.deepEqual([code, err], [0, ''])
    assert.deepEqual(s.later(), [names(2, 22), names(22, 42), names(42, 47)])
    assert.deepEqual(s.calls[1]!.metadata, { name: 'ubi', namespace: 'demo' })
    assert.deepEqual(s.calls[1]!.spec.images![0], {
      from: { kind: 'DockerImage', name: 'r.io/ubi:1.2' },
      to: { name: '1.2' },
      importPolicy: { scheduled: true, importMode: 'Legacy' },
      referencePolicy: { type: 'Local' },
    })
    assert.match(out, /\ninfo: 47 of the 47 tags of the repository were imported\n\n$/)
  })

  test('what is left out is counted and named, by the reason', async () => {
    const policy = {
      from: { kind: 'DockerImage', name: 'r.io/ubi:1.0' },
      annotations: { 'millrace.dev/policy': 'semver' },
    }
    const s = server([...names(0, 9), 'stable', sig], { has: { stable: policy }, fail: ['1.4'] })
    const { code, out, err } = await s.run(['--limit', '7'])
    assert.deepEqual(s.later(), [names(2, 7)])
    assert.equal(code, 1)
    assert.equal(err, 'error: repository tag 1.4 failed: no such thing\nerror: imported completed with errors\n')
    const lines = [
      'info: 6 of the 11 tags of the repository were imported, of the others',
      '  2 are beyond --limit: 1.7, 1.8',
      '  1 follow a policy of their own: stable',
      `  1 are signatures and the like of images: ${sig}`,
      '  1 failed',
    ]
    assert.ok(out.endsWith(`\n${lines.join('\n')}\n\n`), out)
  })

  test('an interruption keeps what is done and says how to go on, which then leaves that out', async () => {
    const stop = new AbortController()
    const s = server(names(0, 62), { meanwhile: (call) => void (call === 3 && stop.abort()) })
    const { code, out, err } = await s.run([], { interrupted: () => stop.signal })
    assert.equal(code, 1)
    assert.match(err, /^error: interrupted: 20 tags are left; .* the same command with --resume goes on\n$/)
    assert.match(
      out,
      /info: 42 of the 62 tags of the repository were imported, of the others\n {2}20 were not come to\n/,
    )
    const has = Object.fromEntries(names(0, 42).map((name) => [name, { from: { name: `r.io/ubi:${name}` } }]))
    const again = server(names(0, 62), { has: { ...has, '1.5': { from: { name: 'elsewhere/ubi:1.5' } } } })
    const resumed = await again.run(['--resume'])
    assert.deepEqual(again.later(), [['1.5', ...names(42, 61)], ['1.61']])
    assert.match(resumed.out, /info: 21 of the 62 tags of the repository were imported, of the others\n/)
    assert.match(resumed.out, /\n {2}41 were imported before: 1\.0, 1\.1, 1\.2, 1\.3, 1\.4 and 36 more\n/)
  })

  test('no more are imported than the limit says, however few', async () => {
    const one = server(names(0, 5))
    assert.match((await one.run(['--limit', '1'])).out, /\ninfo: 1 of the 5 tags .*\n {2}4 are beyond --limit: 1\.1, /)
    assert.deepEqual(one.later(), [])
    const resumed = server(names(0, 5), { has: { '1.0': { from: { name: 'r.io/ubi:1.0' } } } })
    assert.match((await resumed.run(['--resume', '--limit', '1'])).out, /\ninfo: 1 of the 5 tags /)
    assert.deepEqual(resumed.later(), [['1.1']])
  })

  test('a server that refuses ends it in the same way', async () => {
    const full = new ApiError(403, 'Forbidden', 'requested usage exceeds the maximum limit')
    const s = server(names(0, 30), {
      meanwhile: (call) => {
        if (call === 3) throw full
      },
    })
    const { code, err } = await s.run()
    assert.equal(code, 1)
    assert.match(err, /Error from server \(Forbidden\): requested usage exceeds the maximum limit: 8 tags are left;/)
  })

  test('somebody who looks sees how far it is', async () => {
    const { err } = await server(names(0, 47), { fail: ['1.3'] }).run([], { interactive: true })
    const shown = err.split('\r\u001b[K')
    assert.deepEqual(shown.slice(0, 5), [
      '',
      'importing: 2 of 47 tags',
      'importing: 22 of 47 tags, 1 failed',
      'importing: 42 of 47 tags, 1 failed',
      'importing: 47 of 47 tags, 1 failed',
    ])
    assert.match(shown[5]!, /^error: repository tag 1\.3 failed/)
  })

  test('a dry run only tells them, as oc does', async () => {
    const s = server(names(0, 4))
    const { out } = await s.run(['--dry-run'])
    assert.deepEqual(s.later(), [])
    assert.match(out, /\ninfo: The remote repository contained 2 additional tags which were not imported: 1\.2, 1\.3\n/)
  })
})

test('a dry run imports nothing and says so', async () => {
  const answers = {
    [`GET ${NS}/imagestreams/ubi`]: stream,
    [`POST ${NS}/imagestreamimports`]: result({ images: [{ tag: '8', image }] }),
  }
  const { out, calls } = await runCommand(['import-image', 'ubi:8', '--dry-run'], answers)
  assert.equal((calls[1]!.body as { spec: { import: boolean } }).spec.import, false)
  assert.match(out, /^imagestream\.image\.openshift\.io\/ubi imported \(dry run\)\n\nImage Name:/)
})

test('-o prints the stream that was read', async () => {
  const answers = {
    [`GET ${NS}/imagestreams/ubi`]: stream,
    [`POST ${NS}/imagestreamimports`]: result({ images: [{ tag: '8', image }] }),
  }
  const { out } = await runCommand(['import-image', 'ubi:8', '-o', 'json'], answers)
  // A tag without a generation is one to be imported.
  const tags = stream.spec.tags.map((tag) => ({ ...tag, generation: 0 }))
  const spec = { ...stream.spec, tags }
  assert.deepEqual(JSON.parse(out), { ...stream, spec, kind: 'ImageStream', apiVersion: 'image.openshift.io/v1' })
  assert.equal(
    (await runCommand(['import-image', 'ubi:8', '-oname'], answers)).out,
    'imagestream.image.openshift.io/ubi\n',
  )
})

test('nothing is sent for a request that cannot be right, and refusals of the server are shown', async () => {
  const cases: [string[], RegExp, number][] = [
    [
      ['import-image'],
      /^error: the image name must be a valid container image pull spec or reference to an image stream /,
      0,
    ],
    [['import-image', 'ubi:8', '--all'], /^error: cannot specify a tag "ubi:8" as well as --all\n$/, 0],
    [
      ['import-image', 'ubi', '--reference-policy=x'],
      /^error: valid reference policy values are source or local\n$/,
      0,
    ],
    [
      ['import-image', 'ubi', '--import-mode', 'x'],
      /^error: valid ImportMode values are Legacy or PreserveOriginal\n$/,
      0,
    ],
    [['import-image', 'ubi', '-o', 'wide'], /^error: output format "wide" is not supported here/, 0],
    [['import-image', 'ubi', '--limit', '5'], /^error: --limit and --resume go with --all\n$/, 0],
    [['import-image', 'ubi', '--all', '--limit', '0'], /^error: --limit is a number of tags from 1 /, 0],
    [['import-image', 'ubi', 'more'], /^error: too many arguments/, 0],
    [
      ['import-image', 'ubi', '--form', 'x'],
      /^error: unknown option '--form' \(Did you mean --from\?\) \(see 'millrace import-image --help'\)\n$/,
      0,
    ],
    [['import-image', 'ubi'], /^error: no image stream named "ubi" exists, pass --confirm/, 1],
    [['import-image', 'other'], /^Error from server \(Forbidden\): no\n$/, 1],
  ]
  for (const [args, err, sent] of cases) {
    const outcome = await runCommand(args, {
      [`GET ${NS}/imagestreams/ubi`]: missing,
      [`GET ${NS}/imagestreams/other`]: new ApiError(403, 'Forbidden', 'no'),
    })
    assert.match(outcome.err, err)
    assert.deepEqual([outcome.code, outcome.calls.length, outcome.out], [1, sent, ''])
  }
})
