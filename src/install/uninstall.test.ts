import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeCluster } from '../../test/support/fakeCluster.ts'
import type { Named } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { install } from './install.ts'
import { manifests } from './manifests.ts'
import { ensureNamespace } from './ownNamespace.ts'
import { DEFAULTS, type Settings } from './settings.ts'
import { uninstall } from './uninstall.ts'

const STREAMS = 'storedimagestreams'

async function installed(more: Partial<Settings> = {}, prepare?: (fake: FakeCluster) => void): Promise<FakeCluster> {
  const fake = new FakeCluster()
  prepare?.(fake)
  const settings = { ...DEFAULTS, image: 'i', version: '1', ...more }
  await install(fake, { settings, patience: 0, applied: () => undefined, removed: () => undefined })
  return fake
}

async function run(fake: FakeCluster, purge = false, more: { namespace?: string; patience?: number } = {}) {
  const [removed, kept] = [[] as string[], [] as string[]]
  await uninstall(fake, {
    namespace: 'millrace',
    purge,
    removed: (name) => removed.push(name),
    kept: (text) => kept.push(text),
    patience: 1_000,
    ...more,
  })
  return { removed, kept }
}

const stream = (namespace: string, finalizers?: string[]): KubeObject => ({
  metadata: { name: 's', namespace, ...(finalizers && { finalizers }) },
})
const OURS = { 'app.kubernetes.io/name': 'millrace', 'app.kubernetes.io/managed-by': 'millrace' }
const apiService = (namespace: string, name: string, labels: Record<string, string> = {}): KubeObject =>
  ({ metadata: { name: 'v1.image.openshift.io', labels }, spec: { service: { namespace, name } } }) as KubeObject

const PLURALS = [
  'clusterroles',
  'clusterrolebindings',
  'roles',
  'rolebindings',
  'secrets',
  'services',
  'leases',
  'deployments',
  'certificates',
  'issuers',
]

describe('uninstall', () => {
  test('first makes the cluster send no more requests, and ends with the namespace', async () => {
    const { removed } = await run(await installed())
    assert.deepEqual(removed.slice(0, 4), [
      'mutatingwebhookconfiguration/millrace',
      'apiservice/v1alpha1.millrace.dev',
      'apiservice/v1.image.openshift.io',
      'deployment/millrace in millrace',
    ])
    assert.equal(removed.at(-1), 'namespace/millrace')
  })

  for (const settings of [{}, { certificates: 'cert-manager' }, { pullSecretsFrom: ['a', 'b'] }] as const)
    test(`leaves nothing of an installation with ${JSON.stringify(settings)} but the state`, async () => {
      const fake = await installed(settings, (fake) => {
        for (const name of ['a', 'b']) fake.put('namespaces', { metadata: { name } })
      })
      fake.put('leases', { metadata: { name: 'millrace-controllers', namespace: 'millrace' } })
      fake.put('secrets', { metadata: { name: 'millrace-authority', namespace: 'millrace' } })
      fake.put('configmaps', { metadata: { name: 'millrace-registries', namespace: 'millrace' } })
      const { kept } = await run(fake)
      for (const plural of PLURALS) assert.deepEqual(fake.all(plural), [], plural)
      assert.equal(fake.peek('configmaps', 'millrace', 'millrace-registries'), undefined)
      assert.equal(fake.all('customresourcedefinitions').length, 2)
      assert.match(kept.join(), /the image streams stay in the cluster/)
    })

  test('keeps a namespace that was there before, or that has streams in it', async () => {
    const foreign = await installed({}, (fake) => void fake.put('namespaces', { metadata: { name: 'millrace' } }))
    assert.match((await run(foreign)).kept.join(), /namespace millrace stays: it was there before/)
    const holding = await installed()
    holding.put(STREAMS, stream('millrace'))
    assert.match((await run(holding)).kept.join(), /namespace millrace stays: there are image streams in it/)
    for (const fake of [foreign, holding]) assert.ok(fake.peek('namespaces', '', 'millrace'))
  })

  test('--purge takes the state, too, and off what holds it back', async () => {
    const fake = await installed()
    fake.put(STREAMS, stream('somewhere', ['storage.millrace.dev/held']))
    const { removed } = await run(fake, true)
    assert.ok(removed.includes('customresourcedefinition/storedimagestreams.storage.millrace.dev'))
    assert.equal(fake.peek(STREAMS, 'somewhere', 's')?.metadata.finalizers, undefined)
    assert.equal(fake.peek('namespaces', '', 'millrace'), undefined)
  })

  test('keeps a namespace that was applied as printed, or that a server outside of the cluster was given', async () => {
    const printed = await installed()
    const [namespace] = manifests({ ...DEFAULTS, image: 'i', version: '1' })
    printed.put('namespaces', namespace!)
    const given = new FakeCluster()
    const before = given.put('namespaces', { metadata: { name: 'millrace' } })
    assert.equal(await ensureNamespace(given, namespace!), false)
    assert.equal(given.peek('namespaces', '', 'millrace'), before)
    for (const fake of [printed, given]) {
      assert.match((await run(fake)).kept.join(), /namespace millrace stays/)
      assert.ok(fake.peek('namespaces', '', 'millrace'))
    }
  })

  test('takes off what would hold streams back when their namespace goes', async () => {
    const fake = await installed()
    fake.put(STREAMS, stream('somewhere', ['storage.millrace.dev/held']))
    await run(fake)
    assert.equal(fake.peek(STREAMS, 'somewhere', 's')?.metadata.finalizers, undefined)
  })

  test('leaves alone what others have under such names', async () => {
    const fake = await installed()
    const role = fake.put('clusterroles', { metadata: { name: 'system:image-puller' } })
    const labels = { 'app.kubernetes.io/name': 'millrace' }
    const mine = fake.put('rolebindings', { metadata: { name: 'mine', namespace: 'team', labels } })
    await run(fake)
    assert.equal(fake.peek('clusterroles', '', 'system:image-puller'), role)
    assert.equal(fake.peek('rolebindings', 'team', 'mine'), mine)
  })

  test('knows where it is when it was detached by hand', async () => {
    const fake = await installed({ namespace: 'tools' })
    fake.remove('apiservices', '', 'v1.image.openshift.io')
    fake.remove('mutatingwebhookconfigurations', '', 'millrace')
    await assert.rejects(run(fake), /nothing was changed: Millrace is installed in namespace tools: go on there/)
  })

  test('changes nothing that is not ours', async () => {
    const fake = new FakeCluster()
    const theirs: [plural: string, name: string][] = [
      ['deployments', 'millrace'],
      ['services', 'millrace'],
      ['serviceaccounts', 'millrace'],
      ['roles', 'millrace'],
      ['secrets', 'millrace-serving'],
      ['configmaps', 'millrace-registries'],
      ['configmaps', 'millrace-rates'],
      ['leases', 'millrace-controllers'],
    ]
    fake.put('namespaces', { metadata: { name: 'millrace' } })
    const managedFields = [{ manager: 'kubectl' }]
    for (const [plural, name] of theirs) fake.put(plural, { metadata: { name, namespace: 'millrace', managedFields } })
    fake.put('apiservices', apiService('openshift-apiserver', 'api'))
    const before = fake.revision
    const { removed, kept } = await run(fake, true)
    assert.deepEqual(removed, [])
    assert.equal(fake.revision, before)
    for (const [plural, name] of theirs)
      assert.ok(kept.includes(`${plural.slice(0, -1)}/${name} in millrace stays: it was not made by millrace install`))
    assert.ok(kept.includes('apiservice/v1.image.openshift.io stays: it was not made by millrace install'))
  })

  test("is not for a namespace of Kubernetes' own", async () => {
    const fake = new FakeCluster()
    fake.put('secrets', { metadata: { name: 'millrace-serving', namespace: 'kube-system' } })
    const before = fake.revision
    await assert.rejects(
      run(fake, false, { namespace: 'kube-system' }),
      /nothing was changed: namespace kube-system is Kubernetes' own/,
    )
    assert.equal(fake.revision, before)
  })

  for (const labels of [{}, OURS])
    test(`goes on where somebody else serves image streams by now, with labels ${JSON.stringify(labels)}`, async () => {
      const fake = await installed()
      const theirs = fake.put('apiservices', apiService('openshift-apiserver', 'api', labels))
      const { removed, kept } = await run(fake)
      assert.equal(fake.peek('apiservices', '', 'v1.image.openshift.io'), theirs)
      assert.equal(kept.filter((text) => text.startsWith('apiservice/v1.image.openshift.io stays')).length, 1)
      assert.ok(removed.includes('apiservice/v1alpha1.millrace.dev'))
      assert.equal(removed.at(-1), 'namespace/millrace')
    })

  test('of another namespace is refused where somebody else serves image streams by now, too', async () => {
    const fake = await installed({ namespace: 'tools' })
    fake.put('apiservices', apiService('openshift-apiserver', 'api', OURS))
    await assert.rejects(run(fake), /nothing was changed: Millrace is installed in namespace tools: go on there/)
  })

  test('takes what a server beside the cluster has written into a namespace of others', async () => {
    const fake = new FakeCluster()
    fake.put('namespaces', { metadata: { name: 'millrace' } })
    const managedFields = [{ manager: 'millrace' }]
    fake.put('leases', { metadata: { name: 'millrace-controllers', namespace: 'millrace', managedFields } })
    fake.put('configmaps', { metadata: { name: 'millrace-rates', namespace: 'millrace', managedFields } })
    const { removed } = await run(fake)
    assert.deepEqual(removed, ['lease/millrace-controllers in millrace', 'configmap/millrace-rates in millrace'])
  })

  test('broken off it still knows the next time what is its own', async () => {
    const fake = await installed({}, (fake) => void fake.put('namespaces', { metadata: { name: 'millrace' } }))
    fake.put('secrets', { metadata: { name: 'millrace-authority', namespace: 'millrace' } })
    fake.fault = ({ verb, name }) => {
      if (verb === 'delete' && name === 'millrace-authority') throw new Error('broken off')
    }
    await assert.rejects(run(fake), /broken off/)
    fake.fault = undefined
    const { removed } = await run(fake)
    assert.ok(removed.includes('secret/millrace-authority in millrace'))
    assert.equal(removed.at(-1), 'serviceaccount/millrace in millrace')
  })

  test('takes what cert-manager has made after what makes it do so', async () => {
    const fake = await installed({ certificates: 'cert-manager' })
    for (const name of ['millrace-authority', 'millrace-cert-manager'])
      fake.put('secrets', { metadata: { name, namespace: 'millrace' } })
    const { removed } = await run(fake)
    for (const name of ['millrace-authority', 'millrace-cert-manager']) {
      const [certificate, secret] = ['certificate', 'secret'].map((kind) =>
        removed.indexOf(`${kind}/${name} in millrace`),
      )
      assert.ok(certificate! >= 0 && secret! > certificate!, `${name}: ${removed.join('\n')}`)
    }
    assert.deepEqual(fake.all('secrets'), [])
  })

  test('does not say that a namespace stays which somebody has deleted, whatever it holds', async () => {
    const fake = await installed()
    const { metadata } = fake.peek('namespaces', '', 'millrace')!
    fake.put('namespaces', { metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } })
    fake.put('cronjobs', { metadata: { name: 'backup', namespace: 'millrace' } })
    const { kept } = await run(fake, false, { patience: 0 })
    assert.match(kept.join(), /namespace\/millrace is going/)
    assert.doesNotMatch(kept.join(), /namespace millrace stays/)
  })

  test('keeps a namespace in which somebody has something of their own, and says what', async () => {
    const fake = await installed()
    const put = (plural: string, name: string, more: object = {}) =>
      fake.put(plural, { metadata: { name, namespace: 'millrace', ...more } })
    put('configmaps', 'kube-root-ca.crt')
    put('pods', 'millrace-1', { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'm', uid: 'u' }] })
    put('secrets', 'hook', { labels: { 'millrace.dev/receiver': 'generic' } })
    put('secrets', 'sealed', { ownerReferences: [{ apiVersion: 'x.io/v1', kind: 'Sealed', name: 's', uid: 'u' }] })
    put('cronjobs', 'backup')
    const { removed, kept } = await run(fake)
    const why = 'it holds secret/hook, secret/sealed, cronjob/backup: --purge removes it'
    assert.equal(kept.at(-1), `namespace millrace stays: ${why}`)
    assert.ok(!removed.includes('namespace/millrace'))
    assert.ok(fake.peek('secrets', 'millrace', 'hook'))
    assert.equal((await run(fake, true)).removed.at(-1), 'namespace/millrace')
  })

  test('finds what somebody has behind much that a cluster makes', async () => {
    const fake = await installed()
    const token = { type: 'kubernetes.io/service-account-token' }
    for (let n = 0; n < 600; n++) fake.put('secrets', { metadata: { name: `a${n}`, namespace: 'millrace' }, ...token })
    fake.put('secrets', { metadata: { name: 'z', namespace: 'millrace' } })
    assert.match((await run(fake)).kept.at(-1)!, /it holds secret\/z: --purge/)
  })

  test('tells only some of what is in a namespace', async () => {
    const fake = await installed()
    for (let n = 1; n <= 8; n++) fake.put('secrets', { metadata: { name: `s${n}`, namespace: 'millrace' } })
    assert.match((await run(fake)).kept.at(-1)!, /it holds secret\/s1, .*secret\/s5 and 3 more: --purge/)
  })

  test('of a namespace that does not go says why', async () => {
    const fake = await installed()
    const message = 'Discovery failed for some groups, 1 failing: dead.example.com/v1'
    const conditions = [
      { type: 'NamespaceDeletionDiscoveryFailure', status: 'True', message },
      { type: 'NamespaceDeletionContentFailure', status: 'False', message: 'all is well' },
    ]
    const namespace = fake.peek('namespaces', '', 'millrace')!
    const remove = fake.delete.bind(fake)
    fake.delete = async <T extends KubeObject>(target: Named): Promise<T> => {
      if (target.resource.plural !== 'namespaces') return remove(target)
      return fake.put('namespaces', { ...namespace, status: { conditions } } as KubeObject) as T
    }
    await assert.rejects(
      run(fake, false, { patience: 1 }),
      new RegExp(`namespace/millrace is not gone: the cluster is still deleting what it holds; ${message}$`),
    )
    // To wait for nothing is no failure.
    const { removed, kept } = await run(fake, false, { patience: 0 })
    assert.equal(kept.at(-1), `namespace/millrace is going: the cluster is still deleting what it holds; ${message}`)
    assert.ok(!removed.includes('namespace/millrace'))
    assert.doesNotMatch(kept.join('\n'), /nothing of Millrace was there/)
  })

  test('that waits for nothing tells what is gone already, too', async () => {
    const { removed } = await run(await installed(), true, { patience: 0 })
    assert.ok(removed.includes('customresourcedefinition/storedimages.storage.millrace.dev'))
    assert.equal(removed.at(-1), 'namespace/millrace')
  })

  test('of whoever may not do all of it changes nothing', async () => {
    const fake = await installed()
    fake.denied.add('delete clusterroles').add('patch storedimages')
    const before = fake.revision
    await assert.rejects(
      run(fake),
      /nothing was changed: you may not delete clusterroles\.rbac\.authorization\.k8s\.io, patch storedimages\.storage\.millrace\.dev: uninstalling takes/,
    )
    assert.equal(fake.revision, before)
    fake.denied.clear()
    fake.denied.add('delete customresourcedefinitions')
    await assert.rejects(run(fake, true), /you may not delete customresourcedefinitions/)
    await run(fake)
  })

  test('needs rights to the objects of cert-manager only where that is', async () => {
    const fake = await installed()
    fake.denied.add('delete certificates')
    await assert.rejects(run(fake), /you may not delete certificates\.cert-manager\.io/)
    fake.hidden.add('/apis/cert-manager.io/v1')
    await run(fake)
  })

  test('of nothing is no error, and says so', async () => {
    const nothing = 'nothing of Millrace was there to remove, in namespace millrace or for the whole cluster'
    assert.deepEqual(await run(new FakeCluster(), true), { removed: [], kept: [nothing] })
    const fake = new FakeCluster()
    for (const plural of ['storedimagestreams', 'storedimages']) fake.missing.add(plural)
    assert.deepEqual(await run(fake), { removed: [], kept: [nothing] })
    assert.ok(!(await run(await installed())).kept.includes(nothing))
  })
})
