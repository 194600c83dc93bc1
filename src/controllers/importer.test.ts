import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClient } from '../../test/support/fakeClient.ts'
import { CHECK_ANNOTATION } from '../core/image/annotations.ts'
import type { ImageStream, ImageStreamImport, TagReference } from '../core/image/types.ts'
import { clone } from '../core/machinery/json/clone.ts'
import { silent } from '../core/machinery/log.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { conflict, invalid, MODIFIED } from '../core/machinery/status.ts'
import { Reflector } from '../kube/reflector.ts'
import { Importer } from './importer.ts'

const GROUP = { group: 'image.openshift.io', version: 'v1' }
const IMPORTS = { ...GROUP, plural: 'imagestreamimports' }
const tag = (name: string, generation = 1): TagReference => ({
  name,
  annotations: null,
  from: { kind: 'DockerImage', name: `registry.test/app:${name}` },
  generation,
  importPolicy: {},
  referencePolicy: { type: 'Source' },
})

class World extends FakeClient {
  readonly stopper = new AbortController()
  importer!: Importer
  /** Tags whose import fails. */
  readonly broken = new Set<string>()
  #running: Promise<unknown> = Promise.resolve()

  start(backoff = (): number => 1): this {
    this.virtual.set('imagestreamimports', (object) => this.#import(object as ImageStreamImport))
    const options = { client: this, log: silent, signal: this.stopper.signal, backoff }
    const streams = new Reflector<ImageStream>({ ...options, resource: { ...GROUP, plural: 'imagestreams' } })
    this.importer = new Importer({ ...options, streams })
    this.#running = Promise.all([streams.run(), this.importer.run()])
    return this
  }

  async stop(): Promise<void> {
    this.stopper.abort()
    await this.#running
  }

  add(name: string, tags: TagReference[]): void {
    const stream: ImageStream = {
      metadata: { name, namespace: 'ns' },
      spec: { lookupPolicy: { local: false }, tags },
      status: { dockerImageRepository: '' },
    }
    this.put('imagestreams', stream)
  }

  stream(name = 's'): ImageStream {
    return this.peek('imagestreams', 'ns', name) as ImageStream
  }

  asked(): string[] {
    return this.made('create', 'imagestreamimports').map((call) => {
      const { metadata, spec } = call.body as ImageStreamImport
      return `${metadata.name ?? ''}: ${(spec.images ?? []).map((i) => i.to?.name).join(' ')}`
    })
  }

  /** What the endpoint does, as far as the importer sees it: records each result with the next generation. */
  #import(request: ImageStreamImport): KubeObject {
    const stream = clone(this.stream(request.metadata.name))
    if (request.metadata.resourceVersion !== stream.metadata.resourceVersion) {
      throw conflict(IMPORTS, request.metadata.name ?? '', MODIFIED)
    }
    stream.metadata.annotations = { ...stream.metadata.annotations, [CHECK_ANNOTATION]: 'now' }
    stream.status.tags ??= []
    for (const { to } of request.spec.images ?? []) {
      const generation = 2
      const failed = this.broken.has(to?.name ?? '')
      const condition = { type: 'ImportSuccess', status: 'False', lastTransitionTime: null, generation }
      const item = { created: null, dockerImageReference: 'x', image: 'sha256:x', generation }
      stream.status.tags.push({
        tag: to?.name ?? '',
        items: failed ? null : [item],
        ...(failed && { conditions: [condition] }),
      })
    }
    this.put('imagestreams', stream)
    return request
  }
}

function world(t: TestContext): World {
  const created = new World()
  t.after(() => created.stop())
  return created
}

const settled = async (w: World, imports: number): Promise<void> => {
  await eventually(() => assert.ok(w.asked().length >= imports), { interval: 1, timeout: 5000 })
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
  await w.importer.idle()
  assert.equal(w.asked().length, imports)
}

test('a new stream is imported once, with the long time limit', async (t) => {
  const w = world(t).start()
  w.add('s', [tag('v1'), tag('v2')])
  await settled(w, 1)
  assert.deepEqual(w.asked(), ['s: v1 v2'])
  const { options } = w.made('create', 'imagestreamimports')[0]!
  assert.equal((options as { timeout: string }).timeout, '1h0m0s')
  assert.equal(w.stream().status.tags?.length, 2)
})

test('a recorded failure is not repeated, not even by unrelated changes', async (t) => {
  const w = world(t)
  w.broken.add('v1')
  w.start()
  w.add('s', [tag('v1')])
  await settled(w, 1)
  const labelled = clone(w.stream())
  labelled.metadata.labels = { a: 'b' }
  w.put('imagestreams', labelled)
  await settled(w, 1)
})

test('a stream loses its mark of having been looked at: its repository is imported again, its tags alone are not', async (t) => {
  const w = world(t).start()
  const unmark = (name: string) => {
    const stream = clone(w.stream(name))
    delete stream.metadata.annotations
    w.put('imagestreams', stream)
  }
  w.add('tags', [tag('v1')])
  await settled(w, 1)
  unmark('tags')
  await settled(w, 1)
  const whole = { lookupPolicy: { local: false }, dockerImageRepository: 'registry.test/app' }
  w.put('imagestreams', {
    ...clone(w.stream('tags')),
    metadata: { name: 'whole', namespace: 'ns' },
    spec: whole,
  } as never)
  await settled(w, 2)
  unmark('whole')
  await settled(w, 3)
  const sources = w
    .made('create', 'imagestreamimports')
    .map(({ body }) => (body as ImageStreamImport).spec.repository?.from.name)
  assert.deepEqual(sources, [undefined, 'registry.test/app', 'registry.test/app'])
})

test('what was pending before the start is imported', async (t) => {
  const w = world(t)
  w.add('a', [tag('v1')])
  w.add('b', [{ ...tag('v1'), reference: true }])
  w.start()
  await settled(w, 1)
  assert.deepEqual(w.asked(), ['a: v1'])
})

test('a conflict is tried again with the newer stream', async (t) => {
  const w = world(t).start()
  let raced = false
  w.fault = ({ verb, plural }) => {
    if (verb !== 'create' || plural !== 'imagestreamimports' || raced) return
    raced = true
    w.put('imagestreams', { ...clone(w.stream()), metadata: { ...w.stream().metadata, labels: { a: 'b' } } })
  }
  w.add('s', [tag('v1')])
  await eventually(() => assert.equal(w.stream().status.tags?.length, 1), { interval: 1 })
  assert.equal(w.stream().metadata.labels?.['a'], 'b')
})

test('a server that cannot be reached is asked again', async (t) => {
  const w = world(t).start()
  let failures = 3
  w.fault = ({ verb, plural }) => {
    if (verb === 'create' && plural === 'imagestreamimports' && failures-- > 0) throw new Error('connect ECONNREFUSED')
  }
  w.add('s', [tag('v1')])
  await settled(w, 4)
})

test('a request that the server refuses is not repeated until the stream changes', async (t) => {
  const w = world(t).start()
  w.fault = ({ verb, plural }) => {
    if (verb === 'create' && plural === 'imagestreamimports')
      throw invalid('image.openshift.io', 'ImageStreamImport', 's', [])
  }
  w.add('s', [tag('v1')])
  await settled(w, 1)
  w.fault = undefined
  w.put('imagestreams', clone(w.stream()))
  await settled(w, 2)
})

test('a server that never records the import is not asked in a loop', async (t) => {
  const w = world(t).start(() => 60_000)
  w.virtual.set('imagestreamimports', (object) => {
    w.put('imagestreams', clone(w.stream()))
    return object
  })
  w.add('s', [tag('v1')])
  await settled(w, 1)
  w.add('s', [tag('v1', 5)])
  await settled(w, 2)
})
