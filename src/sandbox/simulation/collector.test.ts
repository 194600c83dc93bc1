import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { startInProcess } from '../../../test/support/inProcess.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import { silent } from '../../core/machinery/log.ts'
import type { KubeObject, OwnerReference } from '../../core/machinery/object.ts'
import { isReason } from '../../core/machinery/status.ts'
import { startSandbox, type Sandbox } from './start.ts'

const resource = { group: '', version: 'v1', plural: 'configmaps' }
const namespace = 'default'

let client: ObjectClient
let sandbox: Sandbox
const stop = new AbortController()

before(async () => {
  client = (await startInProcess()).client
  const resources = [{ ...resource, kind: 'ConfigMap' }]
  sandbox = startSandbox({ client, resources, log: silent, signal: stop.signal })
  await sandbox.ready
})
after(async () => {
  stop.abort()
  await sandbox.stopped
})

const target = (name: string) => ({ resource, namespace, name })
const create = (name: string, ...owners: KubeObject[]): Promise<KubeObject> =>
  client.create(
    { resource, namespace },
    { metadata: { name, ...(owners.length > 0 && { ownerReferences: owners.map(owns) }) } },
  )
const owns = ({ metadata: { name = '', uid = '' } }: KubeObject): OwnerReference => {
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid, blockOwnerDeletion: true }
}
const gone = (name: string): Promise<void> =>
  eventually(() =>
    assert.rejects(client.get(target(name)), (error) => isReason(error, 'NotFound'), `${name} is still there`),
  )

test('a foreground deletion takes what is owned first', async () => {
  const owner = await create('owner')
  await create('owned', await create('between', owner))
  await client.delete(target('owner'), { propagationPolicy: 'Foreground' })
  for (const name of ['owned', 'between', 'owner']) await gone(name)
})

test('a foreground deletion spares what has another owner, and takes the reference out', async () => {
  const [one, two] = [await create('one'), await create('two')]
  await create('shared', one, two)
  await client.delete(target('one'), { propagationPolicy: 'Foreground' })
  await gone('one')
  const shared = await client.get(target('shared'))
  assert.equal(shared.metadata.deletionTimestamp, undefined)
  assert.deepEqual(shared.metadata.ownerReferences, [owns(two)])
})

test('owners in a circle do not wait for each other', async () => {
  const first = await create('first')
  const third = await create('third', await create('second', first))
  await client.patch(target('first'), 'merge', { metadata: { ownerReferences: [owns(third)] } })
  await client.delete(target('first'), { propagationPolicy: 'Foreground' })
  for (const name of ['first', 'second', 'third']) await gone(name)
})

test('an object that owns itself can be deleted', async () => {
  const narcissus = await create('narcissus')
  await client.patch(target('narcissus'), 'merge', { metadata: { ownerReferences: [owns(narcissus)] } })
  await client.delete(target('narcissus'), { propagationPolicy: 'Foreground' })
  await gone('narcissus')
})
