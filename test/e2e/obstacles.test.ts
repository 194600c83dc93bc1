// What a real cluster puts in the way of a server or an installation: each is said with what to do, and nothing is left behind.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Agent, request } from 'undici'
import { withoutControlPlane } from '../support/controlPlane.ts'
import { freePort } from '../support/freePort.ts'
import { eventually } from '../support/eventually.ts'
import { startInstallation, type Installation } from '../support/installation.ts'
import { kubeconfigOf } from '../support/serviceAccount.ts'
import { launch } from '../support/processes.ts'
import { MILLRACE } from '../support/server.ts'

describe('a cluster', { skip: withoutControlPlane }, () => {
  let here: Installation
  let kubectl: Installation['kubectl']
  before(async () => {
    here = await startInstallation()
    kubectl = here.kubectl
  })
  after(() => here?.stop())

  test('that does not reach a server: a signal ends its start at once, and takes the registration back', async (t) => {
    const [port, elsewhere] = await Promise.all([freePort(), freePort()])
    const data = join(here.directory, 'unreachable')
    const flags = ['--register-external', `https://localhost:${elsewhere}`, `--port=${port}`, '--data-dir', data]
    const env = { ...process.env, KUBECONFIG: here.kubeconfig, HOME: here.directory }
    const server = launch(MILLRACE, ['server', ...flags], { env })
    const registered = 'mutatingwebhookconfiguration/millrace'
    await eventually(() => kubectl.run('get', registered, 'apiservice/v1.image.openshift.io'), { timeout: 60_000 })
    const begun = performance.now()
    assert.equal(await server.stop('SIGTERM'), 0, server.stderr())
    const elapsed = performance.now() - begun
    t.diagnostic(`ended after ${Math.round(elapsed)} ms`)
    assert.ok(elapsed < 10_000, `${elapsed} ms`)
    assert.doesNotMatch(server.stderr(), /^error|failed|could not/m)
    assert.equal(server.stdout(), '')
    const kinds = 'apiservices,mutatingwebhookconfigurations,services'
    assert.doesNotMatch(await kubectl.run('get', kinds, '-A', '-o', 'name'), /\/(millrace|v1\.image\.openshift)/)
  })

  /** The command line for somebody who may do these things in the whole cluster. */
  async function somebody(name: string, ...rules: [verbs: string, resources: string][]) {
    await kubectl.run('create', 'serviceaccount', name)
    const rule = ([verbs, resources]: [string, string]) => ({
      verbs: verbs.split(','),
      apiGroups: ['*'],
      resources: resources.split(','),
    })
    const metadata = { name }
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules: rules.map(rule) }
    await kubectl.with(JSON.stringify(role)).run('apply', '-f', '-')
    const bound = [`--clusterrole=${name}`, `--serviceaccount=default:${name}`]
    await kubectl.run('create', 'clusterrolebinding', name, ...bound)
    return here.millrace.under({ KUBECONFIG: await kubeconfigOf(here, 'default', name) })
  }
  /** All that an installation is, by name and version. */
  const state = () => {
    const kinds = 'ns,crds,clusterroles,clusterrolebindings,roles,rolebindings,apiservices,deployments'
    const line = '{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}'
    return kubectl.run('get', kinds, '-A', '-o', `jsonpath={range .items[*]}${line}{end}`)
  }

  test('lets nobody give rights that they do not have: installing says which, and changes nothing', async () => {
    const limited = await somebody('limited', ['create,get,list,patch,delete', '*'])
    const before = await state()
    const { stderr } = await limited.fail('install', '--image=r.test/i:1')
    assert.match(
      stderr,
      /nothing was changed: you may not give to others what you may not do yourself: .*update resourcequotas\/status, .*watch\/update leases.*: let a cluster administrator install, or get these rights first$/m,
    )
    const external = [
      'server',
      '--register-external',
      'https://localhost:1',
      '--data-dir',
      join(here.directory, 'limited'),
    ]
    assert.match(
      (await limited.fail(...external)).stderr,
      /^error: this server cannot be registered, and nothing was changed: it may not .*watch\/update leases.*: name a kubeconfig of a cluster administrator$/m,
    )
    assert.equal(await state(), before)
  })

  test('has objects of others under our names: installing says which, and neither that nor uninstalling touches them', async () => {
    const inOurs = ['-n', 'millrace']
    // Servers beside the cluster leave theirs.
    await here.millrace.run('uninstall', '--purge')
    await kubectl.run('create', 'namespace', 'millrace')
    await kubectl.run('create', 'deployment', 'millrace', '--image=r.test/theirs:1', ...inOurs)
    await kubectl.run('create', 'serviceaccount', 'millrace', ...inOurs)
    await kubectl.run('create', 'secret', 'generic', 'millrace-serving', ...inOurs)
    const theirs = () => {
      const shown = 'jsonpath={range .items[*]}{.metadata.uid} {.spec}{.data}{.metadata.labels}{"\\n"}{end}'
      return kubectl.run('get', 'deployments,serviceaccounts,secrets', ...inOurs, '-o', shown)
    }
    const before = await theirs()
    const { stderr } = await here.millrace.fail('install', '--image=r.test/i:1')
    assert.match(stderr, /^error: Millrace cannot be installed in this cluster, and nothing was changed:$/m)
    for (const name of ['deployment/millrace', 'serviceaccount/millrace', 'secret/millrace-serving'])
      assert.match(stderr, new RegExp(`^ {2}- ${name} in millrace is there already, and not by millrace install`, 'm'))
    const out = await here.millrace.run('uninstall')
    for (const name of ['deployment/millrace', 'serviceaccount/millrace', 'secret/millrace-serving'])
      assert.match(out, new RegExp(`^${name} in millrace stays: it was not made by millrace install$`, 'm'))
    assert.doesNotMatch(out, /removed$/m)
    assert.equal(await theirs(), before)
    const refused = await here.millrace.fail('uninstall', '--namespace=kube-system')
    assert.match(refused.stderr, /nothing was changed: namespace kube-system is Kubernetes' own/)
  })

  test('is deleting the namespace: installing says to wait', async () => {
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', finalizers: ['example.com/hold'] } }
    await kubectl.with(JSON.stringify(map)).run('create', '-n', 'millrace', '-f', '-')
    await kubectl.run('delete', 'namespace', 'millrace', '--wait=false')
    const { stderr } = await here.millrace.fail('install', '--image=r.test/i:1')
    assert.match(stderr, /nothing was changed: namespace millrace is being deleted: wait until it is gone/)
    const released = JSON.stringify({ metadata: { finalizers: null } })
    await kubectl.run('patch', 'configmap', 'held', '-n', 'millrace', '--type=merge', '-p', released)
    await kubectl.run('wait', '--for=delete', 'namespace/millrace', '--timeout=60s')
  })

  test('cannot delete the namespace, for a server of ours is gone: installing says what to do', async () => {
    await here.install()
    await kubectl.run('delete', 'namespace', 'millrace', '--wait=false')
    const { stderr } = await here.millrace.fail('install', '--image=r.test/i:1')
    assert.match(stderr, /nothing was changed: namespace millrace is being deleted, .*: run "millrace uninstall" first/)
    assert.match(await here.millrace.run('uninstall'), /^namespace\/millrace removed$/m)
  })

  test('holds something of somebody in the namespace: uninstalling keeps that, and --purge does not', async () => {
    await here.install()
    await kubectl.run('create', 'secret', 'generic', 'hook', '-n', 'millrace')
    const template = {
      metadata: { labels: { a: 'b' } },
      spec: { containers: [{ name: 'c', image: 'r.test/theirs:1' }] },
    }
    const service = { name: 'millrace', port: { number: 443 } }
    for (const [apiVersion, kind, name, spec] of [
      ['apps/v1', 'ReplicaSet', 'bare', { replicas: 0, selector: { matchLabels: { a: 'b' } }, template }],
      ['networking.k8s.io/v1', 'NetworkPolicy', 'more', { podSelector: {} }],
      ['networking.k8s.io/v1', 'Ingress', 'hooks', { defaultBackend: { service } }],
    ] as const) {
      const object = { apiVersion, kind, metadata: { name, namespace: 'millrace' }, spec }
      await kubectl.with(JSON.stringify(object)).run('create', '-f', '-')
    }
    const kept = await here.millrace.run('uninstall')
    assert.match(
      kept,
      /^namespace millrace stays: it holds secret\/hook, replicaset\/bare, ingress\/hooks, networkpolicy\/more: --purge removes it$/m,
    )
    await kubectl.run('get', 'secret', 'hook', '-n', 'millrace')
    assert.match(await here.millrace.run('uninstall', '--purge'), /^namespace\/millrace removed$/m)
  })

  test('has objects as they are printed: installing goes on with them', async () => {
    const printed = await here.millrace.run('install', '--image=registry.test/millrace:1', '--print')
    await kubectl.with(printed).run('apply', '-f', '-')
    await here.install()
    await here.millrace.run('uninstall', '--purge')
    await kubectl.run('delete', 'namespace', 'millrace', '--timeout=60s')
  })

  test('says what keeps a namespace from going', async () => {
    await here.install()
    const dead = {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.dead.example.com' },
      spec: {
        group: 'dead.example.com',
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { namespace: 'default', name: 'nobody' },
      },
    }
    await kubectl.with(JSON.stringify(dead)).run('create', '-f', '-')
    const { stderr } = await here.millrace.fail('uninstall', '--timeout=10s')
    await kubectl.run('delete', 'apiservice', dead.metadata.name)
    assert.match(stderr, /^error: namespace\/millrace is not gone: .*; .*dead\.example\.com\/v1/m)
    await kubectl.run('wait', '--for=delete', 'namespace/millrace', '--timeout=90s')
  })

  test('has a Secret of another type under our name, in our place: installing goes on with it', async () => {
    await here.install()
    await kubectl.run('delete', 'secret', 'millrace-serving', '-n', 'millrace')
    const data = { 'tls.crt': 'AAAA', 'tls.key': 'AAAA' }
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'millrace-serving' },
      type: 'kubernetes.io/tls',
      data,
    }
    await kubectl.with(JSON.stringify(secret)).run('create', '-n', 'millrace', '-f', '-')
    await here.install()
    const shown = ['get', 'secret', 'millrace-serving', '-n', 'millrace', '-o', 'jsonpath={.type} {.data}']
    assert.equal(await kubectl.run(...shown), `kubernetes.io/tls ${JSON.stringify(data)}`)
  })

  test('lets somebody install who may do no more than that takes, and nobody who may do less', async () => {
    const most: [string, string] = ['create,get,patch,escalate,bind', '*']
    const few = await somebody('few', most)
    const before = await state()
    const { stderr } = await few.fail('install', '--image=r.test/i:1', '--timeout=0')
    assert.match(
      stderr,
      /nothing was changed: you may not delete clusterrolebindings\.rbac\.authorization\.k8s\.io, .*list\/delete rolebindings/,
    )
    assert.equal(await state(), before)
    const enough = await somebody(
      'enough',
      most,
      ['list,delete', 'rolebindings'],
      ['delete', 'clusterrolebindings,secrets'],
    )
    await enough.run('install', '--image=registry.test/millrace:1', '--timeout=0')
  })

  test('lets nobody uninstall who may not: it is said what that takes, and nothing is changed', async () => {
    await here.install()
    const reader = await somebody('reader', ['get,list', '*'])
    const before = await state()
    const { stderr } = await reader.fail('uninstall')
    assert.match(
      stderr,
      /^error: Millrace cannot be uninstalled, and nothing was changed: you may not delete .*delete secrets .*patch storedimages.*: uninstalling takes the rights of a cluster administrator$/m,
    )
    assert.equal(await state(), before)
  })

  test("tells a server which rights of Kubernetes' own roles it lacks, and what to do", async () => {
    await kubectl.run('delete', 'clusterrolebinding', 'millrace-auth-delegator')
    await kubectl.run('delete', 'rolebinding', 'millrace-authentication-reader', '-n', 'kube-system')
    const server = await here.replica()
    assert.equal(await server.exited, 1)
    assert.match(
      server.stderr(),
      /^error: this server may not do what it has to: it may not create tokenreviews\.authentication\.k8s\.io, create subjectaccessreviews\.authorization\.k8s\.io, get\/list\/watch configmaps "extension-apiserver-authentication" in namespace kube-system: run "millrace install" of this version again, which binds ClusterRole system:auth-delegator and, in kube-system, Role extension-apiserver-authentication-reader$/m,
    )
  })

  test('in which a definition of ours is deleted: the server is not ready, says why, and is again when it is back', async (t) => {
    await here.install()
    const server = await here.replica()
    const readyz = async () => {
      const { statusCode, body } = await request(`https://127.0.0.1:${server.port}/readyz`, { dispatcher })
      return `${statusCode} ${await body.text()}`
    }
    const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
    t.after(() => dispatcher.destroy())
    await eventually(async () => assert.equal(await readyz(), '200 ok'), { timeout: 30_000 })
    await kubectl.run('delete', 'crd', 'storedimages.storage.millrace.dev')
    const begun = performance.now()
    await eventually(async () =>
      assert.match(
        await readyz(),
        /^503 \[-\]state \(the cluster does not serve storedimages\.storage\.millrace\.dev, .*: run "millrace install" again\) not ready\n$/,
      ),
    )
    t.diagnostic(`not ready after ${Math.round(performance.now() - begun)} ms`)
    const { statusCode } = await request(`https://127.0.0.1:${server.port}/livez`, { dispatcher })
    assert.equal(statusCode, 200)
    await here.install()
    await eventually(async () => assert.equal(await readyz(), '200 ok'), { timeout: 40_000 })
    t.diagnostic(`ready after ${Math.round(performance.now() - begun)} ms`)
    assert.equal(await server.stop('SIGTERM'), 0)
  })

  test('was left by an installation with streams that somebody holds: the next one holds them again', async () => {
    const first = await here.leader()
    const held = { apiVersion: 'image.openshift.io/v1', kind: 'ImageStream' }
    const metadata = { name: 'held', finalizers: ['example.com/hold'] }
    await kubectl.with(JSON.stringify({ ...held, metadata })).run('create', '-f', '-')
    const guards = () =>
      kubectl.run(
        'get',
        'storedimagestreams',
        'held',
        '-o',
        'jsonpath={.metadata.finalizers} {.object.metadata.finalizers}',
      )
    const GUARDED = '["storage.millrace.dev/finalizers"] ["example.com/hold"]'
    assert.equal(await guards(), GUARDED)
    await first.stop('SIGTERM')
    await here.millrace.run('uninstall')
    assert.equal(await guards(), ' ["example.com/hold"]')
    const next = await here.leader()
    await eventually(async () => assert.equal(await guards(), GUARDED), { timeout: 20_000 })
    await next.stop('SIGTERM')
  })

  test('takes rights away from a server that runs: users are told that it is the server that lacks them, and its log which', async () => {
    const server = await here.leader()
    await kubectl.run('create', 'clusterrolebinding', 'jane', '--clusterrole=view', '--user=jane')
    assert.match(await kubectl.run('get', 'is', '--as=jane', '-o', 'name'), /imagestream/)
    await kubectl.run('delete', 'clusterrole', 'millrace')
    await kubectl.run('delete', 'clusterrolebinding', 'millrace-auth-delegator')
    const lacks =
      /^Error from server \(InternalError\): .*the server lacks a right in its cluster; its log says which$/m
    await eventually(async () => {
      const { stderr } = await kubectl.fail('annotate', 'is', 'held', 'x=y', '--overwrite')
      assert.match(stderr, lacks)
    })
    const { stderr } = await kubectl.fail('get', 'is', 'held', '--as=john')
    assert.match(stderr, /Forbidden/, 'the cluster itself refuses who has no rights')
    await eventually(
      async () => {
        const { stderr } = await kubectl.fail('get', 'is', 'held', '--as=jane')
        assert.match(stderr, lacks)
      },
      { timeout: 20_000 },
    )
    for (const resource of ['storedimagestreams', 'subjectaccessreviews'])
      assert.equal(
        server
          .stderr()
          .split('\n')
          .filter((line) => line.includes(`"resource":"${resource}"`)).length,
        1,
      )
    assert.match(server.stderr(), /run \\"millrace install\\" of this version again/)
  })
})
