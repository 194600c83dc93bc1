// What becomes of a server, its watches and its users when connections break, go silent or are slow, when the kube-apiserver restarts
// and when etcd forgets. One replica reaches the cluster through a network that does all that, another one directly.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { silent } from '../../src/core/machinery/log.ts'
import type { ObjectClient } from '../../src/core/machinery/client.ts'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import { ApiError } from '../../src/core/machinery/status.ts'
import { KubeClient } from '../../src/kube/client.ts'
import { Reflector } from '../../src/kube/reflector.ts'
import { startControlPlane, withoutControlPlane, type ControlPlane } from '../support/controlPlane.ts'
import { eventually } from '../support/eventually.ts'
import { directAccess, kubeconfigThrough, leaderOf, startReplica, type Replica } from '../support/replicas.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcpProxy.ts'

const IMAGE_API = { group: 'image.openshift.io', version: 'v1' }
const STREAMS = { resource: { ...IMAGE_API, plural: 'imagestreams' }, namespace: 'default' }
const DEPLOYMENTS = { resource: { group: 'apps', version: 'v1', plural: 'deployments' }, namespace: 'default' }
const IMAGE = `quay.io/acme/web@sha256:`

interface Deployment extends KubeObject {
  spec: { template: { spec: { containers: { image: string }[] } } }
}

describe('a server in a cluster', { skip: withoutControlPlane }, () => {
  let plane: ControlPlane
  let network: TcpProxy
  let behind: Replica
  let other: Replica
  /** Clients of the two, past the aggregator. */
  let near: KubeClient
  let far: KubeClient
  const followers: { stop: () => Promise<void> }[] = []

  before(async () => {
    plane = await startControlPlane()
    network = await startTcpProxy(Number(new URL(plane.url).port))
    behind = await startReplica(plane, kubeconfigThrough(plane, network.port))
    await leaderOf([behind])
    other = await startReplica(plane)
    near = new KubeClient(directAccess(plane, behind.port))
    far = new KubeClient(directAccess(plane, other.port))
    await far.create(STREAMS, { metadata: { name: 'web' } })
    await push(1)
    const from = { kind: 'ImageStreamTag', name: 'web:1' }
    const triggers = JSON.stringify([{ from, fieldPath: 'spec.template.spec.containers[0].image' }])
    const labels = { app: 'app' }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:dev' }] } }
    const metadata = { name: 'app', annotations: { 'image.openshift.io/triggers': triggers } }
    await plane.client.create(DEPLOYMENTS, { metadata, spec: { selector: { matchLabels: labels }, template } } as never)
  })
  afterEach(() => Promise.all(followers.splice(0).map((follower) => follower.stop())))
  after(async () => {
    await Promise.all([near?.close(), far?.close(), behind?.stop('SIGKILL'), other?.stop('SIGKILL')])
    await network?.close()
    await plane?.stop()
  })

  /** One more image for the tag that the Deployment follows, told to the replica that is not cut off. */
  async function push(n: number): Promise<void> {
    const name = `sha256:${n.toString(16).padStart(64, '0')}`
    const image = { metadata: { name }, dockerImageReference: `quay.io/acme/web@${name}` }
    const resource = { ...IMAGE_API, plural: 'imagestreammappings' }
    const mapping = { metadata: { name: 'web' }, image, tag: '1' } as unknown as KubeObject
    await far.create({ resource, namespace: 'default' }, mapping)
  }
  const shows = (n: number, timeout = 20_000) =>
    eventually(
      async () => {
        const { spec } = await plane.client.get<Deployment>({ ...DEPLOYMENTS, name: 'app' })
        assert.equal(spec.template.spec.containers[0]?.image, `${IMAGE}${n.toString(16).padStart(64, '0')}`)
      },
      { timeout },
    )
  const make = (name: string, through: ObjectClient = far) => through.create(STREAMS, { metadata: { name } })
  const label = (name: string, value: string, through: ObjectClient = far) =>
    through.patch({ ...STREAMS, name }, 'merge', { metadata: { labels: { value } } })
  const drop = (name: string) => far.delete({ ...STREAMS, name })
  /** A client that follows the streams, and what it hears from now on. */
  async function follow(client: ObjectClient): Promise<{ heard: string[]; names: () => string[] }> {
    const stopper = new AbortController()
    const reflector = new Reflector<KubeObject>({ client, ...STREAMS, log: silent, signal: stopper.signal })
    const running = reflector.run()
    followers.push({
      stop: () => {
        stopper.abort()
        return running
      },
    })
    await reflector.synced
    const heard: string[] = []
    reflector.on(({ type, object }) => heard.push(`${type} ${object.metadata.name}`))
    heard.length = 0
    return { heard, names: () => reflector.list().map(({ metadata }) => metadata.name ?? '') }
  }
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now()
    await work()
    return performance.now() - begun
  }

  test('whose connections are all cut in mid-watch takes up where it was: nothing is lost, nothing told twice', async (t) => {
    const { heard } = await follow(near)
    await make('cut-1')
    network.cut()
    const elapsed = await timed(async () => {
      await make('cut-2')
      await label('cut-1', 'x')
      await drop('cut-2')
      await eventually(() => assert.equal(heard.length, 4))
    })
    t.diagnostic(`${Math.round(elapsed)} ms`)
    assert.deepEqual(heard, ['added cut-1', 'added cut-2', 'updated cut-1', 'deleted cut-2'])
    assert.ok(elapsed < 3_000, `${elapsed} ms`)
    await push(2)
    await shows(2)
    assert.equal(behind.terms().begun, 1, 'it goes on leading')
  })

  test('whose network is slow goes on', async () => {
    network.delay(50)
    try {
      await make('slow', near)
      await label('slow', 'x', near)
      assert.equal((await near.get({ ...STREAMS, name: 'slow' })).metadata.labels?.['value'], 'x')
      await push(3)
      await shows(3)
    } finally {
      network.delay(0)
    }
    assert.equal(behind.terms().begun, 1, 'it goes on leading')
  })

  test('whose connections go silent misses the pulse of the lease: watches and triggers are back within 30 seconds', async (t) => {
    const { heard } = await follow(near)
    network.stall()
    const elapsed = await timed(async () => {
      await make('silent')
      await push(4)
      await eventually(() => assert.deepEqual(heard, ['added silent', 'updated web']), { timeout: 30_000 })
      await shows(4)
    })
    t.diagnostic(`${Math.round(elapsed)} ms`)
    assert.equal(behind.terms().begun, 1, 'it goes on leading')
  })

  test('whose connections go silent under a write says within 15 seconds that the cluster does not answer, and goes on', async (t) => {
    const { heard } = await follow(near)
    await make('before', near)
    network.stall()
    // A connection that was used just now is used again.
    const elapsed = await timed(() =>
      assert.rejects(make('lost', near), (error) => error instanceof ApiError && error.code === 503),
    )
    t.diagnostic(`${Math.round(elapsed)} ms`)
    await make('after', near)
    await eventually(() => assert.deepEqual(heard.toSorted(), ['added after', 'added before']))
  })

  test('whose kube-apiserver restarts: watches at the server itself notice nothing, those through the aggregator resume', async () => {
    const [direct, through] = [await follow(near), await follow(plane.client)]
    await plane.restartApiServer()
    await eventually(() => make('restart'), { timeout: 20_000 })
    await eventually(() => assert.deepEqual([direct.heard, through.heard], [['added restart'], ['added restart']]), {
      timeout: 30_000,
    })
    await push(5)
    await shows(5, 40_000)
  })

  test('that was cut off while etcd has forgotten lists again: watchers hear of every difference once, older watches are gone', async () => {
    for (const name of ['stays', 'changes', 'goes', 'returns']) await make(name)
    const { heard, names } = await follow(near)
    const { metadata } = await near.list(STREAMS)
    network.refuse(true)
    try {
      await make('comes')
      await label('changes', 'x')
      await drop('goes')
      await drop('returns')
      await make('returns')
      await plane.compact()
      // Its memory of events is newer than the compaction from now on.
      await plane.restartApiServer()
    } finally {
      network.refuse(false)
    }
    const expected = ['added comes', 'added returns', 'deleted goes', 'deleted returns', 'updated changes']
    await eventually(() => assert.deepEqual(heard.toSorted(), expected), { timeout: 40_000 })
    assert.deepEqual(names().toSorted(), (await listed(far)).toSorted())
    const { resourceVersion = '' } = metadata
    const old = near.watch(STREAMS, { resourceVersion, timeoutSeconds: 5 })[Symbol.asyncIterator]()
    await assert.rejects(old.next(), (error) => error instanceof ApiError && error.code === 410)
  })

  const listed = async (client: ObjectClient) =>
    (await client.list(STREAMS)).items.map((each) => each.metadata.name ?? '')
})
