import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { eventually, throughout } from '../../test/support/eventually.ts'
import { FakeClient } from '../../test/support/fakeClient.ts'
import { COUNT, quota, STREAMS } from '../../test/support/quotas.ts'
import type { ImageStream } from '../core/image/types.ts'
import type { Named } from '../core/machinery/client.ts'
import { silent } from '../core/machinery/log.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { forbidden } from '../core/machinery/status.ts'
import type { Amounts, Quota } from '../core/quota/quota.ts'
import { Reflector } from '../kube/reflector.ts'
import { StreamQuotas } from './streamQuotas.ts'

/** Milliseconds that a promise without a stream holds: enough to look whether it is left alone. */
const LIFETIME = 500

class World extends FakeClient {
  /** What the controller has written of quotas, in order. An attempt on a state that is old already changes nothing. */
  readonly written: Amounts[] = []

  start(t: TestContext): this {
    const stopper = new AbortController()
    const options = { client: this, log: silent, signal: stopper.signal, backoff: () => 1, optional: true }
    const streams = new Reflector<ImageStream>({
      ...options,
      resource: { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' },
    })
    const quotas = new Reflector<Quota>({
      ...options,
      resource: { group: '', version: 'v1', plural: 'resourcequotas' },
    })
    const controller = new StreamQuotas({ ...options, streams, quotas, lifetime: LIFETIME })
    const running = Promise.all([streams.run(), quotas.run(), controller.run()])
    t.after(() => {
      stopper.abort()
      return running
    })
    return this
  }

  stream(name: string, namespace = 'ns'): void {
    this.put('imagestreams', { metadata: { name, namespace } })
  }

  /** Stores a quota as it is now, "used/hard" by name. */
  quota(name: string, amounts: Readonly<Record<string, string>>, spec: object = {}): void {
    const { metadata, ...rest } = quota(name, amounts, spec)
    this.put('resourcequotas', { ...rest, metadata: { ...metadata, namespace: 'ns' } })
  }

  used(name = 'q'): Amounts | undefined {
    return (this.peek('resourcequotas', 'ns', name) as Quota).status?.used
  }

  override async update<T extends KubeObject>(target: Named, object: KubeObject): Promise<T> {
    const written = await super.update<T>(target, object)
    this.written.push((written as KubeObject as Quota).status?.used ?? {})
    return written
  }
}

const world = (): World => new World()

test('a quota is told how many streams its namespace has, also before it is in force', async (t) => {
  const w = world()
  for (const name of ['a', 'b']) w.stream(name)
  w.stream('elsewhere', 'other')
  w.put('resourcequotas', {
    metadata: { name: 'q', namespace: 'ns' },
    spec: { hard: { [STREAMS]: '5' } },
  } as KubeObject)
  w.start(t)
  await eventually(() => assert.deepEqual(w.used(), { [STREAMS]: '2' }))
  const [call] = w.made('update', 'resourcequotas')
  assert.equal((call!.body as Quota).status?.hard, undefined)
  w.stream('c')
  await eventually(() => assert.deepEqual(w.used(), { [STREAMS]: '3' }))
})

test('only this number is written, and only when it is wrong', async (t) => {
  const w = world()
  w.stream('a')
  w.quota('right', { [STREAMS]: '1/5', [COUNT]: '7/9', secrets: '3/3' })
  w.quota('wrong', { [STREAMS]: '0/5', [COUNT]: '7/9', secrets: '3/3' })
  w.quota('foreign', { [COUNT]: '0/9' })
  w.start(t)
  await eventually(() => assert.deepEqual(w.used('wrong'), { [STREAMS]: '1', [COUNT]: '7', secrets: '3' }))
  w.put('imagestreams', { metadata: { name: 'a', namespace: 'ns', labels: { a: 'b' } } })
  await throughout(50, () => assert.equal(w.written.length, 1))
})

test('a promise is left alone until its time is over, and what goes is free at once', async (t) => {
  const w = world()
  for (const name of ['a', 'b']) w.stream(name)
  w.quota('q', { [STREAMS]: '2/3' })
  w.start(t)
  await throughout(50, () => assert.equal(w.written.length, 0))
  const promised = performance.now()
  w.quota('q', { [STREAMS]: '3/3' })
  w.remove('imagestreams', 'ns', 'a')
  await eventually(() => assert.deepEqual(w.used(), { [STREAMS]: '1' }))
  assert.ok(performance.now() - promised >= LIFETIME, 'the promise held')
  assert.deepEqual(w.written, [{ [STREAMS]: '2' }, { [STREAMS]: '1' }])
})

test('a promise that is kept is not taken back', async (t) => {
  const w = world()
  w.quota('q', { [STREAMS]: '0/3' })
  w.start(t)
  await throughout(30, () => assert.equal(w.written.length, 0))
  w.quota('q', { [STREAMS]: '1/3' })
  w.stream('a')
  await throughout(LIFETIME + 50, () => assert.equal(w.written.length, 0))
})

test('a lost race is run again on the newer state', async (t) => {
  const w = world()
  w.stream('a')
  let races = 0
  w.fault = ({ verb }) => {
    if (verb === 'update' && ++races === 1) w.quota('q', { [STREAMS]: '0/5', secrets: '2/9' })
  }
  w.quota('q', { [STREAMS]: '0/5', secrets: '1/9' })
  w.start(t)
  await eventually(() => assert.deepEqual(w.used(), { [STREAMS]: '1', secrets: '2' }))
})

test('streams that cannot be listed are not believed to be none', async (t) => {
  const w = world()
  w.stream('a')
  w.quota('q', { [STREAMS]: '1/1' })
  w.fault = ({ verb, plural }) => {
    if (verb === 'list' && plural === 'imagestreams') throw forbidden({ group: '', plural }, '', 'not for you')
  }
  w.start(t)
  w.quota('q', { [STREAMS]: '1/2' })
  await throughout(LIFETIME + 100, () => assert.equal(w.written.length, 0))
  w.fault = undefined
  w.stream('b')
  await eventually(() => assert.deepEqual(w.used(), { [STREAMS]: '2' }))
})

test('a quota for some pods counts no streams', async (t) => {
  const w = world()
  w.stream('a')
  w.quota('q', { [STREAMS]: '/5' }, { scopes: ['NotTerminating'] })
  w.start(t)
  await eventually(() => assert.deepEqual(w.used(), { [STREAMS]: '0' }))
  w.remove('imagestreams', 'ns', 'a')
  await throughout(50, () => assert.equal(w.written.length, 1))
})

test('works on a cache that outlives it, and lets go of it at its end', async (t) => {
  const w = world()
  w.stream('a')
  w.quota('q', { [STREAMS]: '0/9' })
  const stopper = new AbortController()
  const shared = { client: w, log: silent, backoff: () => 1, optional: true }
  const quotas = new Reflector<Quota>({
    ...shared,
    signal: stopper.signal,
    resource: { group: '', version: 'v1', plural: 'resourcequotas' },
  })
  let handlers = 0
  const on = quotas.on.bind(quotas)
  quotas.on = (handler) => {
    handlers++
    const leave = on(handler)
    return () => {
      handlers--
      leave()
    }
  }
  const following = quotas.run()
  t.after(() => {
    stopper.abort()
    return following
  })
  for (const count of ['1', '2']) {
    const term = new AbortController()
    const options = { ...shared, signal: term.signal }
    const streams = new Reflector<ImageStream>({
      ...options,
      resource: { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' },
    })
    const running = Promise.all([
      streams.run(),
      new StreamQuotas({ ...options, streams, quotas, lifetime: LIFETIME }).run(),
    ])
    await eventually(() => assert.equal(w.used()?.[STREAMS], count), { interval: 1 })
    term.abort()
    await running
    assert.equal(handlers, 0)
    w.stream('b')
  }
})
