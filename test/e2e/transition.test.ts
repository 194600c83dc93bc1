// One version or setting taking the place of another in a real cluster: until the new servers run, nothing happens to the old ones.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { connect } from 'node:tls'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import { issueAuthority, issueServer } from '../../src/http/issue.ts'
import { withoutControlPlane } from '../support/controlPlane.ts'
import { eventually } from '../support/eventually.ts'
import { startInstallation, type Installation, type Replica } from '../support/installation.ts'
import { startNode } from '../support/nodes.ts'
import { kubeconfigOf } from '../support/serviceAccount.ts'

const KIND = '--workload-kind=rollouts.argoproj.io/v1alpha1'
const PATIENCE = { timeout: 60_000 }
const SERVER = 'millrace.millrace.svc'
const APISERVICES = ['v1.image.openshift.io', 'v1alpha1.millrace.dev']

describe('while one installation takes the place of another', { skip: withoutControlPlane }, () => {
  let here: Installation
  let kubectl: Installation['kubectl']
  let node: { stop(): Promise<void> } | undefined
  before(async () => {
    here = await startInstallation()
    kubectl = here.kubectl
  })
  after(async () => {
    await node?.stop()
    await here?.stop()
  })

  const rules = (kind: string) => kubectl.run('get', kind, 'millrace', '-n', 'millrace', '-o', 'jsonpath={.rules}')
  const get = async <T>(...args: string[]): Promise<T> =>
    JSON.parse(await kubectl.run('get', ...args, '-o', 'json')) as T
  /** What `direct` has made of the Service is nothing that anybody would. */
  const withoutService = () => kubectl.run('delete', 'service', 'millrace', '-n', 'millrace', '--ignore-not-found')
  const restarted = async (...flags: string[]): Promise<Replica> => {
    const replica = await here.replica(...flags)
    await eventually(() => assert.match(replica.stderr(), /the server is ready/), PATIENCE)
    return replica
  }

  test('that fails, a pod of the old one that restarts has its rights', async () => {
    await here.install(KIND)
    const { stderr } = await here.millrace.fail('install', '--image=registry.test/nowhere:1', '--timeout=2s')
    assert.match(stderr, /^error: the server does not start: /m)
    assert.match(await rules('clusterrole'), /"rollouts"/)
    await (await restarted(KIND)).stop('SIGTERM')
  })

  test('whoever may not give the rights of the old one is told so, and nothing is changed', async () => {
    const printed = await here.millrace.run('install', '--image=registry.test/millrace:1', '--print', '-o', 'json')
    const { items } = JSON.parse(printed) as { items: (KubeObject & { rules?: { apiGroups: string[] }[] })[] }
    const groups = new Set(items.flatMap(({ rules = [] }) => rules.flatMap(({ apiGroups }) => apiGroups)))
    const more = [
      'admissionregistration.k8s.io',
      'authentication.k8s.io',
      'authorization.k8s.io',
      'networking.k8s.io',
      'policy',
      'rbac.authorization.k8s.io',
    ]
    const verbs = ['create', 'get', 'list', 'watch', 'patch', 'update', 'delete', 'deletecollection']
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'older' },
      rules: [{ apiGroups: [...groups, ...more], resources: ['*'], verbs }],
    }
    await kubectl.with(JSON.stringify(role)).run('create', '-f', '-')
    await kubectl.run('create', 'serviceaccount', 'older')
    await kubectl.run('create', 'clusterrolebinding', 'older', '--clusterrole=older', '--serviceaccount=default:older')
    const older = here.millrace.under({ KUBECONFIG: await kubeconfigOf(here, 'default', 'older') })
    const args = ['install', '--image=registry.test/nowhere:1', '--timeout=2s']
    // The roles have all of both versions already: nothing is given.
    assert.match((await older.fail(...args)).stderr, /^error: the server does not start: /m)
    const remove = JSON.stringify([{ op: 'remove', path: '/rules/0' }])
    await kubectl.run('patch', 'clusterrole', 'millrace', '--type=json', '-p', remove)
    const version = () =>
      kubectl.run('get', 'clusterroles,deployments', '-A', '-o', 'jsonpath={.items[*].metadata.resourceVersion}')
    const before = await version()
    assert.match(
      (await older.fail(...args)).stderr,
      /nothing was changed: you may not give to others what you may not do yourself: .*list\/watch\/patch rollouts\.argoproj\.io.*: let a/,
    )
    assert.equal(await version(), before)
  })

  test('a port that somebody has changed by hand is put right', async () => {
    const patch = JSON.stringify([{ op: 'replace', path: '/spec/ports/0/port', value: 8443 }])
    await kubectl.run('patch', 'service', 'millrace', '-n', 'millrace', '--type=json', '-p', patch)
    const args = ['install', '--image=registry.test/nowhere:1', '--timeout=2s']
    assert.match((await here.millrace.fail(...args)).stderr, /^error: the server does not start: /m)
    assert.equal(
      await kubectl.run('get', 'service', 'millrace', '-n', 'millrace', '-o', 'jsonpath={.spec.ports[*].port}'),
      '443',
    )
  })

  test('that succeeds, the rights of the old one go', async () => {
    node = await startNode(here.client)
    // Its pods only pretend to run.
    const { stderr, stdout } = await here.millrace.fail('install', '--image=registry.test/millrace:1', '--timeout=20s')
    assert.match(stderr, /^error: the cluster does not reach the server: /m)
    assert.match(stdout, /^clusterrole\/millrace applied\n(.*\n)*clusterrole\/millrace applied$/m)
    assert.doesNotMatch(await rules('clusterrole'), /"rollouts"/)
    assert.equal(await (await here.replica(KIND)).exited, 1)
  })

  test('whose certificates are those of cert-manager, and back, the old servers go on', async () => {
    for (const kind of ['Certificate', 'Issuer'])
      await kubectl.with(JSON.stringify(definition(kind))).run('create', '-f', '-')
    const own = await here.leader()
    const before = await shown(own.port)
    const bundle = async () => (await get<{ spec: { caBundle?: string } }>('apiservice', APISERVICES[0]!)).spec.caBundle
    const trusted = await bundle()
    const image = '--image=registry.test/millrace:1'

    // An image that no node pulls: the cluster has all but the new servers.
    await node!.stop()
    node = undefined
    await withoutService()
    const failed = await here.millrace.fail(
      'install',
      '--image=registry.test/nowhere:1',
      '--cert-manager',
      '--timeout=2s',
    )
    assert.match(failed.stderr, /^error: the server does not start: /m)
    const ca = await certify(['millrace-cert-manager'])
    await here.direct(own)
    await kubectl.run('get', 'is')
    assert.deepEqual([await shown(own.port), await bundle()], [before, trusted])
    // One of the old ones that starts again may all that it did before.
    const again = await restarted()
    assert.equal(await shown(again.port), before)
    await again.stop('SIGTERM')

    // To cert-manager: the new server runs, and the cluster hears of its authority afterwards.
    await kubectl.run('delete', 'node', 'node', '--ignore-not-found')
    node = await startNode(here.client)
    const managed = await restarted('--certificates=cert-manager')
    assert.ok(new X509Certificate(await shown(managed.port)).verify(new X509Certificate(ca).publicKey))
    await withoutService()
    const forth = here.millrace.run('install', image, '--cert-manager', '--timeout=90s')
    await eventually(async () => {
      for (const name of APISERVICES) assert.equal(await injectedFrom(name), 'millrace/millrace-cert-manager')
    }, PATIENCE)
    await own.stop('SIGTERM')
    // As the injector of cert-manager does.
    const patch = JSON.stringify({ spec: { caBundle: Buffer.from(ca).toString('base64') } })
    for (const name of APISERVICES) await kubectl.run('patch', 'apiservice', name, '--type=merge', '-p', patch)
    await here.direct(managed)
    assert.match(await forth, /^secret\/millrace-serving in millrace removed$/m)
    await kubectl.run('get', 'is')
    assert.doesNotMatch(await rules('role'), /millrace-serving/)

    // Back: the one that leads makes no certificate for the new one.
    await eventually(() => assert.match(managed.stderr(), /"leading"/), PATIENCE)
    await withoutService()
    const back = here.millrace.run('install', image, '--timeout=90s')
    await eventually(() => kubectl.run('get', 'secret', 'millrace-serving', '-n', 'millrace'), PATIENCE)
    await eventually(async () =>
      assert.match(await rules('role'), /"update".*millrace-serving|millrace-serving.*"update"/),
    )
    const next = await restarted()
    await eventually(async () => {
      for (const name of APISERVICES) assert.equal(await injectedFrom(name), '')
    }, PATIENCE)
    assert.equal(await managed.stop('SIGTERM'), 0)
    await here.direct(next)
    assert.match(
      await back,
      /^secret\/millrace-cert-manager in millrace removed\nsecret\/millrace-authority in millrace removed$/m,
    )
    await kubectl.run('get', 'is')
    await kubectl.fail('get', 'secret', 'millrace-cert-manager', '-n', 'millrace')
  })

  const injectedFrom = (name: string) =>
    kubectl.run('get', 'apiservice', name, '-o', 'jsonpath={.metadata.annotations.cert-manager\\.io/inject-ca-from}')

  /** Writes what cert-manager would. PEM of the authority. */
  async function certify(names: readonly string[]): Promise<string> {
    const now = new Date()
    const authority = await issueAuthority('cert-manager', 100, now)
    const { cert, key } = await issueServer(authority, [SERVER], 10, now)
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    const data = { 'tls.crt': base64(cert), 'tls.key': base64(key), 'ca.crt': base64(authority.cert) }
    for (const name of [...names, 'millrace-authority']) {
      const secret = { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name }, data }
      await kubectl.with(JSON.stringify(secret)).run('create', '-n', 'millrace', '-f', '-')
    }
    return authority.cert
  }
})

/** A kind of cert-manager, whatever it says. */
function definition(kind: string): object {
  const plural = `${kind.toLowerCase()}s`
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.cert-manager.io` },
    spec: {
      group: 'cert-manager.io',
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  }
}

/** The certificate that a server shows. PEM. */
function shown(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: SERVER, rejectUnauthorized: false }, () => {
      const { raw } = socket.getPeerCertificate()
      socket.end()
      resolve(new X509Certificate(raw).toString())
    })
    socket.on('error', reject)
  })
}
