import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStandalone } from '../../src/app/standalone.ts'
import { KubeClient } from '../../src/kube/client.ts'
import { loadAccess } from '../../src/kube/kubeconfig.ts'
import { objectClientContract } from './objectClient.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }

async function standalone() {
  const dataDir = await mkdtemp(join(tmpdir(), 'millrace-contract-'))
  const server = await startStandalone({ port: 0, dataDir, log: silent })
  const namespace = 'contract'
  const namespaces = { resource: { group: '', version: 'v1', plural: 'namespaces' } }
  await server.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  return {
    server,
    namespace,
    close: async () => {
      await server.close()
      await rm(dataDir, { recursive: true })
    },
  }
}

objectClientContract('in process', async () => {
  const { server, namespace, close } = await standalone()
  return { client: server.client, namespace, close }
})

objectClientContract('HTTPS', async () => {
  const { server, namespace, close } = await standalone()
  const client = new KubeClient(loadAccess({ kubeconfig: server.kubeconfig, env: {} }))
  return {
    client,
    namespace,
    async close() {
      await client.close()
      await close()
    },
  }
})
