// What the benchmarks of a cluster work on: its API server, servers of image streams beside it, and a registry full of images.
import { join } from 'node:path'
import { freePort } from '../../test/support/freePort.ts'
import { launch, temporaryDirectory, type Running } from '../../test/support/processes.ts'
import { ALLOW_LOOPBACK } from '../../test/support/server.ts'
import { MILLRACE } from '../../test/support/standalone.ts'
import { connect, type Client } from '../client.ts'
import { startImages, type Images } from '../images.ts'
import { inParallel } from '../measure.ts'
import { residentMemory } from '../process.ts'
import { CONCURRENCY } from '../world.ts'
import { createAccount } from './account.ts'

/** Imports of each way to import. */
export const IMPORTS = 500
/** Everything is made here, and goes with it. */
export const NAMESPACE = 'millrace-bench'
export const TRIGGERS_NAMESPACE = 'millrace-bench-triggers'
export const IMAGE_API = `/apis/image.openshift.io/v1/namespaces/${NAMESPACE}`
/** Milliseconds until the server must be there, also with 10,000 streams. */
const START = 120_000

const STORED_IMAGES = '/apis/storage.millrace.dev/v1/storedimages'
const API_SERVICE = '/apis/apiregistration.k8s.io/v1/apiservices/v1.image.openshift.io'

export interface Replica {
  readonly pid: number
  /** Port that it serves on. */
  readonly port: number
  /** From the command until the cluster sends requests there; milliseconds. */
  readonly started: number
  /** Resident megabytes. */
  memory(): Promise<number>
  stop(signal?: NodeJS.Signals): Promise<unknown>
}

export interface ClusterWorld {
  /** Path; of an administrator. */
  readonly kubeconfig: string
  /** Of the kube-apiserver; as the account of the benchmarks (account.ts), as the servers are. */
  readonly client: Client
  readonly images: Images
  /** Hosts of registries; images of theirs are taken away in the end. */
  readonly hosts: Set<string>
  /** Starts a server of image streams, which takes the registration over. */
  start(): Promise<Replica>
  close(): Promise<void>
}

/** Refuses a cluster that serves image streams already: what is measured would be somebody else's. */
export async function createClusterWorld(kubeconfig: string): Promise<ClusterWorld> {
  const replicas = new Set<Running>()
  const directory = temporaryDirectory('bench')
  await createNamespace(kubeconfig)
  const account = await createAccount(kubeconfig, NAMESPACE, directory)
  const client = connect(account.kubeconfig, CONCURRENCY)
  const images = await startImages(2 * IMPORTS, CONCURRENCY)
  const hosts = new Set([images.host])
  return {
    kubeconfig,
    client,
    images,
    hosts,
    async start() {
      const port = await freePort()
      const begin = performance.now()
      const url = `https://localhost:${port}`
      const data = join(directory, `server-${port}`)
      const env = { ...process.env, MILLRACE_LOG_LEVEL: process.env['MILLRACE_LOG_LEVEL'] ?? 'warn' }
      const args = [
        'server',
        '--kubeconfig',
        account.kubeconfig,
        '--register-external',
        url,
        '--data-dir',
        data,
        ...ALLOW_LOOPBACK,
      ]
      const running = launch(MILLRACE, args, { env })
      replicas.add(running)
      await running.printed(/serves the image streams/, START)
      return {
        pid: running.pid,
        port,
        started: performance.now() - begin,
        memory: () => residentMemory(running.pid),
        stop(signal = 'SIGTERM') {
          replicas.delete(running)
          return running.stop(signal)
        },
      }
    },
    async close() {
      // An interrupt takes the registration back; nothing is left for the others to take back then.
      await Promise.all([...replicas].map((running) => running.stop('SIGTERM')))
      await removeImages(client, hosts)
      for (const namespace of [NAMESPACE, TRIGGERS_NAMESPACE])
        if (await client.exists(`/api/v1/namespaces/${namespace}`))
          await client.send('DELETE', `/api/v1/namespaces/${namespace}`)
      await client.close()
      await account.remove()
      await images.stop()
    },
  }
}

async function createNamespace(kubeconfig: string): Promise<void> {
  const client = connect(kubeconfig, 1)
  try {
    if (await client.exists(API_SERVICE))
      throw new Error('the cluster serves image streams already: measure on one that does not')
    const metadata = { name: NAMESPACE }
    await client.send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata })
  } finally {
    await client.close()
  }
}

interface StoredImages {
  items: { metadata: { name: string }; object: { dockerImageReference: string } }[]
}

/** Images are in no namespace, and would stay. */
async function removeImages(client: Client, hosts: ReadonlySet<string>): Promise<void> {
  const { items } = await client.send<StoredImages>('GET', STORED_IMAGES)
  const ours = items.filter(({ object }) => hosts.has(object.dockerImageReference.split('/', 1)[0]!))
  await inParallel(ours.length, CONCURRENCY, (i) => client.send('DELETE', `${STORED_IMAGES}/${ours[i]!.metadata.name}`))
}
