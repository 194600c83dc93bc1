import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeCluster, TRUST } from '../../test/support/fakeCluster.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { forbidden, notFound } from '../core/machinery/status.ts'
import { externalObjects } from './external.ts'
import { InstallError } from './failure.ts'
import type { Manifest } from './manifest.ts'
import { manifests } from './manifests.ts'
import { preflight } from './preflight.ts'
import { DEFAULTS, type Settings } from './settings.ts'
import { definitionName, STORED_KINDS } from './storedKinds.ts'

const SETTINGS = { ...DEFAULTS, image: 'i', version: '1' }
const DEFINITION = definitionName(STORED_KINDS[0]!)
const OURS = { 'app.kubernetes.io/name': 'millrace', 'app.kubernetes.io/managed-by': 'millrace' }
const apiService = (
  service: object | null,
  labels: Record<string, string> = {},
  name = 'v1.image.openshift.io',
): KubeObject => ({ metadata: { name, labels }, spec: { service } }) as KubeObject
const REPORTS = 'v1alpha1.millrace.dev'

function obstacles(prepare: (world: FakeCluster) => void, settings: Settings = SETTINGS): Promise<string> {
  return obstaclesOf(manifests(settings), prepare)
}

async function obstaclesOf(objects: readonly Manifest[], prepare: (world: FakeCluster) => void): Promise<string> {
  const world = new FakeCluster()
  prepare(world)
  const before = world.revision
  try {
    await preflight(world, namespaceOf(objects), objects)
    return ''
  } catch (error) {
    assert.ok(error instanceof InstallError)
    assert.equal(world.revision, before, 'something was written')
    return error.message
  }
}

const namespaceOf = (objects: readonly Manifest[]): string =>
  objects.find(({ kind }) => kind === 'Namespace')!.metadata.name!

const NAMESPACED = [
  ['deployments', 'millrace'],
  ['services', 'millrace'],
  ['serviceaccounts', 'millrace'],
  ['roles', 'millrace'],
  ['secrets', 'millrace-serving'],
] as const

const table: [string, (world: FakeCluster) => unknown, RegExp, Settings?][] = [
  ['an old cluster', (w) => (w.minor = '29+'), /Kubernetes 1\.30 or newer is needed, and this is v1\.29/],
  ['no aggregator', (w) => w.hidden.add('/apis/apiregistration.k8s.io/v1'), /has no aggregator/],
  [
    'no aggregation layer',
    (w) => w.put('configmaps', { ...TRUST, data: {} } as KubeObject),
    /--requestheader-client-ca-file/,
  ],
  [
    'no trust at all',
    (w) => w.remove('configmaps', 'kube-system', TRUST.metadata.name!),
    /--requestheader-client-ca-file/,
  ],
  [
    'a real OpenShift',
    (w) => w.put('apiservices', apiService({ namespace: 'openshift-apiserver', name: 'api' })),
    /belongs to somebody else \(service openshift-apiserver\/api\): a real OpenShift/,
  ],
  ['custom resources of that group', (w) => w.put('apiservices', apiService(null)), /from a CustomResourceDefinition/],
  [
    'somebody else who serves our other group',
    (w) => w.put('apiservices', apiService({ namespace: 'x', name: 'y' }, {}, REPORTS)),
    /APIService v1alpha1\.millrace\.dev belongs to somebody else \(service x\/y\): rename or delete it/,
  ],
  [
    'custom resources of our other group',
    (w) => w.put('apiservices', apiService(null, {}, REPORTS)),
    /serves millrace\.dev itself, from a CustomResourceDefinition/,
  ],
  [
    'Millrace in another namespace',
    (w) => w.put('apiservices', apiService({ namespace: 'other', name: 'millrace' }, OURS)),
    /installed in namespace other: go on there with --namespace other/,
  ],
  [
    'Millrace by Helm',
    (w) =>
      w.put(
        'apiservices',
        apiService({ namespace: 'millrace', name: 'millrace' }, { ...OURS, 'app.kubernetes.io/managed-by': 'Helm' }),
      ),
    /installed here by Helm/,
  ],
  [
    'newer state',
    (w) =>
      w.put('customresourcedefinitions', {
        metadata: { name: DEFINITION, annotations: { 'millrace.dev/state-version': '2' } },
      }),
    /kept by a newer Millrace .*state-version 2/,
  ],
  ...['2.5', 'two', '', '-1', '1e3'].map((version): [string, (world: FakeCluster) => unknown, RegExp] => [
    `state of the version "${version}"`,
    (w) =>
      w.put('customresourcedefinitions', {
        metadata: { name: DEFINITION, annotations: { 'millrace.dev/state-version': version } },
      }),
    new RegExp(`${DEFINITION} has millrace.dev/state-version "${version}", which is no version: put back the number`),
  ]),
  [
    'state on its way out',
    (w) =>
      w.put('customresourcedefinitions', { metadata: { name: DEFINITION, deletionTimestamp: '2026-01-01T00:00:00Z' } }),
    /is being deleted, and all streams with it/,
  ],
  [
    'a namespace on its way out',
    (w) => w.put('namespaces', { metadata: { name: 'millrace', deletionTimestamp: '2026-01-01T00:00:00Z' } }),
    /namespace millrace is being deleted/,
  ],
  [
    'a namespace on its way out that our own APIServices keep',
    (w) => {
      w.put('namespaces', { metadata: { name: 'millrace', deletionTimestamp: '2026-01-01T00:00:00Z' } })
      w.put('apiservices', apiService({ namespace: 'millrace', name: 'millrace' }, OURS, REPORTS))
    },
    /namespace millrace is being deleted, and the APIServices of Millrace keep it from going where no server answers: run "millrace uninstall" first, then install again$/,
  ],
  [
    'another one on its way out that our own APIServices keep',
    (w) => {
      w.put('namespaces', { metadata: { name: 'tools', deletionTimestamp: '2026-01-01T00:00:00Z' } })
      w.put('apiservices', apiService({ namespace: 'tools', name: 'millrace' }, OURS))
    },
    /run "millrace uninstall --namespace tools" first/,
    { ...SETTINGS, namespace: 'tools' },
  ],
  [
    'somebody else who keeps our labels',
    (w) => w.put('apiservices', apiService({ namespace: 'openshift-apiserver', name: 'api' }, OURS)),
    /belongs to somebody else \(service openshift-apiserver\/api\)/,
  ],
  [
    'a namespace on its way out, in which nobody may make anything',
    (w) => {
      w.put('namespaces', { metadata: { name: 'millrace', deletionTimestamp: '2026-01-01T00:00:00Z' } })
      const why = 'unable to create new content in namespace millrace because it is being terminated'
      w.patch = ({ resource, name }) => Promise.reject(forbidden(resource, name, why))
    },
    /nothing was changed: namespace millrace is being deleted: wait until it is gone, or choose another with --namespace$/,
  ],
  ...NAMESPACED.map(([plural, name]): [string, (world: FakeCluster) => unknown, RegExp] => [
    `somebody else's ${plural} of that name in the namespace`,
    (w) =>
      w.put(plural, { metadata: { name, namespace: 'millrace', labels: { 'app.kubernetes.io/name': 'millrace' } } }),
    new RegExp(`${plural.slice(0, -1)}/${name} in millrace is there already, and not by millrace install: rename or`),
  ]),
  [
    'somebody else who has a role of that name',
    (w) => w.put('clusterroles', { metadata: { name: 'system:image-puller' } }),
    /clusterrole\/system:image-puller is there already, and not by millrace install/,
  ],
  [
    'Millrace by Helm, detached by hand',
    (w) =>
      w.put('clusterroles', {
        metadata: { name: 'millrace', labels: { ...OURS, 'app.kubernetes.io/managed-by': 'Helm' } },
      }),
    /clusterrole\/millrace is there already, and not by millrace install/,
  ],
  [
    'a server outside of the cluster',
    (w) =>
      w.put('services', {
        metadata: { name: 'millrace', namespace: 'millrace', labels: OURS },
        spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port: 8443 }] },
      } as KubeObject),
    /: a server outside of the cluster \(https:\/\/localhost:8443\) is registered in namespace millrace: end it, or run "millrace uninstall" where it has gone, first$/,
  ],
  [
    'no rights',
    (w) => w.denied.add('create apiservices').add('patch clusterroles'),
    /you may not patch clusterroles\.rbac\.authorization\.k8s\.io, create apiservices\.apiregistration\.k8s\.io: installing takes/,
  ],
]

describe('nothing is changed, and it is said what to do, where there is', () => {
  for (const [name, prepare, message, settings] of table)
    test(name, async () => assert.match(await obstacles(prepare, settings), message))

  test('roles that the user may not grant, in a namespace that is not there yet, too', async () => {
    const rule = (resource: string, more: string) => `\n{APIGroups:["apps"], Resources:["${resource}"], ${more}}`
    const message = await obstacles((w) => {
      w.patch = ({ resource: { plural }, namespace }) => {
        if (namespace === 'millrace') return Promise.reject(notFound({ group: '', plural: 'namespaces' }, namespace))
        const rights = rule('a', 'Verbs:["get" "list"]') + rule('b', 'ResourceNames:["x"], Verbs:["get"]')
        const why = `user "u" is attempting to grant RBAC permissions not currently held:${rights}`
        return plural === 'clusterroles'
          ? Promise.reject(forbidden({ group: '', plural }, 'millrace', why))
          : Promise.resolve({} as never)
      }
    })
    assert.match(
      message,
      /what you may not do yourself: get\/list a\.apps, get b\.apps "x": let a cluster administrator/,
    )
  })

  test('a role that is refused for another reason', async () => {
    const message = await obstacles((w) => {
      w.patch = () => Promise.reject(forbidden({ group: '', plural: 'clusterroles' }, 'millrace', 'a policy says no'))
    })
    assert.match(message, /clusterrole\/millrace: clusterroles "millrace" is forbidden: a policy says no/)
  })

  test('a namespace of pull secrets that is not there', async () => {
    const settings = { ...SETTINGS, pullSecretsFrom: ['team'] }
    assert.match(await obstacles(() => undefined, settings), /there is no namespace team: make it first/)
  })

  test("a namespace of Kubernetes' own", async () => {
    assert.match(
      await obstacles(() => undefined, { ...SETTINGS, namespace: 'kube-public' }),
      /kube-public is Kubernetes' own/,
    )
  })

  test('several things, a line each', async () => {
    const message = await obstacles((w) => {
      w.put('apiservices', apiService(null))
      w.remove('configmaps', 'kube-system', TRUST.metadata.name!)
    })
    assert.equal(message.split('\n').length, 3)
  })

  test('no cert-manager', async () => {
    const settings = { ...SETTINGS, certificates: 'cert-manager' as const }
    assert.equal(await obstacles(() => undefined, settings), '')
    assert.match(
      await obstacles((w) => w.hidden.add('/apis/cert-manager.io/v1'), settings),
      /cert-manager is not installed/,
    )
  })
})

test('nothing is in the way of a new installation, nor of the next version', async () => {
  assert.equal(await obstacles(() => undefined), '')
  assert.equal(
    await obstacles((w) => w.put('apiservices', apiService({ namespace: 'millrace', name: 'millrace' }, OURS))),
    '',
  )
})

test('nothing of others is in the way of what they make for us: where we are installed, and nowhere else', async () => {
  const secret = (w: FakeCluster) => w.put('secrets', { metadata: { name: 'millrace-serving', namespace: 'millrace' } })
  assert.match(await obstacles(secret), /secret\/millrace-serving in millrace is there already/)
  // By cert-manager, before the certificates are our own.
  const switched = (w: FakeCluster) => {
    secret(w)
    w.put('serviceaccounts', { metadata: { name: 'millrace', namespace: 'millrace', labels: OURS } })
  }
  assert.equal(await obstacles(switched), '')
})

test('a real OpenShift is told of once, and not by all that it has', async () => {
  const message = await obstacles((w) => {
    w.put('apiservices', apiService({ namespace: 'openshift-apiserver', name: 'api' }))
    w.put('clusterroles', { metadata: { name: 'system:image-puller' } })
  })
  assert.doesNotMatch(message, /system:image-puller/)
})

describe('a server outside of the cluster', () => {
  const objects = externalObjects({
    namespace: 'millrace',
    host: 'host.test',
    port: 8443,
    ca: '',
    version: '1',
    workloads: [],
  })
  const put = (world: FakeCluster, plural: string, labels: Record<string, string>, spec = {}) =>
    world.put(plural, { metadata: { name: 'millrace', namespace: 'millrace', labels }, spec } as KubeObject)
  const outside = { type: 'ExternalName', externalName: 'other.test', ports: [{ port: 8443 }] }
  const HELM = { ...OURS, 'app.kubernetes.io/managed-by': 'Helm' }

  const cases: [string, (world: FakeCluster) => unknown, boolean][] = [
    ['nobody', () => undefined, true],
    ['another such server', (w) => put(w, 'services', OURS, outside), true],
    ['an installation', (w) => put(w, 'services', OURS, { type: 'ClusterIP' }), false],
    ['an installation whose Service was deleted', (w) => put(w, 'serviceaccounts', OURS), false],
    ["a chart's installation whose Service was deleted", (w) => put(w, 'serviceaccounts', HELM), false],
    [
      'an installation whose Service was changed',
      (w) => put(w, 'serviceaccounts', OURS) && put(w, 'services', OURS, outside),
      false,
    ],
    ["somebody else's account", (w) => put(w, 'serviceaccounts', {}), true],
  ]
  test("does not take somebody else's Service for an installation", async () => {
    const message = await obstaclesOf(objects, (w) => put(w, 'services', {}, { type: 'ClusterIP' }))
    assert.match(message, /service\/millrace in millrace is there already/)
    assert.doesNotMatch(message, /Millrace is installed/)
  })

  for (const [name, prepare, isFree] of cases)
    test(`${isFree ? 'takes' : 'does not take'} the place of ${name}`, async () =>
      assert.match(
        await obstaclesOf(objects, prepare),
        isFree
          ? /^$/
          : /: Millrace is installed in this cluster, in namespace millrace: run "millrace uninstall" first$/,
      ))
})
