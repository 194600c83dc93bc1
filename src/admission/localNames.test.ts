import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digest, event, stream } from '../../test/support/imageObjects.ts'
import { RESOLVE_NAMES } from '../core/image/localLookup.ts'
import { WORKLOAD_KINDS } from '../core/image/workloads.ts'
import type { Write } from '../core/machinery/admission.ts'
import type { Named } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import type { Context } from '../core/machinery/resource.ts'
import { forbidden, notFound } from '../core/machinery/status.ts'
import { localNames, streamReader } from './localNames.ts'

const pods = { group: '', version: 'v1', plural: 'pods', namespaced: true }
const write = (more: Partial<Write> = {}): Write => ({
  resource: pods,
  context: { namespace: 'p' } as Context,
  name: '',
  ...more,
})
const pod = (...images: string[]): KubeObject & { spec: unknown } => ({
  metadata: { name: 'w' },
  spec: { containers: images.map((image, i) => ({ name: `c${i}`, image })) },
})
const offered = stream([], { latest: [event('a')] })
offered.spec.lookupPolicy.local = true

test('streams of the namespace are read once each, and only for names that may mean one', async () => {
  const read: string[] = []
  const step = localNames((namespace, name) => {
    read.push(`${namespace}/${name}`)
    return Promise.resolve(name === 's' ? offered : undefined)
  }, WORKLOAD_KINDS)
  const object = pod('s', 'other', 's:latest', 's:missing', 'quay.io/x/y')
  await step.mutate!(write(), object, undefined)
  assert.deepEqual(read, ['p/s', 'p/other'])
  const image = `quay.io/acme/ubi@${digest('a')}`
  assert.deepEqual(object, pod(image, 'other', image, 's:missing', 'quay.io/x/y'))
})

test('subresources, and objects without local names, cost nothing', async () => {
  const step = localNames(() => assert.fail('nothing to read'), WORKLOAD_KINDS)
  const object = pod('s')
  await step.mutate!(write({ subresource: { name: 'status' } }), object, undefined)
  const others = [
    { plural: 'podtemplates' },
    { group: 'extensions' },
    { group: 'apps', plural: 'controllerrevisions' },
    { group: 'argoproj.io', plural: 'rollouts' },
  ]
  for (const other of others) await step.mutate!(write({ resource: { ...pods, ...other } }), object, undefined)
  await step.mutate!(write(), object, pod('s'))
  await step.mutate!(write(), pod('quay.io/x/y:z'), undefined)
  assert.deepEqual(object, pod('s'))
})

test('a stream that is missing is none; any other failure is one', async () => {
  const subject = { group: 'image.openshift.io', plural: 'imagestreams' }
  const asked: Named[] = []
  const reader = streamReader({
    get(target) {
      asked.push(target)
      return Promise.reject(target.name === 'gone' ? notFound(subject, 'gone') : forbidden(subject, target.name, 'no'))
    },
  })
  assert.equal(await reader('p', 'gone'), undefined)
  await assert.rejects(reader('p', 'secret'), /forbidden/)
  assert.deepEqual(asked[0], { resource: { ...subject, version: 'v1' }, namespace: 'p', name: 'gone' })
})

test('property: whatever an image says, only streams of the namespace of the request are read', async () => {
  const word = fc.constantFrom(
    's',
    'q',
    'quay.io',
    'reg:5000',
    '..',
    's:latest',
    '@',
    'sha256:abc',
    '%2F',
    '',
    'Q',
    '__proto__',
  )
  const names = fc.oneof(
    fc.array(word, { maxLength: 4 }).map((words) => words.join('/')),
    fc.string(),
  )
  const property = fc.asyncProperty(fc.array(names, { maxLength: 4 }), fc.boolean(), async (images, force) => {
    const read = new Set<string>()
    const step = localNames((namespace, name) => {
      read.add(`${namespace}/${name}`)
      return Promise.resolve(offered)
    }, WORKLOAD_KINDS)
    const object = pod(...images)
    if (force) object.metadata.annotations = { [RESOLVE_NAMES]: '*' }
    await step.mutate!(write(), object, undefined)
    for (const key of read) assert.match(key, /^p\/[a-z0-9._-]+$/)
  })
  await fc.assert(property)
})
