// Millrace behind the aggregator of a Kubernetes cluster: its state lies in the cluster, its users are the cluster's.
// This file wires; nothing else does.
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { localNames, streamReader } from '../admission/localNames.ts'
import { triggers } from '../admission/triggers.ts'
import { webhook } from '../admission/webhook.ts'
import { quotas } from '../admission/quota.ts'
import { anyOf } from '../apiserver/authenticate.ts'
import { byAccessReview } from '../apiserver/delegated/accessReview.ts'
import { byClusterCertificate } from '../apiserver/delegated/frontProxy.ts'
import { byTokenReview } from '../apiserver/delegated/tokenReview.ts'
import { imageResources, type ImageDeps } from '../apiserver/resources/index.ts'
import { createApiServer } from '../apiserver/server.ts'
import { startControllers } from '../controllers/index.ts'
import type { Log } from '../core/machinery/log.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { loadOrCreate } from '../http/certificates.ts'
import type { Handler } from '../http/handler.ts'
import { listen } from '../http/listener.ts'
import { createOutbound } from '../http/outbound.ts'
import { makePrivateDirectory } from '../http/privateDirectory.ts'
import type { Access } from '../kube/access.ts'
import { KubeClient } from '../kube/client.ts'
import { Election } from '../kube/lease.ts'
import { Reflector } from '../kube/reflector.ts'
import { createHttpReader } from '../registry/httpReader.ts'
import { createImporter } from '../registry/importer.ts'
import { openKubernetes } from '../store/kubernetes.ts'
import { externalObjects, serviceHost } from './cluster/external.ts'
import { deregister, register, installDefinitions } from './cluster/register.ts'
import { cachedNamespaces, NAMESPACES } from './cluster/namespaces.ts'
import { routed } from './cluster/routed.ts'
import { STORED_KINDS } from './cluster/storedKinds.ts'
import { ClusterTrust } from './cluster/trust.ts'
import { NAMES_PATH, TRIGGERS_PATH } from './cluster/webhooks.ts'
import { Lifecycle } from './lifecycle.ts'
import { limitRanges } from './limitRanges.ts'
import { pullSecrets } from './pullSecrets.ts'
import { IMAGE_DEFAULTS } from './resources.ts'
import { dataFailure, portFailure } from './startup.ts'
import { VERSION } from './version.ts'

/** A server outside of the cluster that registers itself there. */
export interface AggregatedOptions {
  access: Access
  /** Where the cluster's API server finds this process. The port is also the one that it listens on, unless `port` is set. */
  external: { host: string; port: number }
  /** Port to listen on. */
  port?: number
  /** Address to listen on. Default 127.0.0.1. */
  host?: string
  /** Namespace of what is registered. Default `millrace`. */
  namespace?: string
  /** Where certificates live. Default `.millrace-server`. */
  dataDir?: string
  log: Log
}

/** A server that runs. */
export interface Aggregated {
  readonly port: number
  /** Takes the registration back, and stops. */
  close(): Promise<void>
}

const DEFAULT_NAMESPACE = 'millrace'
const DEFAULT_DATA_DIR = '.millrace-server'
const LEASE = 'millrace-controllers'

/** Starts the server; resolves when the cluster sends requests to it. */
export async function startAggregated(options: AggregatedOptions): Promise<Aggregated> {
  const lifecycle = new Lifecycle(options.log)
  try {
    return await start(options, lifecycle)
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}

async function start(options: AggregatedOptions, lifecycle: Lifecycle): Promise<Aggregated> {
  const { access, external, log, namespace = DEFAULT_NAMESPACE, host = '127.0.0.1' } = options
  const dataDir = resolve(options.dataDir ?? DEFAULT_DATA_DIR)
  const certificates = await openCertificates(dataDir, [serviceHost(namespace), external.host])
  const client = new KubeClient(access, { userAgent: `millrace/${VERSION}` })
  lifecycle.add('connections to the cluster', () => client.close())
  await installDefinitions(client)

  const store = openKubernetes({ client, kinds: STORED_KINDS, log })
  lifecycle.add('store', () => store.close())
  const importing = importer(log, lifecycle)
  // What it runs uses all of the above, and ends before it.
  const background = new Background(lifecycle)
  const { signal } = background
  const trust = new ClusterTrust({ client, log, signal })
  const namespaces = new Reflector<KubeObject>({ client, resource: NAMESPACES, log, signal })
  background.run(trust.run())
  background.run(namespaces.run())

  const waitingFor = new Set(['state', 'trust', 'namespaces', 'registration'])
  const api = createApiServer({
    namespaces: cachedNamespaces(client, namespaces),
    resources: imageResources({
      store,
      importer: importing,
      config: IMAGE_DEFAULTS,
      ...pullSecrets(() => client),
      limitRanges: limitRanges(() => client),
    }),
    authenticator: anyOf(
      byClusterCertificate(() => trust.current),
      byTokenReview(client),
    ),
    authorizer: byAccessReview(client),
    admission: [quotas({ client: () => client, log })],
    log,
    version: VERSION,
    notReady: () => [...waitingFor],
  })
  const ready = async (what: string, done: Promise<unknown>): Promise<void> => {
    await done
    waitingFor.delete(what)
  }
  await Promise.all([ready('state', store.filled), ready('trust', trust.known), ready('namespaces', namespaces.synced)])

  const port = options.port ?? external.port
  const tls = () => ({ ...certificates.serving, clientCa: trust.authorities })
  const read = streamReader(api.client())
  const admission = webhook({
    steps: new Map([
      [TRIGGERS_PATH, [triggers(read)]],
      [NAMES_PATH, [localNames(read)]],
    ]),
    log,
  })
  const handler: Handler = (request) => admission(request) ?? api.handler(request)
  const listener = await listen(handler, { host, port, tls: tls(), log }).catch((error: unknown) => {
    throw portFailure(error, host, port)
  })
  trust.onChange(() => listener.setTls(tls()))
  lifecycle.add('listener', () => {
    waitingFor.add('shutdown')
    return listener.close()
  })
  const objects = externalObjects({ namespace, ...external, ca: certificates.ca })
  // Without it the cluster would look for image streams where nobody answers, and could not delete any namespace.
  lifecycle.add('registration', () => deregister(client, objects, log))
  await ready('registration', register(client, objects))

  const everything = routed(['image.openshift.io'], api.client(), client)
  const identity = `${hostname()}-${randomBytes(4).toString('hex')}`
  const election = new Election({ client, namespace, name: LEASE, identity, log, signal })
  background.run(election.run((leading) => startControllers({ client: everything, signal: leading, log })))
  log.info({ port: listener.port, version: VERSION }, 'the server is ready')
  return { port: listener.port, close: () => lifecycle.stop() }
}

/** What runs until the server stops. */
class Background {
  readonly #stop = new AbortController()
  readonly #running: Promise<unknown>[] = []

  constructor(lifecycle: Lifecycle) {
    lifecycle.add('controllers', async () => {
      this.#stop.abort()
      await Promise.allSettled(this.#running)
    })
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  run(work: Promise<unknown>): void {
    work.catch(() => undefined)
    this.#running.push(work)
  }
}

function importer(log: Log, lifecycle: Lifecycle): ImageDeps['importer'] {
  const outbound = createOutbound()
  lifecycle.add('connections to registries', () => outbound.close())
  return createImporter({ reader: createHttpReader({ outbound }), log })
}

async function openCertificates(dataDir: string, hosts: readonly string[]) {
  try {
    await makePrivateDirectory(dataDir)
    return await loadOrCreate(dataDir, { hosts })
  } catch (error) {
    throw dataFailure(error, dataDir)
  }
}
