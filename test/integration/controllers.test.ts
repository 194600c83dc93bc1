// The controllers against the real API server, both in this process: import, follow, roll back, tell why not.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { startControllers } from '../../src/controllers/index.ts'
import { WORKLOAD_KINDS } from '../../src/core/image/workloads.ts'
import type { ObjectClient } from '../../src/core/machinery/client.ts'
import { silent } from '../../src/core/machinery/log.ts'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import { eventually } from '../support/eventually.ts'
import { startInProcess, type InProcess } from '../support/inProcess.ts'
import { at, entry, from } from '../support/triggers.ts'

const NAMESPACE = 'default'
const IMAGE_API = { group: 'image.openshift.io', version: 'v1' }
const STREAMS = { ...IMAGE_API, plural: 'imagestreams' }
const TAGS = { ...IMAGE_API, plural: 'imagestreamtags' }
const DEPLOYMENTS = { group: 'apps', version: 'v1', plural: 'deployments' }
const EVENTS = { group: '', version: 'v1', plural: 'events' }
const SOURCE = 'registry.test/acme/ubi'
const digest = (c: string): string => `sha256:${c.repeat(64)}`
const pull = (c: string): string => `${SOURCE}@${digest(c)}`

interface Deployment extends KubeObject {
  spec: { template: { spec: { containers: { name: string; image: string }[] } } }
}
interface Stream extends KubeObject {
  status: { tags?: { tag: string; items: object[] | null; conditions?: { message: string }[] }[] }
}

class Cluster {
  readonly client: ObjectClient
  readonly images: Map<string, string>

  private constructor({ client, images }: InProcess) {
    this.client = client
    this.images = images
  }

  static async start(t: TestContext): Promise<Cluster> {
    const cluster = new Cluster(await startInProcess())
    const stopper = new AbortController()
    const running = startControllers({
      client: cluster.client,
      kinds: WORKLOAD_KINDS,
      log: silent,
      signal: stopper.signal,
    })
    t.after(() => {
      stopper.abort()
      return running
    })
    return cluster
  }

  async stream(name: string, tags: Record<string, string>): Promise<void> {
    const spec = {
      tags: Object.entries(tags).map(([tag, source]) => ({ name: tag, from: { kind: 'DockerImage', name: source } })),
    }
    await this.client.create({ resource: STREAMS, namespace: NAMESPACE }, { metadata: { name }, spec } as KubeObject)
  }

  /** As `oc tag` does: the same tag, asking for another import. */
  async retag(name: string, source: string): Promise<void> {
    const tag = { name: name.split(':')[1], from: { kind: 'DockerImage', name: source }, generation: 0 }
    await this.client.update({ resource: TAGS, namespace: NAMESPACE, name }, { metadata: { name }, tag } as KubeObject)
  }

  async deploy(name: string, triggers: unknown): Promise<void> {
    const labels = { app: name }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'start' }] } }
    const annotations = { 'image.openshift.io/triggers': JSON.stringify(triggers) }
    const deployment = { metadata: { name, annotations }, spec: { selector: { matchLabels: labels }, template } }
    await this.client.create({ resource: DEPLOYMENTS, namespace: NAMESPACE }, deployment)
  }

  async shows(name: string, image: string): Promise<void> {
    await eventually(
      async () => {
        const found = await this.client.get<Deployment>({ resource: DEPLOYMENTS, namespace: NAMESPACE, name })
        assert.equal(found.spec.template.spec.containers[0]?.image, image)
      },
      { interval: 2 },
    )
  }

  tagsOf(name: string): Promise<Stream> {
    return this.client.get<Stream>({ resource: STREAMS, namespace: NAMESPACE, name })
  }
}

test('a new stream is imported, the Deployment gets its image, follows it, and is rolled back', async (t) => {
  const cluster = await Cluster.start(t)
  cluster.images.set(`${SOURCE}:8`, digest('a'))
  await cluster.deploy('myapp', [entry(at('c'), from('ubi:8'))])
  await cluster.stream('ubi', { '8': `${SOURCE}:8` })
  await cluster.shows('myapp', pull('a'))
  cluster.images.set(`${SOURCE}:8`, digest('b'))
  await cluster.retag('ubi:8', `${SOURCE}:8`)
  await cluster.shows('myapp', pull('b'))
  const stream = await cluster.tagsOf('ubi')
  assert.equal(stream.status.tags?.[0]?.items?.length, 2)
  const resource = { resource: TAGS, namespace: NAMESPACE, name: 'ubi:8' }
  const tag = { name: '8', from: { kind: 'ImageStreamImage', name: `ubi@${digest('a')}` } }
  await cluster.client.update(resource, { metadata: { name: 'ubi:8' }, tag } as KubeObject)
  await cluster.shows('myapp', pull('a'))
  const deployment = await cluster.client.get({ resource: DEPLOYMENTS, namespace: NAMESPACE, name: 'myapp' })
  const cause = deployment.metadata.annotations?.['kubernetes.io/change-cause']
  assert.equal(cause, `image stream default/ubi:8 → ${digest('a')} (container c)`)
})

test('a failed import is recorded once and leaves the stream alone from then on', async (t) => {
  const cluster = await Cluster.start(t)
  await cluster.stream('bad', { x: `${SOURCE}:none` })
  const failed = await eventually(async () => {
    const stream = await cluster.tagsOf('bad')
    assert.match(stream.status.tags?.[0]?.conditions?.[0]?.message ?? '', /not found/)
    return stream
  })
  // Another stream's import comes later and ends: by then, the first would have been repeated.
  cluster.images.set(`${SOURCE}:8`, digest('a'))
  await cluster.stream('good', { '8': `${SOURCE}:8` })
  await eventually(async () => assert.ok((await cluster.tagsOf('good')).status.tags?.[0]?.items))
  assert.equal((await cluster.tagsOf('bad')).metadata.resourceVersion, failed.metadata.resourceVersion)
})

test('a slip in the annotation becomes an event that kubectl describe finds', async (t) => {
  const cluster = await Cluster.start(t)
  cluster.images.set(`${SOURCE}:8`, digest('a'))
  await cluster.stream('ubi', { '8': `${SOURCE}:8` })
  await cluster.deploy('typo', [entry(at('c'), from('ubi:8'), { pause: 'true' })])
  await cluster.shows('typo', pull('a'))
  await eventually(async () => {
    const { items } = await cluster.client.list<KubeObject & { reason: string; message: string }>(
      { resource: EVENTS, namespace: NAMESPACE },
      { fieldSelector: 'involvedObject.kind=Deployment,involvedObject.name=typo,reason=TriggerUnknownKey' },
    )
    assert.match(items[0]?.message ?? '', /did you mean "paused"\?/)
  })
})
