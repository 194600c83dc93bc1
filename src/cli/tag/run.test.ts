import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../../../test/support/commandLine.ts'
import { ApiError, conflict, forbidden, MODIFIED, notFound } from '../../core/machinery/status.ts'

const at = (namespace: string) => `/apis/image.openshift.io/v1/namespaces/${namespace}`
const NS = at('demo')
const digest = `sha256:${'a'.repeat(64)}`
const subject = { group: 'image.openshift.io', plural: 'imagestreamtags' }
const ok = { metadata: { name: 'x' } }
const lines = (calls: { line: string }[]): string[] => calls.map(({ line }) => line)

test('going back to an older image is one call', async () => {
  const { code, out, calls } = await runCommand(['tag', `ubi@${digest}`, 'ubi:8'], {
    [`PUT ${NS}/imagestreamtags/ubi:8`]: ok,
  })
  assert.deepEqual([code, out], [0, `Tag ubi:8 set to ubi@${digest}.\n`])
  assert.deepEqual(calls, [
    {
      line: `PUT ${NS}/imagestreamtags/ubi:8`,
      body: {
        kind: 'ImageStreamTag',
        apiVersion: 'image.openshift.io/v1',
        metadata: { name: 'ubi:8', namespace: 'demo' },
        tag: {
          name: '8',
          annotations: null,
          from: { kind: 'ImageStreamImage', name: `ubi@${digest}` },
          generation: null,
          importPolicy: { importMode: 'Legacy' },
          referencePolicy: { type: 'Source' },
        },
      },
    },
  ])
})

test('a stream tag is copied as the image that it points at, into each destination', async () => {
  const items = [{ image: digest, dockerImageReference: `r.io/x@${digest}`, created: '', generation: 1 }]
  const { out, calls } = await runCommand(['tag', 'base/ubi:8', 'ubi:8', 'other/ubi:9'], {
    [`GET ${at('base')}/imagestreams/ubi`]: {
      metadata: { name: 'ubi' },
      spec: {},
      status: { tags: [{ tag: '8', items }] },
    },
    [`PUT ${NS}/imagestreamtags/ubi:8`]: ok,
    [`PUT ${at('other')}/imagestreamtags/ubi:9`]: ok,
  })
  assert.equal(out, `Tag ubi:8 set to base/ubi@${digest}.\nTag other/ubi:9 set to base/ubi@${digest}.\n`)
  assert.deepEqual(lines(calls), [
    `GET ${at('base')}/imagestreams/ubi`,
    `PUT ${NS}/imagestreamtags/ubi:8`,
    `PUT ${at('other')}/imagestreamtags/ubi:9`,
  ])
})

test('an alias is a link and needs no look at the stream', async () => {
  const { out, calls } = await runCommand(['tag', '--alias', 'ubi:8', 'ubi:stable'], {
    [`PUT ${NS}/imagestreamtags/ubi:stable`]: ok,
  })
  assert.equal(out, 'Tag ubi:stable set up to track ubi:8.\n')
  assert.deepEqual((calls[0]!.body as { tag: { from: object } }).tag.from, { kind: 'ImageStreamTag', name: 'ubi:8' })
})

test('where PUT is refused, POST is tried, then the stream itself', async () => {
  const no = forbidden(subject, 'ubi:8', 'no')
  const put = `PUT ${NS}/imagestreamtags/ubi:8`
  const post = `POST ${NS}/imagestreamtags`
  const args = ['tag', 'r.io/ubi:8', 'ubi:8']
  const created = await runCommand(args, { [put]: notFound(subject, 'ubi:8'), [post]: ok })
  assert.deepEqual([created.code, lines(created.calls)], [0, [put, post]])
  const stream = {
    metadata: { name: 'ubi', resourceVersion: '3' },
    spec: { tags: [{ name: '8' }, { name: '9' }] },
    status: {},
  }
  const get = `GET ${NS}/imagestreams/ubi`
  const legacy = await runCommand(args, { [put]: no, [post]: no, [get]: stream, [`PUT ${NS}/imagestreams/ubi`]: ok })
  assert.deepEqual(lines(legacy.calls), [put, post, get, `PUT ${NS}/imagestreams/ubi`])
  const written = legacy.calls[3]!.body as { spec: { tags: { name: string; from?: { name: string } }[] } }
  assert.deepEqual(
    written.spec.tags.map((t) => [t.name, t.from?.name]),
    [
      ['8', 'r.io/ubi:8'],
      ['9', undefined],
    ],
  )
  const gone = notFound({ ...subject, plural: 'imagestreams' }, 'ubi')
  const fresh = await runCommand(args, { [put]: no, [post]: no, [get]: gone, [`POST ${NS}/imagestreams`]: ok })
  assert.deepEqual([fresh.code, lines(fresh.calls).at(-1)], [0, `POST ${NS}/imagestreams`])
})

test('a conflict is tried again, five times in all', async () => {
  const lost = conflict(subject, 'ubi:8', MODIFIED)
  let left = 4
  const put = `PUT ${NS}/imagestreamtags/ubi:8`
  const won = await runCommand(['tag', 'r.io/ubi:8', 'ubi:8'], { [put]: () => (left-- > 0 ? lost : ok) })
  assert.deepEqual([won.code, won.calls.length], [0, 5])
  const never = await runCommand(['tag', 'r.io/ubi:8', 'ubi:8'], { [put]: lost })
  assert.deepEqual([never.code, never.calls.length], [1, 5])
  assert.match(never.err, /^Error from server \(Conflict\): Operation cannot be fulfilled/)
})

test('deleting says what was deleted, and falls back to the stream', async () => {
  const del = `DELETE ${NS}/imagestreamtags/ubi:8`
  const get = `GET ${NS}/imagestreams/ubi`
  const no = forbidden(subject, 'ubi:8', 'no')
  const done = await runCommand(['tag', '-d', 'ubi:8'], { [del]: { kind: 'Status', status: 'Success' } })
  assert.deepEqual([done.code, done.out], [0, 'Deleted tag demo/ubi:8.\n'])
  const missing = await runCommand(['tag', '-d', 'ubi:8'], { [del]: notFound(subject, 'ubi:8') })
  assert.deepEqual(
    [missing.code, missing.err],
    [1, 'Error from server (NotFound): imagestreamtags.image.openshift.io "ubi:8" not found\n'],
  )
  const stream = { metadata: { name: 'ubi' }, spec: { tags: [{ name: '8' }, { name: '9' }] } }
  const put = `PUT ${NS}/imagestreams/ubi`
  const legacy = await runCommand(['tag', 'ubi:8', '-d'], { [del]: no, [get]: stream, [put]: ok })
  assert.deepEqual(
    [legacy.out, (legacy.calls[2]!.body as typeof stream).spec.tags],
    ['Deleted tag demo/ubi:8.\n', [{ name: '9' }]],
  )
  const other = await runCommand(['tag', 'ubi:8', '-d'], { [del]: no, [get]: { ...stream, spec: {} } })
  assert.equal(other.err, 'error: destination tag demo/ubi:8 does not exist.\n')
  const none = await runCommand(['tag', 'ubi:8', '-d'], {
    [del]: no,
    [get]: notFound({ ...subject, plural: 'imagestreams' }, 'ubi'),
  })
  assert.deepEqual([none.code, none.out], [0, 'Image stream "ubi" does not exist.\n'])
})

test('what makes no sense is refused', async () => {
  const cases: [string[], RegExp][] = [
    [
      ['tag'],
      /^error: you must specify a source and at least one destination or one or more tags to delete \(see 'millrace tag --help'\)\n$/,
    ],
    [['tag', 'r.io/ubi:8'], /^error: at least a destination is required\n$/],
    [['tag', 'r.io/ubi:8', 'ubi'], /^error: "ubi" must be of the form <stream_name>:<tag>\n$/],
    [['tag', 'r.io/ubi:8', 'ubi:-x'], /^error: invalid tag "-x" format/],
    [['tag', 'ubi:8', 'ubi:9'], /^Error from server \(NotFound\)/],
    [['tag', 'gone:8', 'ubi:9'], /^error: "gone:8" is not currently pointing to an image/],
  ]
  const answers = {
    [`GET ${NS}/imagestreams/gone`]: { metadata: {}, spec: {}, status: {} },
    [`GET ${NS}/imagestreams/ubi`]: new ApiError(404, 'NotFound', 'x'),
  }
  for (const [args, err] of cases) {
    const outcome = await runCommand(args, answers)
    assert.match(outcome.err, err)
    assert.deepEqual([outcome.code, outcome.out], [1, ''])
  }
})
