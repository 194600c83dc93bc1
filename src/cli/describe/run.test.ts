import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../../../test/support/commandLine.ts'
import { ApiError, badRequest, notFound } from '../../core/machinery/status.ts'

const NS = '/apis/image.openshift.io/v1/namespaces/demo'
const digest = `sha256:${'a'.repeat(64)}`
const stream = (name: string) => ({ metadata: { name }, spec: {}, status: {} })
const image = { metadata: { name: digest }, dockerImageReference: 'r.io/x', dockerImageMetadata: {} }
const missing = (plural: string, name: string) => notFound({ group: 'image.openshift.io', plural }, name)

test('names, lists and prefixes find streams', async () => {
  const answers = {
    [`GET ${NS}/imagestreams/ubi`]: stream('ubi'),
    [`GET ${NS}/imagestreams/ub`]: missing('imagestreams', 'ub'),
    [`GET ${NS}/imagestreams/x`]: missing('imagestreams', 'x'),
    [`LIST ${NS}/imagestreams`]: { metadata: {}, items: [stream('ubi'), stream('ubi-init'), stream('ruby')] },
  }
  const names = async (...args: string[]) => {
    const { out } = await runCommand(['describe', ...args], answers)
    return [...out.matchAll(/^Name:\s+(.*)$/gm)].map(([, name]) => name)
  }
  assert.deepEqual(await names('is/ubi'), ['ubi'])
  assert.deepEqual(await names('is', 'ubi'), ['ubi'])
  assert.deepEqual(await names('is'), ['ubi', 'ubi-init', 'ruby'])
  assert.deepEqual(await names('imagestream', 'ub'), ['ubi', 'ubi-init'])
  // Of a single name only, as kubectl.
  assert.deepEqual(await names('imagestream', 'ub', 'x'), [])
  const { code, err } = await runCommand(['describe', 'is', 'x'], answers)
  assert.deepEqual([code, err], [1, 'Error from server (NotFound): imagestreams.image.openshift.io "x" not found\n'])
})

test('tags and images are described by the image in them', async () => {
  const answers = {
    [`GET ${NS}/imagestreamtags/ubi:8`]: { metadata: { name: 'ubi:8' }, image },
    [`GET ${NS}/imagestreamimages/ubi@${digest}`]: { metadata: { name: 'x' }, image },
    [`GET ${NS}/imagetags/ubi:8`]: { metadata: { name: 'ubi:8' }, image: null },
    [`GET /apis/image.openshift.io/v1/images/${digest}`]: image,
  }
  for (const args of [
    ['istag', 'ubi:8'],
    ['isimage', `ubi@${digest}`],
  ]) {
    const { out } = await runCommand(['describe', ...args], answers)
    assert.ok(out.startsWith(`Image Name:\t${digest}\nDocker Image:\tr.io/x\n`), out)
  }
  assert.ok((await runCommand(['describe', 'image', digest], answers)).out.startsWith('Docker Image:\tr.io/x\n'))
  assert.equal((await runCommand(['describe', 'itag/ubi:8'], answers)).err, 'error: the tag has no image\n')
})

test('tags of a list are read again, with their images', async () => {
  const answers = {
    [`LIST ${NS}/imagestreamtags`]: {
      metadata: {},
      items: ['a:1', 'ubi:8', 'ubi:9'].map((name) => ({ metadata: { name } })),
    },
    [`GET ${NS}/imagestreamtags/ubi:8`]: { metadata: { name: 'ubi:8' }, image },
    [`GET ${NS}/imagestreamtags/ubi:9`]: { metadata: { name: 'ubi:9' }, image },
    [`GET ${NS}/imagestreamtags/ubi`]: missing('imagestreamtags', 'ubi'),
    [`GET ${NS}/imagestreamtags/u`]: badRequest('ImageStreamTags must be retrieved with <name>:<tag>'),
  }
  const one = (await runCommand(['describe', 'istag', 'ubi:8'], answers)).out
  const { out } = await runCommand(['describe', 'istag', 'ubi'], answers)
  assert.equal(out, `${one}\n${one}\n`)
  const refused = await runCommand(['describe', 'istag', 'u'], answers)
  assert.match(refused.err, /^Error from server \(BadRequest\): ImageStreamTags must be retrieved with/)
  const all = await runCommand(['describe', 'istag'], { ...answers, [`GET ${NS}/imagestreamtags/a:1`]: { image } })
  assert.equal(all.out, [one, one, one].join('\n\n'))
})

test('what cannot be described here is refused', async () => {
  const cases: [string[], RegExp][] = [
    [[], /^error: You must specify the type of resource to describe \(see 'millrace describe --help'\)\n$/],
    [
      ['pod', 'x'],
      /^error: "pod" cannot be described here, only is, istag, isimage and image: use kubectl describe\n$/,
    ],
    [['is/ubi', 'ruby'], /^error: there is no need to specify a resource type as a separate argument/],
  ]
  for (const [args, err] of cases) {
    const outcome = await runCommand(['describe', ...args])
    assert.match(outcome.err, err)
    assert.deepEqual([outcome.code, outcome.calls], [1, []])
  }
})

const REPORTS = '/apis/millrace.dev/v1alpha1/namespaces/demo/imports'
const scheduled = (name: string, scheduled = true) => ({
  name,
  from: { kind: 'DockerImage', name: `r.io/ubi:${name}` },
  importPolicy: { scheduled },
  referencePolicy: { type: 'Source' },
})
const streamOf = (...tags: object[]) => ({ metadata: { name: 'ubi' }, spec: { tags }, status: {} })
const report = (tag: string, status: object) => ({
  metadata: { name: `ubi:${tag}` },
  spec: { reference: `r.io/ubi:${tag}`, refresh: '1m' },
  status,
})
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString()

const known: [what: string, status: object, lines: string[]][] = [
  [
    'is checked',
    { lastCheck: at(-21), nextCheck: at(33) },
    ['checked 21 seconds ago, next in 33 seconds, for a freshness of 1m'],
  ],
  ['was just made', { nextCheck: at(60) }, ['not checked yet, next in about a minute, for a freshness of 1m']],
  [
    'was just checked',
    { lastCheck: at(0), nextCheck: at(33) },
    ['checked less than a second ago, next in 33 seconds, for a freshness of 1m'],
  ],
  ['is being checked', { lastCheck: at(-60) }, ['checked about a minute ago, is being checked, for a freshness of 1m']],
  [
    'is due',
    { lastCheck: at(-60), nextCheck: at(-1) },
    ['checked about a minute ago, next now, for a freshness of 1m'],
  ],
  [
    'waits for its registry',
    {
      lastCheck: at(-21),
      nextCheck: at(600),
      lastError: { reason: 'RateLimited', message: 'toomanyrequests' },
      delay: { reason: 'RateLimited', message: 'r.io has asked to wait', until: at(600) },
    },
    [
      'checked 21 seconds ago, next in 10 minutes, for a freshness of 1m',
      'delayed (RateLimited): r.io has asked to wait',
      'failing (RateLimited): toomanyrequests',
    ],
  ],
  [
    'cannot be checked',
    {
      lastError: { reason: 'InvalidPolicy', message: 'no such order' },
      delay: { reason: 'Invalid', message: 'nothing is checked until the tag is put right' },
    },
    [
      'not checked yet, for a freshness of 1m',
      'delayed (Invalid): nothing is checked until the tag is put right',
      'failing (InvalidPolicy): no such order',
    ],
  ],
]
for (const [what, status, lines] of known)
  test(`of a scheduled tag that ${what} it is told when it is checked`, async () => {
    const { out, code } = await runCommand(['describe', 'is', 'ubi'], {
      [`GET ${NS}/imagestreams/ubi`]: streamOf(scheduled('7', false), scheduled('8')),
      [`GET ${REPORTS}/ubi:8`]: report('8', status),
    })
    assert.equal(code, 0)
    const text = lines.map((line) => `    ${line}\n`).join('')
    assert.ok(out.includes(`8\n  updates automatically from registry r.io/ubi:8\n${text}\n`), out)
    assert.ok(out.includes('7\n  tagged from r.io/ubi:7\n\n'), out)
  })

test('a failure that the tag itself tells is told once', async () => {
  const conditions = [{ type: 'ImportSuccess', status: 'False', reason: 'DNS', message: 'no such host' }]
  const { out } = await runCommand(['describe', 'is', 'ubi'], {
    [`GET ${NS}/imagestreams/ubi`]: {
      ...streamOf(scheduled('8')),
      status: { tags: [{ tag: '8', items: null, conditions }] },
    },
    [`GET ${REPORTS}/ubi:8`]: report('8', { lastCheck: at(-1), lastError: { reason: 'DNS', message: 'no such host' } }),
  })
  assert.equal(out.split('no such host').length, 2, out)
})

test('of checks that cannot be read it is said why, and the rest is told all the same', async () => {
  const stream = streamOf(scheduled('8'))
  const describe = (answer: unknown) =>
    runCommand(['describe', 'is', 'ubi'], {
      [`GET ${NS}/imagestreams/ubi`]: stream,
      ...(answer !== undefined && { [`GET ${REPORTS}/ubi:8`]: answer }),
    })
  const refused = await describe(new ApiError(503, 'ServiceUnavailable', 'no server leads'))
  assert.equal(refused.code, 0)
  assert.match(refused.out, /^Scheduled Checks:\t+not known \(no server leads\)$/m)
  assert.match(refused.out, /updates automatically from registry r\.io\/ubi:8\n\n/)
  const broken = await describe(() => {
    throw new TypeError('fetch failed')
  })
  assert.match(broken.out, /not known \(fetch failed\)/)
  // A server that is not ours, or a tag that it does not know of yet.
  const absent = await describe(undefined)
  assert.deepEqual([absent.code, absent.err], [0, ''])
  assert.doesNotMatch(absent.out, /Scheduled|checked/)
})

const FORBIDDEN = new ApiError(403, 'Forbidden', 'imports.millrace.dev "ubi:8" is forbidden: User "u" cannot get')
const strange: [what: string, discovery: unknown, isTold: boolean][] = [
  ['does not know their group', undefined, false],
  ['does not let its groups be seen either', new ApiError(403, 'Forbidden', 'no'), false],
  ['is ours', { kind: 'APIGroup', name: 'millrace.dev' }, true],
  ['may be ours', new ApiError(503, 'ServiceUnavailable', 'later'), true],
]
for (const [what, discovery, isTold] of strange)
  test(`that checks may not be read is ${isTold ? '' : 'not '}told of a server that ${what}`, async () => {
    for (const names of [['8'], Array.from({ length: 30 }, (_, i) => `v${i}`)]) {
      const { out, err, code, calls } = await runCommand(['describe', 'is', 'ubi'], {
        [`GET ${NS}/imagestreams/ubi`]: streamOf(...names.map((name) => scheduled(name))),
        [`GET ${REPORTS}/ubi:8`]: FORBIDDEN,
        [`LIST ${REPORTS}`]: FORBIDDEN,
        ...(discovery !== undefined && { 'GET /apis/millrace.dev': discovery }),
      })
      assert.deepEqual([code, err, calls.length], [0, '', 3])
      assert.equal(/^Scheduled Checks:\t+not known \(imports\.millrace\.dev .* is forbidden/m.test(out), isTold, out)
    }
  })

test('many tags are asked about by one list, and streams without scheduled ones by nothing', async () => {
  const tags = Array.from({ length: 30 }, (_, i) => `v${i}`)
  const many = await runCommand(['describe', 'is', 'ubi'], {
    [`GET ${NS}/imagestreams/ubi`]: streamOf(...tags.toSorted().map((name) => scheduled(name))),
    [`LIST ${REPORTS}`]: {
      metadata: {},
      items: tags.map((tag) => report(tag, { lastCheck: at(-5), nextCheck: at(5) })),
    },
  })
  assert.equal(many.calls.length, 2)
  assert.equal(many.out.split('checked 5 seconds ago, next in 5 seconds').length, 31)
  const none = await runCommand(['describe', 'is', 'ubi'], {
    [`GET ${NS}/imagestreams/ubi`]: streamOf(scheduled('8', false)),
  })
  assert.equal(none.calls.length, 1)
})
