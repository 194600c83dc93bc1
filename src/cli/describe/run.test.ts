import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../../../test/support/commandLine.ts'
import { badRequest, notFound } from '../../core/machinery/status.ts'

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
