import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { measuring } from '../../../test/support/exposition.ts'
import { FakeClient, type Call } from '../../../test/support/fakeClient.ts'
import {
  at,
  definitionOf,
  DEPLOYMENT,
  DIGEST,
  entry,
  from,
  JOB,
  path,
  PULL,
  ROLLOUT,
  stream,
  workload,
} from '../../../test/support/triggers.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { TRIGGERS_ANNOTATION } from '../../core/image/triggers.ts'
import { containersOf, WORKLOAD_KINDS, type WorkloadKind } from '../../core/image/workloads.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import { silent } from '../../core/machinery/log.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { forbidden } from '../../core/machinery/status.ts'
import { Reflector } from '../../kube/reflector.ts'
import { TriggerController } from './controller.ts'

const KINDS = [...WORKLOAD_KINDS, ROLLOUT]
const OTHER = `quay.io/acme/ubi@sha256:${'b'.repeat(64)}`

class World extends FakeClient {
  readonly stopper = new AbortController()
  controller!: TriggerController
  readonly measured = measuring()
  #running: Promise<unknown> = Promise.resolve()

  /** As if the definition of this kind came. */
  define(kind: WorkloadKind): void {
    this.put('customresourcedefinitions', definitionOf(kind))
  }

  start(): this {
    const options = { client: this, kinds: KINDS, log: silent, signal: this.stopper.signal, backoff: () => 1 }
    const resource = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' }
    const streams = new Reflector<ImageStream>({ ...options, resource, optional: true })
    this.controller = new TriggerController({ ...options, metrics: this.measured.metrics, streams })
    this.#running = Promise.all([streams.run(), this.controller.run()])
    return this
  }

  async stop(): Promise<void> {
    this.stopper.abort()
    await this.#running
  }

  add(triggers: unknown, name = 'w', kind: WorkloadKind = DEPLOYMENT, image = 'start'): void {
    const object = workload(kind, triggers, { c: image })
    object.metadata.name = name
    this.put(kind.resource.plural, object)
  }

  tag(reference: string, tag = '8', namespace = 'ns'): void {
    this.put('imagestreams', stream('ubi', { [tag]: reference }, namespace))
  }

  image(name = 'w', kind: WorkloadKind = DEPLOYMENT): string | undefined {
    const object = this.peek(kind.resource.plural, 'ns', name)
    return object && containersOf(kind, object).find((c) => c.name === 'c')?.image
  }

  shows(image: string, name = 'w', kind: WorkloadKind = DEPLOYMENT): Promise<void> {
    return eventually(() => assert.equal(this.image(name, kind), image), { interval: 1, timeout: 5000 })
  }

  edit(change: (object: KubeObject) => void): void {
    const object = clone(this.peek('deployments', 'ns', 'w')!)
    change(object)
    this.put('deployments', object)
  }

  setImage(image: string): void {
    this.edit((object) => {
      const { spec } = object as unknown as { spec: { template: { spec: { containers: object[] } } } }
      Object.assign(spec.template.spec.containers[0]!, { image })
    })
  }

  annotate(triggers: unknown): void {
    this.edit((object) => {
      object.metadata.annotations = { ...object.metadata.annotations, [TRIGGERS_ANNOTATION]: JSON.stringify(triggers) }
    })
  }

  async events(): Promise<string[]> {
    await this.controller.idle()
    return (this.all('events') as (KubeObject & { type: string; reason: string; count: number })[]).map(
      (e) => `${e.type} ${e.reason} ${e.count}`,
    )
  }
}

function world(t: TestContext): World {
  const created = new World()
  t.after(() => created.stop())
  return created
}

test('sets images of every kind, when the tag appears and when it moves', async (t) => {
  const w = world(t).start()
  w.define(ROLLOUT)
  const kinds = KINDS.filter((kind) => kind !== JOB)
  for (const kind of kinds) w.add([entry(path('containers[0].image', kind.podSpec))], 'w', kind, ' ')
  w.tag(PULL)
  for (const kind of kinds) await w.shows(PULL, 'w', kind)
  w.tag(OTHER)
  for (const kind of kinds) await w.shows(OTHER, 'w', kind)
})

test('custom workloads are asked for only while their definition is there', async (t) => {
  const w = world(t)
  w.tag(PULL)
  w.add([entry()], 'w', ROLLOUT)
  w.start()
  w.add([entry()])
  await w.shows(PULL)
  assert.deepEqual(w.made('list', 'rollouts'), [])
  w.define(ROLLOUT)
  await w.shows(PULL, 'w', ROLLOUT)
  w.remove('rollouts', 'ns', 'w')
  w.remove('customresourcedefinitions', '', 'rollouts.argoproj.io')
  w.missing.add('rollouts')
  w.tag(OTHER)
  await w.shows(OTHER)
  w.missing.clear()
  w.add([entry()], 'again', ROLLOUT)
  w.define(ROLLOUT)
  await w.shows(OTHER, 'again', ROLLOUT)
  assert.deepEqual([w.made('list', 'rollouts').length, w.made('watch', 'rollouts').length], [2, 2])
})

test('start-up: everything that is there is brought up to date once', async (t) => {
  const w = world(t)
  w.tag(PULL)
  w.add([entry()], 'behind')
  w.add([entry()], 'current', DEPLOYMENT, PULL)
  w.start()
  await w.shows(PULL, 'behind')
  await w.controller.idle()
  assert.deepEqual(
    w.made('patch', 'deployments').map((c) => c.name),
    ['behind'],
  )
})

test('only the image and the cause are written, under a name of its own', async (t) => {
  const w = world(t).start()
  w.add([entry()])
  w.tag(PULL)
  await w.shows(PULL)
  const [call] = w.made('patch', 'deployments') as [Call]
  assert.deepEqual([call.type, (call.options as { fieldManager: string }).fieldManager], ['json', 'millrace-trigger'])
  assert.equal(w.made('update', 'deployments').length, 0)
  const cause = w.peek('deployments', 'ns', 'w')?.metadata.annotations?.['kubernetes.io/change-cause']
  assert.equal(cause, `image stream ns/ubi:8 → ${DIGEST} (container c)`)
})

test('a manual edit is reverted, fifty times if need be', async (t) => {
  const w = world(t).start()
  w.add([entry()])
  w.tag(PULL)
  await w.shows(PULL)
  for (let i = 0; i < 50; i++) {
    w.setImage(`by-hand-${i}`)
    if (i % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await w.shows(PULL)
})

test('an edit in the moment of the patch is not lost', async (t) => {
  const w = world(t).start()
  w.add([entry()])
  let raced = false
  w.fault = ({ verb, plural }) => {
    if (verb !== 'patch' || plural !== 'deployments' || raced) return
    raced = true
    w.annotate([entry(at('c'), from(), { paused: true })])
  }
  w.tag(PULL)
  await eventually(() => assert.ok(raced), { interval: 1 })
  await w.controller.idle()
  assert.equal(w.image(), 'start', 'pausing came first')
  w.annotate([entry()])
  await w.shows(PULL)
})

test('paused entries wait; unpausing applies at once', async (t) => {
  const w = world(t).start()
  w.tag(PULL)
  w.add([entry(at('c'), from(), { paused: true })])
  w.add([entry()], 'other')
  await w.shows(PULL, 'other')
  assert.equal(w.image(), 'start')
  w.annotate([entry()])
  await w.shows(PULL)
})

test('a stream or a tag that is deleted leaves images alone; one that comes back resumes', async (t) => {
  const w = world(t).start()
  w.add([entry()])
  w.tag(PULL)
  await w.shows(PULL)
  w.remove('imagestreams', 'ns', 'ubi')
  await w.controller.idle()
  assert.equal(w.image(), PULL)
  w.tag(OTHER)
  await w.shows(OTHER)
  w.tag(PULL, 'another')
  await w.controller.idle()
  assert.equal(w.image(), OTHER)
  w.tag(PULL)
  await w.shows(PULL)
})

test('a Job is left alone, whatever its annotation says', async (t) => {
  const w = world(t).start()
  w.put('jobs', workload(JOB, [entry()]))
  w.add([entry()])
  w.tag(PULL)
  await w.shows(PULL)
  await w.controller.idle()
  assert.deepEqual([...w.made('patch', 'jobs'), ...w.made('update', 'jobs')], [])
})

test('a stream of another namespace wakes the workload', async (t) => {
  const w = world(t).start()
  w.add([entry(at('c'), from('ubi:8', { namespace: 'elsewhere' }))])
  w.tag(OTHER, '8', 'ns')
  await eventually(async () => assert.deepEqual(await w.events(), ['Normal TriggerStreamNotFound 1']))
  assert.equal(w.image(), 'start')
  w.tag(PULL, '8', 'elsewhere')
  await w.shows(PULL)
})

test('a kind that the cluster does not serve stops nobody', async (t) => {
  const w = world(t)
  w.missing.add('cronjobs')
  w.start()
  w.add([entry()])
  w.tag(PULL)
  await w.shows(PULL)
})

test('one broken workload does not hold up others, is reported once, and is not touched', async (t) => {
  const w = world(t).start()
  w.tag(PULL)
  w.add([entry(), entry(at('nosuch'))], 'broken')
  w.add([entry()])
  await w.shows(PULL)
  w.tag(OTHER)
  await w.shows(OTHER)
  assert.equal(w.image('broken'), 'start')
  const events = await w.events()
  assert.deepEqual(
    events.filter((e) => e.startsWith('Warning')),
    ['Warning TriggerContainerNotFound 1'],
  )
})

test('a problem that comes back raises the count of its event', async (t) => {
  const w = world(t).start()
  w.tag(PULL)
  w.add([entry(at('nosuch'))])
  await eventually(async () => assert.deepEqual(await w.events(), ['Warning TriggerContainerNotFound 1']))
  w.annotate([entry()])
  await w.shows(PULL)
  w.annotate([entry(at('nosuch'))])
  await eventually(async () => assert.ok((await w.events()).includes('Warning TriggerContainerNotFound 2')))
})

test('a workload that is deleted and made again is told anew', async (t) => {
  const w = world(t).start()
  w.tag(PULL)
  w.add([entry(at('nosuch'))])
  await eventually(async () => assert.equal((await w.events()).length, 1))
  w.remove('deployments', 'ns', 'w')
  w.add([entry(at('nosuch'))])
  await eventually(async () => assert.equal((await w.events()).length, 2))
})

test('a tag without image is waited for', async (t) => {
  const w = world(t).start()
  w.add([entry()])
  await eventually(async () => assert.deepEqual(await w.events(), ['Normal TriggerStreamNotFound 1']))
  w.tag(PULL)
  await w.shows(PULL)
  await eventually(async () => assert.ok((await w.events()).includes('Normal ImageUpdated 1')))
})

test('a refused patch is tried again, and reported when it was no race', async (t) => {
  const w = world(t).start()
  let refusals = 3
  w.fault = ({ verb, plural }) => {
    if (verb === 'patch' && plural === 'deployments' && refusals-- > 0) {
      throw forbidden({ group: 'apps', plural: 'deployments' }, 'w', 'policy says no')
    }
  }
  w.add([entry()])
  w.tag(PULL)
  await w.shows(PULL)
  await eventually(async () => assert.ok((await w.events()).includes('Warning TriggerPatchRefused 2')))
  assert.equal(await w.measured.value('millrace_trigger_problems_total', { reason: 'TriggerPatchRefused' }), 2)
})

test('a server that restarts and forgets its history in between is followed again', async (t) => {
  const w = world(t).start()
  w.add([entry()])
  w.tag(PULL)
  await w.shows(PULL)
  w.fault = () => {
    throw new Error('connect ECONNREFUSED')
  }
  w.cutWatches(new Error('socket hang up'))
  w.tag(OTHER)
  w.compact()
  await new Promise((resolve) => setImmediate(resolve))
  w.fault = undefined
  await w.shows(OTHER)
})

test('all workloads of a stream: one patch each, never more than sixteen at once', async (t) => {
  const w = world(t).start()
  for (let i = 0; i < 300; i++) w.add([entry()], `w${i}`)
  let active = 0
  let most = 0
  w.fault = async ({ verb, plural }) => {
    if (verb !== 'patch' || plural !== 'deployments') return
    most = Math.max(most, ++active)
    await new Promise((resolve) => setImmediate(resolve))
    active--
  }
  w.tag(PULL)
  for (let i = 0; i < 300; i++) await w.shows(PULL, `w${i}`)
  assert.deepEqual([w.made('patch', 'deployments').length, most], [300, 16])
})
