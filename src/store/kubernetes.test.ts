import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { storeContract } from '../../test/contract/store.ts'
import { startControlPlane, withoutControlPlane, type ControlPlane } from '../../test/support/controlPlane.ts'
import { eventually } from '../../test/support/eventually.ts'
import { startStorageServer } from '../../test/support/storageServer.ts'
import { Kept } from '../../test/support/kept.ts'
import { silent } from '../core/machinery/log.ts'
import { customResourceDefinition } from './kubernetes/definition.ts'
import { openKubernetes, type StoredKind } from './kubernetes.ts'
import { keyOf } from './store.ts'

const kind = (plural: string, served: string): StoredKind => ({
  served: { group: '', plural: served },
  stored: { group: 'storage.test', version: 'v1', plural, kind: `Stored${served}` },
  namespaced: true,
  schema: Kept,
})
const KINDS = [kind('storedpods', 'pods'), kind('storedpodsets', 'podsets')]
const NAMESPACES = ['default', 'default2', 'one', 'two', 'a', 'b', 'a-b']

storeContract('kubernetes, over the sandbox', async ({ watchBuffer }) => {
  const server = await startStorageServer(KINDS, NAMESPACES)
  const store = openKubernetes({ client: server.client(), kinds: KINDS, log: silent, watchBuffer, patience: 500 })
  await store.filled
  return store
})

let cluster: Promise<ControlPlane> | undefined
after(async () => (await cluster)?.stop())

storeContract(
  'kubernetes, over a real control plane',
  async ({ watchBuffer }) => {
    const { client } = await (cluster ??= startCluster())
    await clear(client)
    const store = openKubernetes({ client, kinds: KINDS, log: silent, watchBuffer, patience: 3_000 })
    await store.filled
    return store
  },
  withoutControlPlane,
)

test('a kube-apiserver keeps no account of who wrote what is changed', { skip: withoutControlPlane }, async () => {
  const { client } = await (cluster ??= startCluster())
  await clear(client)
  const [kind] = KINDS as [StoredKind]
  const store = openKubernetes({ client, kinds: [kind], log: silent })
  const key = keyOf(kind.served, 'default', 'x')
  const accounts = async (): Promise<unknown> =>
    (await client.get({ resource: kind.stored, namespace: 'default', name: 'x' })).metadata.managedFields
  const metadata = { name: 'x', uid: 'u' }
  const created = (await store.create(key, { metadata }))!
  assert.ok(await accounts())
  const labelled = (await store.update(key, { metadata: { ...metadata, labels: { a: '1' } } }, created.revision))!
  assert.equal(await accounts(), undefined)
  await store.update(key, { metadata: { ...metadata, labels: { a: '2' } } }, labelled.revision)
  assert.equal(await accounts(), undefined)
  await store.close()
})

async function startCluster(): Promise<ControlPlane> {
  const started = await startControlPlane()
  const { client } = started
  const definitions = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' }
  for (const each of KINDS)
    await client.create({ resource: definitions }, customResourceDefinition(each, 'A thing for tests.'))
  for (const name of NAMESPACES.slice(1))
    await client.create(
      { resource: { group: '', version: 'v1', plural: 'namespaces' } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    )
  for (const { stored } of KINDS) await eventually(() => client.list({ resource: stored }))
  return started
}

/** Every test begins with nothing. */
async function clear({ transport }: ControlPlane['client']): Promise<void> {
  for (const { stored } of KINDS) {
    const at = (namespace: string) => `/apis/${stored.group}/${stored.version}/namespaces/${namespace}/${stored.plural}`
    for (const namespace of NAMESPACES) await transport.text({ method: 'DELETE', path: at(namespace) })
  }
}
