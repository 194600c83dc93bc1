import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeCluster } from '../../test/support/fakeCluster.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { forbidden } from '../core/machinery/status.ts'
import { InstallError } from './failure.ts'
import { install } from './install.ts'
import { manifests } from './manifests.ts'
import { nameOf } from './resources.ts'
import { DEFAULTS, type Settings } from './settings.ts'

const settings = { ...DEFAULTS, image: 'i', version: '1' }

/** A cluster whose pods become ready, and whose aggregator reaches them, if they are to. */
function cluster(state: { ready?: number; available?: string } = {}): FakeCluster {
  const fake = new FakeCluster()
  fake.applied = (object) => {
    const { kind, metadata } = object
    const { ready = 2, available = 'True' } = state
    const replicas = { replicas: 2, updatedReplicas: 2, availableReplicas: ready }
    const rolled = { metadata: { ...metadata, generation: 1 }, status: { observedGeneration: 1, ...replicas } }
    if (kind === 'Deployment') fake.put('deployments', { ...object, ...rolled })
    const condition = { type: 'Available', status: available, message: 'no endpoints' }
    if (kind === 'APIService') fake.put('apiservices', { ...object, status: { conditions: [condition] } } as KubeObject)
  }
  return fake
}

async function run(fake: FakeCluster, patience: number): Promise<string[]> {
  const applied: string[] = []
  await install(fake, { settings, patience, applied: (name) => applied.push(name), removed: assert.fail })
  return applied
}

describe('install', () => {
  test('applies everything in order', async () => {
    assert.deepEqual(await run(cluster(), 1_000), manifests(settings).map(nameOf))
  })

  test('registers nothing while the server does not run', async () => {
    const fake = cluster({ ready: 1 })
    await assert.rejects(run(fake, 1), (error) => {
      assert.ok(error instanceof InstallError)
      assert.match(
        error.message,
        /^the server does not start: 1 of 2 new pods are ready \(see kubectl -n millrace get pods, /,
      )
      return true
    })
    assert.deepEqual([fake.all('apiservices'), fake.all('mutatingwebhookconfigurations')], [[], []])
    assert.equal(fake.all('deployments').length, 1)
  })

  test('says why the cluster does not reach the server', async () => {
    const message = /the cluster does not reach the server: no endpoints/
    await assert.rejects(run(cluster({ available: 'False' }), 300), message)
  })

  test('waits for nothing when it is told so', async () => {
    assert.equal(
      (await run(cluster({ ready: 0, available: 'False' }), 0)).at(-1),
      'mutatingwebhookconfiguration/millrace',
    )
  })

  test('takes back what other settings have given', async () => {
    const fake = cluster()
    for (const name of ['a', 'b']) fake.put('namespaces', { metadata: { name } })
    const removed: string[] = []
    const change = (more: Partial<Settings>) =>
      install(fake, {
        settings: { ...settings, ...more },
        patience: 0,
        applied: () => undefined,
        removed: (name) => removed.push(name),
      })
    const mine = { metadata: { name: 'mine', namespace: 'a', labels: { 'app.kubernetes.io/name': 'millrace' } } }
    fake.put('rolebindings', mine)
    await change({})
    await change({ pullSecretsFrom: ['a'] })
    await change({ pullSecretsFrom: ['b'], certificates: 'cert-manager' })
    const made = ['millrace-authority', 'millrace-cert-manager']
    for (const name of made) fake.put('secrets', { metadata: { name, namespace: 'millrace' } })
    await change({ pullSecretsFrom: ['b'], certificates: 'cert-manager' })
    assert.deepEqual(
      fake.all('secrets').map(({ metadata }) => metadata.name),
      made,
    )
    await change({})
    // Who makes a Secret goes before it.
    assert.ok(
      removed.indexOf('certificate/millrace-cert-manager in millrace') <
        removed.indexOf('secret/millrace-cert-manager in millrace'),
    )
    assert.deepEqual(
      fake.all('secrets').map(({ metadata }) => metadata.name),
      ['millrace-serving'],
    )
    assert.deepEqual(removed.slice(0, 2), [
      'clusterrolebinding/millrace-pull-secrets',
      'rolebinding/millrace-pull-secrets in a',
    ])
    assert.deepEqual(removed.slice(2).toSorted(), [
      'certificate/millrace-authority in millrace',
      'certificate/millrace-cert-manager in millrace',
      'issuer/millrace-authority in millrace',
      'issuer/millrace-self-signed in millrace',
      'rolebinding/millrace-pull-secrets in b',
      'secret/millrace-authority in millrace',
      'secret/millrace-cert-manager in millrace',
      'secret/millrace-serving in millrace',
    ])
    assert.ok(fake.peek('rolebindings', 'a', 'mine'))
    assert.ok(fake.peek('clusterrolebindings', '', 'millrace-pull-secrets'))
  })

  describe('leaves a server that runs the rights that it has', () => {
    const KIND = 'rollouts.argoproj.io/v1alpha1'
    const change = (fake: FakeCluster, more: Partial<Settings>, patience: number, applied: string[] = []) =>
      install(fake, {
        settings: { ...settings, ...more },
        patience,
        applied: (name) => applied.push(name),
        removed: () => undefined,
      })
    const hasRights = (fake: FakeCluster) =>
      JSON.stringify(fake.peek('clusterroles', '', 'millrace')).includes('"rollouts"')

    test('until another one runs', async () => {
      const state = { ready: 2 }
      const fake = cluster(state)
      await change(fake, { workloadKinds: [KIND] }, 1_000)
      state.ready = 1
      await assert.rejects(change(fake, {}, 1), /the server does not start/)
      assert.ok(hasRights(fake))
      await assert.rejects(change(fake, {}, 1), /the server does not start/)
      assert.ok(hasRights(fake))
      state.ready = 2
      const applied: string[] = []
      await change(fake, {}, 1_000, applied)
      assert.ok(!hasRights(fake))
      assert.deepEqual(applied, [...manifests(settings).map(nameOf), 'clusterrole/millrace'])
    })

    test('but where nobody waits for the other', async () => {
      const fake = cluster()
      await change(fake, { workloadKinds: [KIND] }, 1_000)
      await change(fake, {}, 0)
      assert.ok(!hasRights(fake))
    })

    test('and changes nothing where whoever installs may not give them', async () => {
      const fake = cluster()
      await change(fake, { workloadKinds: [KIND] }, 1_000)
      const patch = fake.patch.bind(fake)
      fake.patch = (target, type, body, options?: { dryRun?: boolean }) => {
        const lacking = 'attempting to grant\n{APIGroups:["argoproj.io"], Resources:["rollouts"], Verbs:["patch"]}'
        const { resource, name } = target
        if (options?.dryRun && JSON.stringify(body).includes('rollouts'))
          return Promise.reject(forbidden(resource, name, lacking))
        return patch(target, type, body, options)
      }
      const before = fake.revision
      const message =
        /nothing was changed: you may not give to others what you may not do yourself: patch rollouts\.argo/
      await assert.rejects(change(fake, {}, 1_000), message)
      assert.equal(fake.revision, before)
    })
  })

  test('leaves a namespace as it is that was there before', async () => {
    const fake = cluster()
    const before = fake.put('namespaces', { metadata: { name: 'millrace', labels: { team: 'a' } } })
    assert.ok(!(await run(fake, 1_000)).includes('namespace/millrace'))
    assert.equal(fake.peek('namespaces', '', 'millrace'), before)
  })
})
