// Several servers of one cluster: one of them does the work, whatever happens to the others, and nothing is done twice.
import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { after, before, describe, test } from 'node:test'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import { startControlPlane, withoutControlPlane, type ControlPlane } from '../support/controlPlane.ts'
import { eventually, throughout } from '../support/eventually.ts'
import { startFakeRegistry, type FakeRegistry } from '../support/fakeRegistry.ts'
import { leaderOf, startReplica, type Replica } from '../support/replicas.ts'

const IMAGE_API = { group: 'image.openshift.io', version: 'v1' }
const STREAMS = { resource: { ...IMAGE_API, plural: 'imagestreams' }, namespace: 'default' }
const MAPPINGS = { resource: { ...IMAGE_API, plural: 'imagestreammappings' }, namespace: 'default' }
const DEPLOYMENTS = { resource: { group: 'apps', version: 'v1', plural: 'deployments' }, namespace: 'default' }

interface Deployment extends KubeObject {
  spec: { template: { spec: { containers: { image: string }[] } } }
}
interface Stream extends KubeObject {
  status: { tags?: { tag: string; items: { image: string }[] | null }[] }
}

/** Milliseconds in which a killed leader is replaced. */
const REPLACED = 15_000
const digest = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}`

describe('replicas of a cluster', { skip: withoutControlPlane }, () => {
  let plane: ControlPlane
  let registry: FakeRegistry
  /** Those that run; the last one is registered. */
  let replicas: Replica[] = []
  let pushes = 0
  /** The registry does not answer for the moment, for one repository. */
  let isHolding = false
  const held: ServerResponse[] = []

  before(async () => {
    const intercept = ({ url = '' }: IncomingMessage, response: ServerResponse): boolean => {
      if (!isHolding || !url.includes('/busy/')) return false
      held.push(response)
      return true
    }
    ;[plane, registry] = await Promise.all([startControlPlane(), startFakeRegistry({ intercept })])
    await start()
    await plane.client.create(STREAMS, { metadata: { name: 'web' } })
    await push()
    const annotations = {
      'image.openshift.io/triggers': JSON.stringify([
        { from: { kind: 'ImageStreamTag', name: 'web:1' }, fieldPath: 'spec.template.spec.containers[0].image' },
      ]),
    }
    const labels = { app: 'app' }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:dev' }] } }
    const spec = { selector: { matchLabels: labels }, template }
    await plane.client.create(DEPLOYMENTS, { metadata: { name: 'app', annotations }, spec } as KubeObject)
    await shows()
    await start()
  })
  after(async () => {
    await Promise.all(replicas.map((replica) => replica.stop('SIGKILL')))
    await registry.close()
    await plane?.stop()
  })

  async function start(): Promise<void> {
    const replica = await startReplica(plane)
    replicas.push(replica)
    // The aggregator has heard of it when the stream can be read through it alone.
    await eventually(() => plane.client.list(STREAMS), { timeout: 30_000 })
  }
  async function kill(replica: Replica): Promise<void> {
    replicas = replicas.filter((each) => each !== replica)
    await replica.stop('SIGKILL')
  }
  /** As a registry tells of it: one more image for the tag that the Deployment follows. */
  async function push(): Promise<void> {
    const name = digest(++pushes)
    const image = { metadata: { name }, dockerImageReference: `quay.io/acme/web@${name}` }
    const mapping = { metadata: { name: 'web' }, image, tag: '1' } as unknown as KubeObject
    await eventually(() => plane.client.create(MAPPINGS, mapping), { timeout: 20_000 })
  }
  const deployment = () => plane.client.get<Deployment>({ ...DEPLOYMENTS, name: 'app' })
  /** Waits until the Deployment has the last image. */
  const shows = () =>
    eventually(
      async () => assert.ok((await deployment()).spec.template.spec.containers[0]?.image.endsWith(digest(pushes))),
      { timeout: 30_000 },
    )
  const generation = async () => (await deployment()).metadata.generation
  async function stream(name: string): Promise<void> {
    registry.content.image(`acme/${name}`, '1', name)
    const from = { kind: 'DockerImage', name: `${registry.host}/acme/${name}:1` }
    const tag = { name: '1', from, importPolicy: { insecure: true } }
    await plane.client.create(STREAMS, { metadata: { name }, spec: { tags: [tag] } } as KubeObject)
  }
  const imported = (name: string) =>
    eventually(
      async () => {
        const { status } = await plane.client.get<Stream>({ ...STREAMS, name })
        assert.equal(status.tags?.[0]?.items?.length, 1)
      },
      { timeout: 30_000 },
    )
  const asked = (name: string) => registry.requests.filter((request) => request.includes(`/acme/${name}/`)).length

  for (const when of ['right after it has renewed', 'soon after it has begun']) {
    test(`a leader that is killed ${when} is replaced within 15 seconds`, async (t) => {
      const leader = await leaderOf(replicas)
      if (when.includes('renewed')) await renewed(plane)
      const killed = performance.now()
      await kill(leader)
      await push()
      await shows()
      const elapsed = performance.now() - killed
      t.diagnostic(`from the end of the old leader to the first act of the new one: ${Math.round(elapsed)} ms`)
      assert.ok(elapsed < REPLACED, `${elapsed} ms`)
      assert.equal(await generation(), pushes)
      await start()
    })
  }

  test('two leaders for a moment do nothing twice, and lose nothing', async () => {
    const frozen = await leaderOf(replicas)
    // An import is under way when the leader is frozen.
    isHolding = true
    await stream('busy')
    await eventually(() => assert.ok(held.length > 0))
    frozen.signal('SIGSTOP')
    isHolding = false
    try {
      await push()
      for (const name of ['a', 'b', 'c']) await stream(name)
      const next = await leaderOf(replicas.filter((replica) => replica !== frozen))
      assert.equal(next.terms().begun, 1)
      await shows()
      for (const name of ['a', 'b', 'c', 'busy']) await imported(name)
    } finally {
      for (const response of held) response.destroy()
      frozen.signal('SIGCONT')
    }
    const [requests, generations] = [['a', 'b', 'c'].map(asked), await generation()]
    await eventually(() => assert.equal(frozen.isLeading(), false))
    await push()
    await shows()
    await throughout(1_000, async () => assert.equal(await generation(), (generations ?? 0) + 1))
    assert.deepEqual(['a', 'b', 'c'].map(asked), requests)
    assert.equal(generations, pushes - 1)
    await imported('busy')
  })

  test('a leader that is stopped in an orderly way hands over at once, and leaves the registration to others', async (t) => {
    const leader = await leaderOf(replicas)
    if (leader === replicas.at(-1)) await start()
    replicas = replicas.filter((replica) => replica !== leader)
    const begun = performance.now()
    const stopped = leader.stop('SIGTERM')
    await leaderOf(replicas)
    const elapsed = performance.now() - begun
    t.diagnostic(`until another one leads: ${Math.round(elapsed)} ms`)
    assert.ok(elapsed < 3_000, `${elapsed} ms`)
    assert.equal(await stopped, 0)
    await push()
    await shows()
    assert.equal(await generation(), pushes)
  })
})

/** Waits until the lease of the controllers has just been renewed. */
async function renewed(plane: ControlPlane): Promise<void> {
  const lease = { resource: { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }, namespace: 'millrace' }
  const version = async () =>
    (await plane.client.get({ ...lease, name: 'millrace-controllers' })).metadata.resourceVersion
  const before = await version()
  await eventually(async () => assert.notEqual(await version(), before), { timeout: 15_000 })
}
