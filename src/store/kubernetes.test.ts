import { storeContract } from '../../test/contract/store.ts'
import { startStorageServer } from '../../test/support/storageServer.ts'
import { silent } from '../core/machinery/log.ts'
import { openKubernetes, type StoredKind } from './kubernetes.ts'

const kind = (plural: string, served: string): StoredKind => ({
  served: { group: '', plural: served },
  stored: { group: 'storage.test', version: 'v1', plural, kind: 'StoredThing' },
  namespaced: true,
})
const KINDS = [kind('storedpods', 'pods'), kind('storedpodsets', 'podsets')]
const NAMESPACES = ['default', 'default2', 'one', 'two', 'a', 'b', 'a-b']

storeContract('kubernetes, over the sandbox', async ({ watchBuffer }) => {
  const server = await startStorageServer(KINDS, NAMESPACES)
  const store = openKubernetes({ client: server.client(), kinds: KINDS, log: silent, watchBuffer, patience: 500 })
  await store.filled
  return store
})
