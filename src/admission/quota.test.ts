// Charging quotas, through the real API server in this process. No controller runs: the numbers are those of admission alone.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { startInProcess, type InProcess } from '../../test/support/inProcess.ts'
import { COUNT, enforce, QUOTAS, STREAMS, usedOf } from '../../test/support/quotas.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import { silent } from '../core/machinery/log.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import type { Context } from '../core/machinery/resource.ts'
import { ApiError, conflict, isReason, MODIFIED } from '../core/machinery/status.ts'
import { quotas } from './quota.ts'

const namespace = 'default'
const image = (plural: string) => ({ resource: { group: 'image.openshift.io', version: 'v1', plural }, namespace })
const core = (plural: string) => ({ resource: { group: '', version: 'v1', plural }, namespace })
const SOURCE = 'registry.test/acme/app:1'
const source = { from: { kind: 'DockerImage', name: SOURCE }, reference: true }

let client: ObjectClient
let images: InProcess['images']
beforeEach(async () => {
  ;({ client, images } = await startInProcess())
})

const stream = (name: string) => client.create(image('imagestreams'), { metadata: { name } })
const importOf = (name: string, more: object = {}, options: { dryRun?: boolean } = {}) =>
  client.create(
    image('imagestreamimports'),
    {
      metadata: { name },
      spec: { import: true, images: [{ from: { kind: 'DockerImage', name: SOURCE }, to: { name: '1' } }], ...more },
    } as KubeObject,
    options,
  )
/** Every way in which a stream comes about. */
const WAYS: [
  string,
  (name: string, options?: { dryRun?: boolean }) => Promise<unknown>,
  shown: (name: string) => string,
][] = [
  [
    'imagestreams',
    (name, options) => client.create(image('imagestreams'), { metadata: { name } }, options),
    (name) => name,
  ],
  [
    'imagestreamtags',
    (name, options) =>
      client.create(image('imagestreamtags'), { metadata: { name: `${name}:1` }, tag: source } as KubeObject, options),
    (name) => `${name}:1`,
  ],
  [
    'imagestreamtags',
    (name, options) => {
      const target = { ...image('imagestreamtags'), name: `${name}:1` }
      return client.update(target, { metadata: { name: `${name}:1` }, tag: source } as KubeObject, options)
    },
    (name) => `${name}:1`,
  ],
  [
    'imagetags',
    (name, options) =>
      client.create(
        image('imagetags'),
        { metadata: { name: `${name}:1` }, spec: { name: '1', ...source } } as KubeObject,
        options,
      ),
    (name) => `${name}:1`,
  ],
  ['imagestreamimports', (name, options) => importOf(name, {}, options), (name) => name],
]

/** The message of a refusal, which must be one. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => assert.fail('this should have been refused'),
    (reason: unknown) => reason,
  )
  assert.ok(isReason(error, 'Forbidden'), String(error))
  return error.message
}
const names = async () => (await client.list(image('imagestreams'))).items.map(({ metadata }) => metadata.name)

describe('a stream', () => {
  for (const [i, [plural, make, shown]] of WAYS.entries()) {
    test(`that ${plural} make is charged once, and refused beyond the limit (${i})`, async () => {
      images.set(SOURCE, `sha256:${'a'.repeat(64)}`)
      await enforce(client, 'q', { [STREAMS]: '0/1', [COUNT]: '7/9' })
      await make('a')
      assert.deepEqual(await usedOf(client, 'q'), { [STREAMS]: '1', [COUNT]: '8' })
      assert.equal(
        await refusal(make('b')),
        `${plural}.image.openshift.io "${shown('b')}" is forbidden: exceeded quota: q, requested: ${STREAMS}=1, used: ${STREAMS}=1, limited: ${STREAMS}=1`,
      )
      assert.deepEqual(await names(), ['a'])
      assert.deepEqual(await usedOf(client, 'q'), { [STREAMS]: '1', [COUNT]: '8' })
    })

    test(`that ${plural} would make is checked, not charged, by a dry run (${i})`, async () => {
      await enforce(client, 'q', { [STREAMS]: '0/1' })
      await make('a', { dryRun: true })
      assert.deepEqual(await usedOf(client, 'q'), { [STREAMS]: '0' })
      await stream('a')
      assert.match(await refusal(make('b', { dryRun: true })), /exceeded quota/)
    })
  }

  test('that is there can be written on every way, however full the quota is', async () => {
    images.set(SOURCE, `sha256:${'a'.repeat(64)}`)
    await stream('a')
    await enforce(client, 'q', { [STREAMS]: '1/1' })
    await client.create(image('imagestreamtags'), { metadata: { name: 'a:1' }, tag: source } as KubeObject)
    const target = { ...image('imagestreamtags'), name: 'a:2' }
    await client.update(target, { metadata: { name: 'a:2' }, tag: source } as KubeObject)
    await importOf('a')
    await client.patch({ ...image('imagestreams'), name: 'a' }, 'merge', { metadata: { labels: { a: 'b' } } })
    await assert.rejects(stream('a'), (error) => isReason(error, 'AlreadyExists'))
    assert.deepEqual(await usedOf(client, 'q'), { [STREAMS]: '1' })
  })

  test('is not needed by an import that only looks', async () => {
    await enforce(client, 'q', { [STREAMS]: '1/1' })
    await importOf('b', { import: false })
    assert.deepEqual(await names(), [])
  })

  test('that is too much is refused before anything is fetched for it', async () => {
    const fetched: string[] = []
    const map = Object.assign(images, { get: (name: string) => void fetched.push(name) })
    await enforce(client, 'q', { [STREAMS]: '1/1' })
    await refusal(importOf('b'))
    assert.deepEqual(fetched, [])
    map.clear()
  })

  test('of another namespace has nothing to do with it', async () => {
    await client.create({ resource: core('namespaces').resource }, { metadata: { name: 'other' } })
    await enforce(client, 'q', { [STREAMS]: '0/0' })
    await client.create({ ...image('imagestreams'), namespace: 'other' }, { metadata: { name: 'a' } })
  })
})

test('of many who want the last place at the same time, by whichever way, exactly one gets it', async () => {
  images.set(SOURCE, `sha256:${'a'.repeat(64)}`)
  await enforce(client, 'q', { [STREAMS]: '0/1' })
  const outcomes = await Promise.allSettled(Array.from({ length: 60 }, (_, i) => WAYS[i % WAYS.length]![1](`s${i}`)))
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') assert.ok(isReason(outcome.reason, 'Forbidden'), String(outcome.reason))
  assert.equal((await names()).length, 1)
  assert.deepEqual(await usedOf(client, 'q'), { [STREAMS]: '1' })
})

test('many at the same time fill several quotas up to the smallest', async () => {
  await enforce(client, 'wide', { [COUNT]: '0/50' })
  await enforce(client, 'narrow', { [STREAMS]: '0/20' })
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => stream(`s${i}`)))
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 20)
  assert.deepEqual(
    [await usedOf(client, 'wide'), await usedOf(client, 'narrow')],
    [{ [COUNT]: '20' }, { [STREAMS]: '20' }],
  )
})

test('several servers give away no place twice', async () => {
  await enforce(client, 'q', { [STREAMS]: '0/5' })
  // Steps of their own do not know of each other's turns: only the compare-and-swap keeps them apart.
  const servers = Array.from({ length: 4 }, () => quotas({ client: () => client, log: silent }))
  const write = { resource: { ...image('imagestreams').resource, namespaced: true }, context: {} as Context, name: '' }
  const outcomes = await Promise.allSettled(
    Array.from({ length: 12 }, (_, i) => {
      const creation = { group: 'image.openshift.io', plural: 'imagestreams', namespace, name: `s${i}`, dryRun: false }
      return servers[i % servers.length]!.reserve!(write, creation)
    }),
  )
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 5)
  assert.deepEqual(await usedOf(client, 'q'), { [STREAMS]: '5' })
})

describe('room', () => {
  const write = { resource: { ...image('imagestreams').resource, namespaced: true }, context: {} as Context, name: '' }
  const creation = { group: 'image.openshift.io', plural: 'imagestreams', namespace, name: 'a', dryRun: false }
  /** A step whose client does something else first before every update. */
  const step = (before: (update: number) => Promise<void> | void) => {
    let updates = 0
    const update: ObjectClient['update'] = async (target, object) => {
      await before(++updates)
      return client.update(target, object)
    }
    const list: ObjectClient['list'] = (target) => client.list(target)
    return quotas({ client: () => ({ list, update }), log: silent })
  }
  const bump = (name: string) =>
    client.patch({ resource: QUOTAS, namespace, name }, 'merge', {
      metadata: { labels: { at: String(Math.random()) } },
    })

  test('is given back when the object is not stored, by everybody at the same time', async () => {
    await enforce(client, 'q', { [STREAMS]: '0/100' })
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => stream('same')))
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.deepEqual(await usedOf(client, 'q'), { [STREAMS]: '1' })
  })

  test('is taken although the quota changes meanwhile, and only once in each quota', async () => {
    await enforce(client, 'a', { [STREAMS]: '0/5' })
    await enforce(client, 'b', { [STREAMS]: '0/5' })
    const giveBack = await step(async (update) => void (update < 5 && (await bump('b')))).reserve!(write, creation)
    assert.deepEqual([await usedOf(client, 'a'), await usedOf(client, 'b')], [{ [STREAMS]: '1' }, { [STREAMS]: '1' }])
    await giveBack!()
    assert.deepEqual([await usedOf(client, 'a'), await usedOf(client, 'b')], [{ [STREAMS]: '0' }, { [STREAMS]: '0' }])
  })

  test('is given back by all when one of several has none any more', async () => {
    await enforce(client, 'a', { [STREAMS]: '0/5' })
    await enforce(client, 'b', { [STREAMS]: '0/1' })
    const fill = { status: { used: { [STREAMS]: '1' } } }
    const full = step(async (update) => {
      if (update === 2)
        await client.patch({ resource: QUOTAS, namespace, name: 'b', subresource: 'status' }, 'merge', fill)
    })
    assert.match(await refusal(full.reserve!(write, creation)), /exceeded quota: b/)
    assert.deepEqual(await usedOf(client, 'a'), { [STREAMS]: '0' })
  })

  test('is not waited for without end, and then nothing is charged', async () => {
    await enforce(client, 'a', { [STREAMS]: '0/5' })
    await enforce(client, 'b', { [STREAMS]: '0/5' })
    const busy = step(async () => void (await bump('b')))
    await assert.rejects(Promise.resolve(busy.reserve!(write, creation)), (error) => isReason(error, 'Conflict'))
    assert.deepEqual([await usedOf(client, 'a'), await usedOf(client, 'b')], [{ [STREAMS]: '0' }, { [STREAMS]: '0' }])
  })

  test('is not needed in a quota that is deleted meanwhile', async () => {
    await enforce(client, 'q', { [STREAMS]: '0/5' })
    await step(async () => void (await client.delete({ resource: QUOTAS, namespace, name: 'q' }))).reserve!(
      write,
      creation,
    )
  })

  test('is neither taken nor kept when quotas cannot be written', async () => {
    await enforce(client, 'a', { [STREAMS]: '0/5' })
    await enforce(client, 'b', { [STREAMS]: '0/5' })
    const broken = step((update) => {
      if (update === 2) throw new ApiError(503, 'ServiceUnavailable', 'not now')
    })
    await assert.rejects(Promise.resolve(broken.reserve!(write, creation)), /not now/)
    assert.deepEqual([await usedOf(client, 'a'), await usedOf(client, 'b')], [{ [STREAMS]: '0' }, { [STREAMS]: '0' }])
  })

  test('that cannot be given back now keeps nobody waiting', async () => {
    await enforce(client, 'q', { [STREAMS]: '0/5' })
    const lost = step((update) => {
      if (update > 1) throw conflict({ group: '', plural: 'resourcequotas' }, 'q', MODIFIED)
    })
    const giveBack = await lost.reserve!(write, creation)
    await giveBack!()
    assert.deepEqual(await usedOf(client, 'q'), { [STREAMS]: '1' })
  })

  test('that was taken long ago is not given back: a controller may have done so', async (t) => {
    await enforce(client, 'q', { [STREAMS]: '0/5' })
    let now = 1_000
    t.mock.method(performance, 'now', () => now)
    const giveBack = await step(() => undefined).reserve!(write, creation)
    now += 3_000
    await giveBack!()
    assert.deepEqual(await usedOf(client, 'q'), { [STREAMS]: '1' })
  })
})

describe('other objects', () => {
  test('are counted by their kind, under the old names, too', async () => {
    const amounts = { secrets: '0/1', 'count/secrets': '0/5', 'count/jobs.batch': '0/1', resourcequotas: '0/0' }
    await enforce(client, 'q', amounts)
    await client.create(core('secrets'), { metadata: { name: 'a' } })
    await client.create(core('configmaps'), { metadata: { name: 'a' } })
    const { secrets, 'count/secrets': all } = await usedOf(client, 'q')
    assert.deepEqual([secrets, all], ['1', '1'])
    assert.equal(
      await refusal(client.create(core('secrets'), { metadata: { name: 'b' } })),
      'secrets "b" is forbidden: exceeded quota: q, requested: secrets=1, used: secrets=1, limited: secrets=1',
    )
    assert.match(
      await refusal(client.create({ resource: QUOTAS, namespace }, { metadata: { name: 'r' } })),
      /^resourcequotas "r" is forbidden: exceeded quota: q, requested: resourcequotas=1/,
    )
  })

  test('of no namespace, and events, are not', async () => {
    await enforce(client, 'q', { 'count/events': '0/0', 'count/namespaces': '0/0' })
    await client.create({ resource: core('namespaces').resource }, { metadata: { name: 'n' } })
    const involvedObject = { kind: 'Pod', name: 'p', namespace }
    await client.create(core('events'), { metadata: { name: 'e' }, involvedObject } as KubeObject)
  })
})
