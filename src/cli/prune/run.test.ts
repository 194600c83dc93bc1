import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../../../test/support/commandLine.ts'
import { ApiError, notFound } from '../../core/machinery/status.ts'

const API = '/apis/image.openshift.io/v1'
const STREAM = `${API}/namespaces/p/imagestreams/s`
const OLD = '2025-01-01T00:00:00Z'
const digest = (letter: string) => `sha256:${letter.repeat(64)}`
const list = (...items: object[]) => ({ metadata: {}, items })
const image = (letter: string, more: object = {}) => ({
  metadata: { name: digest(letter), creationTimestamp: OLD },
  ...more,
})
const stream = (letters: string, created = OLD) => ({
  metadata: { name: 's', namespace: 'p', creationTimestamp: OLD, resourceVersion: '7' },
  spec: {},
  status: {
    dockerImageRepository: '',
    tags: [{ tag: 'v1', items: letters.split('').map((letter) => ({ image: digest(letter), created })) }],
  },
})
const pod = (...images: string[]) => ({
  metadata: { name: 'x', namespace: 'p', creationTimestamp: OLD },
  spec: { containers: images.map((name) => ({ name: 'main', image: name })) },
  status: { phase: 'Running' },
})
const IMAGES = { [`LIST ${API}/images`]: list(...'abcdef'.split('').map((letter) => image(letter))) }
const answers = { ...IMAGES, [`LIST ${API}/imagestreams`]: list(stream('abcde')) }
const prune = (args: string[], more: object = {}) =>
  runCommand(['adm', 'prune', 'images', ...args], { ...answers, ...more })
const writes = ({ calls }: { calls: { line: string }[] }) => calls.filter(({ line }) => !/^(?:LIST|GET) /.test(line))

const DRY_RUN = 'Dry run enabled - no modifications will be made. Add --confirm to remove images\n'
const ONLY_API = 'Only API objects will be removed.  No modifications to the image registry will be made.\n'
const removed = `${ONLY_API}Deleting 2 items from image stream p/s
Deleting image ${digest('d')}
Deleting image ${digest('e')}
Deleting image ${digest('f')}
Summary: deleted 3 image object(s), deleted 2 image stream tag item(s), updated 1 image stream(s)
`

test('a dry run tells what would go and changes nothing', async () => {
  const outcome = await prune([])
  assert.deepEqual([outcome.code, outcome.out, outcome.err], [0, removed, DRY_RUN])
  assert.deepEqual(writes(outcome), [])
})

test('--confirm shortens the stream as it is now, then deletes images', async () => {
  const outcome = await prune(['--confirm'], {
    [`GET ${STREAM}`]: stream('abcde'),
    [`PUT ${STREAM}/status`]: stream('abc'),
    ...Object.fromEntries(
      ['d', 'e', 'f'].map((letter) => [`DELETE ${API}/images/${digest(letter)}`, { metadata: {} }]),
    ),
    [`LIST ${API}/imagestreams`]: list(stream('abc')),
  })
  assert.deepEqual([outcome.code, outcome.out, outcome.err], [0, removed, ''])
  const [put, ...deletes] = writes(outcome)
  assert.deepEqual(put, { line: `PUT ${STREAM}/status`, body: stream('abc') })
  assert.deepEqual(deletes[0], {
    line: `DELETE ${API}/images/${digest('d')}`,
    options: { gracePeriodSeconds: 0 },
  })
})

test('when somebody else was faster, the stream is read again', async () => {
  const versions = [stream('abcde'), stream('fabcd')]
  const conflict = new ApiError(409, 'Conflict', 'changed')
  const results = [conflict, stream('fab')]
  const outcome = await prune(['--confirm', '-n', 'p'], {
    [`LIST ${API}/namespaces/p/imagestreams`]: list(stream('abcde')),
    [`GET ${STREAM}`]: () => versions.shift(),
    [`PUT ${STREAM}/status`]: () => results.shift(),
  })
  assert.deepEqual(writes(outcome).at(-1), { line: `PUT ${STREAM}/status`, body: stream('fab') })
  assert.match(outcome.out, /Summary: deleted 2 image stream tag item\(s\), updated 1 image stream\(s\)\n$/)
})

test('a tag that is set while it runs keeps its image', async () => {
  const lists = [list(stream('abc')), list(stream('abc'), stream('ef'))]
  const outcome = await prune(['--confirm'], {
    [`LIST ${API}/imagestreams`]: () => lists.shift(),
    [`GET ${STREAM}`]: stream('abc'),
    [`DELETE ${API}/images/${digest('d')}`]: { metadata: {} },
  })
  assert.deepEqual([outcome.code, writes(outcome).length], [0, 1])
  assert.match(outcome.out, /Summary: deleted 1 image object\(s\)\n$/)
})

test('what pods name stays, and a namespace alone prunes no images', async () => {
  const used = { 'LIST /api/v1/pods': list(pod(`h.io/p/s@${digest('e')}`)) }
  assert.match((await prune([], used)).out, /Deleting 1 items from image stream p\/s\n/)
  const outcome = await prune(['-n', 'p'], { [`LIST ${API}/namespaces/p/imagestreams`]: list(stream('abcde')) })
  assert.match(outcome.out, /Summary: deleted 2 image stream tag item\(s\), updated 1 image stream\(s\)\n$/)
  const young = await prune([], { [`LIST ${API}/imagestreams`]: list(stream('abcdef', '2025-12-31T23:30:00Z')) })
  assert.match(young.out, /Summary: deleted 0 objects\n$/)
})

test('flags choose what stays', async () => {
  const dropped = async (...flags: string[]) => / (\d+) image stream tag/.exec((await prune(flags)).out)?.[1]
  assert.equal(await dropped('--keep-tag-revisions=1'), '4')
  assert.equal(await dropped('--keep-tag-revisions=0', '--keep-younger-than=0'), '5')
  assert.equal(await dropped('--keep-younger-than=9000h'), undefined)
  assert.match((await prune(['--all=false'])).out, /Summary: deleted 2 image stream tag item/)
})

test('by size, only images that a LimitRange calls too large go', async () => {
  const max = {
    metadata: { name: 'l', namespace: 'p' },
    spec: { limits: [{ type: 'openshift.io/Image', max: { storage: '1Ki' } }] },
  }
  const sized = list(
    ...['a', 'b'].map((letter, i) => image(letter, { dockerImageMetadata: { Id: '', Size: 1024 + i } })),
  )
  const outcome = await prune(['--prune-over-size-limit'], {
    'LIST /api/v1/limitranges': list(max),
    [`LIST ${API}/images`]: sized,
    [`LIST ${API}/imagestreams`]: list(stream('ab')),
  })
  assert.equal(
    outcome.out,
    `${ONLY_API}Deleting 1 items from image stream p/s
Deleting image ${digest('b')}
Summary: deleted 1 image object(s), deleted 1 image stream tag item(s), updated 1 image stream(s)
`,
  )
  const without = await prune(['--prune-over-size-limit'])
  assert.equal(without.err, 'error: --prune-over-size-limit goes by LimitRanges, and this server does not serve any\n')
})

test('unreadable references and unreadable kinds end the command before anything is removed', async () => {
  const broken = { 'LIST /api/v1/pods': list(pod('!x')) }
  const outcome = await prune(['--confirm'], broken)
  assert.deepEqual([outcome.code, outcome.out, writes(outcome)], [1, '', []])
  assert.match(outcome.err, /^ {2}pod\/x namespace=p: container main: invalid image reference "!x": invalid/m)
  assert.match(outcome.err, /\nerror: failed to build graph - no changes made\n$/)
  assert.equal((await prune(['--ignore-invalid-refs'], broken)).out, removed)
  const forbidden = { 'LIST /apis/apps/v1/deployments': new ApiError(403, 'Forbidden', 'no') }
  const refused = await prune(['--confirm'], forbidden)
  assert.deepEqual([refused.code, refused.out, writes(refused)], [1, '', []])
  const gone = await runCommand(['adm', 'prune', 'images'], IMAGES)
  assert.match(gone.err, /^Error from server \(NotFound\)/)
})

test('what fails is told, and the rest goes on', async () => {
  const outcome = await prune(['--confirm'], {
    [`GET ${STREAM}`]: stream('abcde'),
    [`PUT ${STREAM}/status`]: new ApiError(403, 'Forbidden', 'hands off'),
    [`DELETE ${API}/images/${digest('f')}`]: new ApiError(500, 'InternalError', 'broken'),
  })
  assert.equal(outcome.code, 1)
  assert.match(outcome.out, /Summary: deleted 0 objects\n$/)
  assert.deepEqual(outcome.err.split('\n'), [
    'error updating image stream p/s to remove image references: hands off',
    `error deleting image ${digest('f')} from server: broken`,
    'error: imagestream p/s: hands off',
    `error: image ${digest('f')}: failed to delete image ${digest('f')}: broken`,
    '',
  ])
  const image = notFound({ group: 'image.openshift.io', plural: 'images' }, digest('f'))
  const vanished = await prune(['--confirm'], { [`DELETE ${API}/images/${digest('f')}`]: image })
  assert.deepEqual([vanished.code, vanished.err], [0, ''])
})

test('flags that make no sense are refused before anything is asked', async () => {
  const cases: [string, string][] = [
    [
      '--prune-registry',
      '--prune-registry is not supported: only objects of the API are removed, contents of registries stay',
    ],
    ['--keep-younger-than=-1h', '--keep-younger-than must be greater than or equal to 0'],
    ['--keep-tag-revisions=-1', '--keep-tag-revisions must be greater than or equal to 0'],
    ['--keep-tag-revisions=x', '--keep-tag-revisions must be a number, not "x"'],
    ['--num-workers=x', '--num-workers must be a number, not "x"'],
    [
      '--registry-url=http://r',
      '--registry-url is for contents of registries, which stay: give --prune-registry=false to remove objects of the API',
    ],
    [
      '--force-insecure',
      '--force-insecure is for contents of registries, which stay: give --prune-registry=false to remove objects of the API',
    ],
    [
      '--prune-over-size-limit --keep-tag-revisions=1',
      '--prune-over-size-limit cannot be specified with --keep-tag-revisions nor --keep-younger-than',
    ],
  ]
  for (const [flags, message] of cases) {
    const outcome = await prune(flags.split(' '))
    assert.deepEqual([outcome.err, outcome.calls], [`error: ${message}\n`, []])
  }
  assert.equal((await prune(['--prune-registry=false'])).code, 0)
  const harmless = ['--prune-registry=false', '--registry-url=http://r', '--force-insecure', '--num-workers=9']
  const outcome = await prune(harmless)
  assert.deepEqual([outcome.code, outcome.out, outcome.err], [0, removed, DRY_RUN])
})
