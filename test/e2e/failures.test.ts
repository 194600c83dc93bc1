// What a cluster goes on to do while its server of image streams is gone or silent.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import { ApiError } from '../../src/core/machinery/status.ts'
import { startControlPlane, withoutControlPlane, type ControlPlane } from '../support/controlPlane.ts'
import { eventually, throughout } from '../support/eventually.ts'
import { startReplica, type Replica } from '../support/replicas.ts'

const IMAGE_API = { group: 'image.openshift.io', version: 'v1' }
const STREAMS = { ...IMAGE_API, plural: 'imagestreams' }
const NAMESPACES = { group: '', version: 'v1', plural: 'namespaces' }
const DEPLOYMENTS = { resource: { group: 'apps', version: 'v1', plural: 'deployments' }, namespace: 'default' }
const PULL = `quay.io/acme/web@sha256:${'a'.repeat(64)}`
/** Milliseconds in which a namespace with streams is gone. */
const GONE = 30_000

interface Deployment extends KubeObject {
  spec: { template: { spec: { containers: { image: string }[] } } }
}
interface Namespace extends KubeObject {
  status: { conditions?: { type: string; status: string; message: string }[] }
}

const deployment = (name: string, image: string): KubeObject => {
  const from = { kind: 'ImageStreamTag', name: 'web:1' }
  const triggers = JSON.stringify([{ from, fieldPath: 'spec.template.spec.containers[0].image' }])
  const labels = { app: name }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } }
  const metadata = { name, annotations: { 'image.openshift.io/triggers': triggers } }
  return { metadata, spec: { selector: { matchLabels: labels }, template } } as KubeObject
}

describe('a cluster', { skip: withoutControlPlane }, () => {
  let plane: ControlPlane
  let server: Replica
  let client: ControlPlane['client']
  let kubectl: ControlPlane['kubectl']
  before(async () => {
    plane = await startControlPlane()
    ;({ client, kubectl } = plane)
    server = await startReplica(plane)
    await client.create({ resource: STREAMS, namespace: 'default' }, { metadata: { name: 'web' } })
    const image = { metadata: { name: PULL.split('@')[1] }, dockerImageReference: PULL }
    const mapping = { metadata: { name: 'web' }, image, tag: '1' } as unknown as KubeObject
    await client.create({ resource: { ...IMAGE_API, plural: 'imagestreammappings' }, namespace: 'default' }, mapping)
  })
  after(async () => {
    await server?.stop('SIGKILL')
    await plane?.stop()
  })

  const imageOf = async (name: string) =>
    (await client.get<Deployment>({ ...DEPLOYMENTS, name })).spec.template.spec.containers[0]?.image
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now()
    await work()
    return performance.now() - begun
  }
  /** A namespace with so many streams. */
  async function fill(namespace: string, streams: number): Promise<void> {
    await client.create({ resource: NAMESPACES }, { metadata: { name: namespace } })
    const names = Array.from({ length: streams }, (_, i) => `s${i}`)
    const spec = { tags: [{ name: 'v', reference: true, from: { kind: 'DockerImage', name: 'quay.io/acme/web:1' } }] }
    const worker = async (): Promise<void> => {
      for (let name = names.pop(); name; name = names.pop())
        await client.create({ resource: STREAMS, namespace }, { metadata: { name }, spec } as KubeObject)
    }
    await Promise.all(Array.from({ length: 20 }, worker))
  }
  const remove = (namespace: string) => client.delete({ resource: NAMESPACES, name: namespace })
  const isGone = (namespace: string, timeout = GONE) =>
    eventually(
      () =>
        assert.rejects(
          client.get({ resource: NAMESPACES, name: namespace }),
          (error) => error instanceof ApiError && error.code === 404,
        ),
      { timeout },
    )
  const stored = (namespace: string) => kubectl.run('get', 'storedimagestreams', '-n', namespace, '-o', 'name')

  test('deletes a namespace with 200 streams within 30 seconds', async (t) => {
    await fill('many', 200)
    const elapsed = await timed(async () => {
      await remove('many')
      await isGone('many')
    })
    t.diagnostic(`gone after ${Math.round(elapsed)} ms`)
    assert.equal(await stored('many'), '')
  })

  test('whose webhook is silent creates a Deployment after its two seconds; the controller repairs it later', async (t) => {
    server.signal('SIGSTOP')
    let elapsed: number
    try {
      elapsed = await timed(() => client.create(DEPLOYMENTS, deployment('silent', 'example.com/placeholder:1')))
      assert.equal(await imageOf('silent'), 'example.com/placeholder:1')
    } finally {
      server.signal('SIGCONT')
    }
    t.diagnostic(`created after ${Math.round(elapsed)} ms`)
    assert.ok(elapsed > 1_900 && elapsed < 3_500, `${elapsed} ms`)
    await eventually(async () => assert.equal(await imageOf('silent'), PULL), { timeout: 20_000 })
    assert.equal((await client.get({ ...DEPLOYMENTS, name: 'silent' })).metadata.generation, 2)
  })

  describe('whose server of image streams is killed', () => {
    before(async () => {
      await fill('stuck', 3)
      await server.stop('SIGKILL')
    })

    test('lists pods, and rolls workloads out', async () => {
      await kubectl.run('get', 'pods')
      await kubectl.run('create', 'deployment', 'plain', '--image=nginx:1')
      const replicaSets = async (count: number) =>
        eventually(async () =>
          assert.equal(
            (await kubectl.run('get', 'replicasets', '-l', 'app=plain', '-o', 'name')).trim().split('\n').length,
            count,
          ),
        )
      await replicaSets(1)
      await kubectl.run('set', 'image', 'deployment/plain', 'nginx=nginx:2')
      await replicaSets(2)
    })

    test('says of image streams that the service is unavailable', async () => {
      const { stderr } = await kubectl.fail('get', '--raw', '/apis/image.openshift.io/v1/imagestreams')
      assert.match(stderr, /unable to handle the request|service unavailable/i)
    })

    test('creates a Deployment with triggers without waiting, as it is written', async (t) => {
      const elapsed = await timed(() => client.create(DEPLOYMENTS, deployment('quick', 'web:dev')))
      t.diagnostic(`created after ${Math.round(elapsed)} ms`)
      assert.ok(elapsed < 1_000, `${elapsed} ms`)
      assert.equal(await imageOf('quick'), 'web:dev')
    })

    test('does not end the deletion of any namespace until the APIService is deleted: Kubernetes cannot know what is in it', async (t) => {
      await client.create({ resource: NAMESPACES }, { metadata: { name: 'empty' } })
      const named = ['stuck', 'empty']
      for (const name of named) await remove(name)
      const condition = async (name: string) =>
        (await client.get<Namespace>({ resource: NAMESPACES, name })).status.conditions?.find(
          ({ type }) => type === 'NamespaceDeletionDiscoveryFailure',
        )
      for (const name of named)
        await eventually(
          async () => {
            const found = await condition(name)
            assert.equal(found?.status, 'True')
            assert.match(found.message, /image\.openshift\.io\/v1/)
          },
          { timeout: 30_000 },
        )
      await throughout(2_000, () => client.get({ resource: NAMESPACES, name: 'empty' }).then(() => undefined))
      const elapsed = await timed(async () => {
        await kubectl.run('delete', 'apiservice', 'v1.image.openshift.io', 'v1alpha1.millrace.dev')
        await kubectl.run('delete', 'mutatingwebhookconfiguration', 'millrace')
        for (const name of named) await isGone(name, 60_000)
      })
      t.diagnostic(`gone ${Math.round(elapsed)} ms after the detach`)
      assert.equal(await stored('stuck'), '')
    })

    test('has all streams again when a server is back, and repairs what was written meanwhile', async () => {
      server = await startReplica(plane)
      await eventually(() => client.get({ resource: STREAMS, namespace: 'default', name: 'web' }), { timeout: 30_000 })
      await eventually(async () => assert.equal(await imageOf('quick'), PULL), { timeout: 30_000 })
    })
  })
})
