// Millrace behind the aggregator of a Kubernetes cluster: its state lies in the cluster, its users are the cluster's.
// This file wires; nothing else does.
import { quotas } from '../admission/quota.ts'
import { anyOf } from '../apiserver/authenticate.ts'
import { byAccessReview } from '../apiserver/delegated/accessReview.ts'
import { byClusterCertificate } from '../apiserver/delegated/frontProxy.ts'
import { byTokenReview } from '../apiserver/delegated/tokenReview.ts'
import { imageResources } from '../apiserver/resources/index.ts'
import { importReports } from '../apiserver/reports/imports.ts'
import { registryReports } from '../apiserver/reports/registries.ts'
import { createApiServer } from '../apiserver/server.ts'
import { WORKLOAD_KINDS, type WorkloadKind } from '../core/image/workloads.ts'
import { PullSecretReport } from '../controllers/pullSecretReport.ts'
import { importRecorder } from '../controllers/importRecorder.ts'
import { tellNews } from '../controllers/streamEvents.ts'
import type { Log } from '../core/machinery/log.ts'
import type { Metrics } from '../core/machinery/metrics.ts'
import type { Resource } from '../core/machinery/resource.ts'
import { NO_REGISTRIES } from '../core/registries/configuration.ts'
import { addressGuard } from '../http/addressGuard.ts'
import type { Cidr } from '../http/cidr.ts'
import type { Handler } from '../http/handler.ts'
import { listen } from '../http/listener.ts'
import type { Cluster } from '../install/cluster.ts'
import { serviceHost } from '../install/names.ts'
import { DEFAULTS } from '../install/settings.ts'
import { STORED_KINDS } from '../install/storedKinds.ts'
import type { Access } from '../kube/access.ts'
import { unlessAborted } from '../kube/backoff.ts'
import { KubeClient } from '../kube/client.ts'
import { OwnRights } from '../kube/ownRights.ts'
import { createChecker } from '../registry/checker.ts'
import { openKubernetes } from '../store/kubernetes.ts'
import { Background } from './background.ts'
import { clusterAdmission } from './cluster/admission.ts'
import { clusterCaches } from './cluster/caches.ts'
import { defaultPullSecrets } from './cluster/defaultPullSecrets.ts'
import { secretReceivers } from './cluster/receivers.ts'
import { ClusterRegistries, type ClusterRegistriesOptions } from './cluster/registries.ts'
import { restoreGuards } from './cluster/guards.ts'
import { externalPlacement } from './cluster/external.ts'
import { installedPlacement } from './cluster/installed.ts'
import type { Placement } from './cluster/placement.ts'
import { startLeadership } from './cluster/leadership.ts'
import { routed } from './cluster/routed.ts'
import { hooks } from './hooks/handler.ts'
import { HandOn } from './hooks/handOn.ts'
import { PushListeners } from './hooks/listeners.ts'
import { Lifecycle } from './lifecycle.ts'
import { processMetrics } from './metrics/process.ts'
import { PrometheusMetrics } from './metrics/prometheus.ts'
import { storedObjects } from './metrics/storedObjects.ts'
import { stateOutage } from './cluster/stateOutage.ts'
import { pullSecrets } from './pullSecrets.ts'
import { imageConfig } from './resources.ts'
import { registryAccess } from './registries/access.ts'
import { RegistriesFile } from './registries/file.ts'
import { rateMap } from './registries/rateMap.ts'
import { ReportDesk } from './reports/desk.ts'
import { leaderHandler } from './reports/handler.ts'
import { LeaderClient } from './reports/leader.ts'
import { portFailure } from './startup.ts'
import { trialListen } from './trialListen.ts'
import { VERSION } from './version.ts'
import { Waiting } from './waiting.ts'

/** A server for a cluster. */
export interface AggregatedOptions {
  access: Access
  /** How the cluster comes to it. */
  placement: PlacementOptions
  /** Port to listen on. */
  port: number
  /** Address to listen on; `*`: all of them. */
  host: string
  /** Namespace of what is installed or registered. Default `millrace`. */
  namespace?: string
  /** Custom kinds of workloads, beside those of Kubernetes. Default: none. */
  workloadKinds?: readonly WorkloadKind[]
  /** Addresses that imports may go to though they are loopback, link-local or the like. Default: none. */
  allowRegistryAddresses?: readonly Cidr[]
  /** File that says how registries are reached. Default: a ConfigMap does, where it was installed. */
  registries?: string
  /** Whose proxies count. Default: that of the process. */
  env?: Readonly<Record<string, string | undefined>>
  /** Freshness of scheduled tags that have none of their own, in milliseconds. Default: a minute. */
  refresh?: number
  log: Log
  /** Breaks a start off: it rejects with the reason of the signal, and leaves nothing behind. */
  signal?: AbortSignal
}

/** Either it was installed, or it registers itself from outside. */
export type PlacementOptions =
  | {
      is: 'installed'
      certificates: 'own' | 'cert-manager'
      /** Where other servers reach it, HOST:PORT. */
      address?: string
      /** Milliseconds that it goes on answering when it is to stop. */
      shutdownDelay: number
    }
  | {
      is: 'external'
      /** Where the cluster's API server finds this process. */
      host: string
      port: number
      /** Where certificates live. */
      dataDir: string
    }

/** A server that runs. */
export interface Aggregated {
  readonly port: number
  /** Sees to it that no more requests come, and stops. */
  close(): Promise<void>
}

/** Milliseconds for a request to the cluster, watches excluded: a connection that has gone dead must not hold work up for ever. */
const REQUEST_TIMEOUT = 15_000

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
  const { access, log, namespace = DEFAULTS.namespace, host, port } = options
  const starting = options.signal ?? new AbortController().signal
  const workloads = [...WORKLOAD_KINDS, ...(options.workloadKinds ?? [])]
  const metrics = new PrometheusMetrics()
  processMetrics(metrics, VERSION)
  const client = new KubeClient(access, { userAgent: `millrace/${VERSION}`, timeout: REQUEST_TIMEOUT, metrics })
  lifecycle.add('connections to the cluster', () => client.close())
  const background = new Background()
  const { signal } = background
  const shared = { cluster: clusterOf(client), namespace, workloads, log, metrics, signal }
  const placement = await place(options.placement, shared)
  await trialListen(host, port)
  await placement.prepare(starting)

  const store = openKubernetes({ client, kinds: STORED_KINDS, log, metrics })
  lifecycle.add('store', () => store.close())
  const registries = await registriesFor(options, { client, namespace, log, metrics, signal })
  const { allowRegistryAddresses = [], env = process.env } = options
  const allowAddress = addressGuard(allowRegistryAddresses)
  const problem = new PullSecretReport({ client, log, signal }).tell
  const rates = rateMap(() => client, namespace)
  const registry = registryAccess({ allowAddress, registries: registries.current, env, problem, rates, log, metrics })
  lifecycle.add('connections to registries', () => registry.close())
  /** For what users ask for: that this server lacks a right is no fault of theirs. */
  const asking = new OwnRights(log).asking(client)
  const secrets = { ...pullSecrets(() => client), secretList: pullSecrets(() => asking).secretList }
  const check = createChecker({ ...registry, secrets: secrets.secrets, problem })
  const defaults = defaultPullSecrets({ client, namespace, log, metrics, signal }, registry.setDefaults)
  // What runs there uses all of the above, and ends before it.
  lifecycle.add('background', () => background.stop())
  const caches = clusterCaches({ client, asking, log, metrics, signal })
  const receivers = secretReceivers({ client, namespace, log, metrics, signal })
  for (const part of [caches, placement, receivers, registries, defaults]) background.run(part.run())

  const before = [
    'certificate',
    'state',
    'trust',
    'namespaces',
    'receivers',
    'registries',
    'pull-secrets',
    'registration',
  ]
  const waiting = new Waiting(before, log)
  lifecycle.add('waiting', () => waiting.stop())
  const events = importRecorder({ client, log, signal })
  const resources = imageResources({
    store,
    importer: registry.importer,
    config: imageConfig(registries.current),
    ...secrets,
    limitRanges: caches.limitRanges,
    imported: (before, after) => tellNews(events, before, after),
  })
  const desk = new ReportDesk()
  const leaderPlace = {
    leader: () => leadership.leader(),
    authority: () => placement.authority(),
    serverName: serviceHost(namespace),
    userAgent: `millrace/${VERSION}`,
  }
  const leader = new LeaderClient({ ...leaderPlace, access, log })
  const handOn = new HandOn({ ...leaderPlace, log })
  for (const part of [leader, handOn]) lifecycle.add('connections to the leader', () => part.close())
  const pushes = new PushListeners()
  const delivered = hooks({
    receivers: receivers.get,
    own: () => pushes.current,
    handOn: handOn.tell,
    log,
    metrics,
  })
  storedObjects(metrics, store, resources)
  const users = {
    authenticator: anyOf(
      byClusterCertificate(() => caches.trust.current),
      byTokenReview(client, metrics, log),
    ),
    authorizer: byAccessReview(client, metrics, log),
  }
  const reports = (leader?: LeaderClient['current']): Resource[] => [
    importReports({ own: () => desk.current, ...(leader && { leader }) }),
    registryReports({ own: () => desk.current && registry.budgets, ...(leader && { leader }) }),
  ]
  const common = { namespaces: caches.namespaces, ...users, log, version: VERSION }
  const api = createApiServer({
    ...common,
    resources: [...resources, ...reports(leader.current)],
    admission: [quotas({ client: () => asking, mayHave: caches.mayHaveQuotas, log })],
    notReady: () => [...waiting.names, ...store.denied.map(stateOutage)],
    metrics,
    exposition: metrics.exposition,
  })
  const ownReports = createApiServer({ ...common, resources: reports() })
  const toOthers = leaderHandler((request) => delivered.handedOn(request) ?? ownReports.handler(request))
  // What is said of registries can change while this runs, and so comes before what the process was started with.
  const refresh = { ...registries.refresh, current: () => registries.refresh.current() ?? options.refresh }
  const started = Promise.withResolvers<void>()
  const leadership = startLeadership({
    cluster: client,
    namespace,
    client: routed(['image.openshift.io'], api.client(), client),
    placement,
    work: {
      kinds: workloads,
      quotas: caches.quotas,
      schedule: { check, budgets: registry.budgets, pushes, refresh, reports: desk.open },
    },
    guard: (leading) => restoreGuards(store, shared.cluster.raw, leading),
    started: started.promise,
    log,
    metrics,
  })
  lifecycle.add('leadership', () => leadership.stop())
  const known = Promise.all([
    waiting.for('certificate', placement.certified),
    waiting.for('state', store.filled),
    waiting.for('trust', caches.known.trust),
    waiting.for('namespaces', caches.known.namespaces),
    // A sender that is told that there is no such receiver may not come again.
    waiting.for('receivers', receivers.known),
    waiting.for('registries', registries.known),
    waiting.for('pull-secrets', defaults.known),
  ])
  await unlessAborted(known, starting)

  const tls = () => ({ ...placement.certificate(), clientCa: caches.trust.authorities })
  const admission = clusterAdmission({ client: api.client(), workloads, ...users, log, metrics })
  const handler: Handler = (request) =>
    admission(request) ?? delivered.sent(request) ?? toOthers(request) ?? api.handler(request)
  const listener = await listen(handler, { host, port, tls: tls(), log }).catch((error: unknown) => {
    throw portFailure(error, host, port)
  })
  for (const part of [caches.trust, placement]) part.onChange(() => listener.setTls(tls()))
  lifecycle.add('listener', () => listener.close())
  lifecycle.add('registration', () => {
    waiting.add('shutdown')
    return placement.withdraw()
  })
  await waiting.for('registration', placement.announce(starting))
  started.resolve()
  // Stopped first: the next leader begins at once, while requests that still come are answered here.
  lifecycle.add('leadership', () => leadership.stop())
  log.info({ port: listener.port, version: VERSION }, 'the server is ready')
  return { port: listener.port, close: () => lifecycle.stop() }
}

interface Shared {
  cluster: Cluster
  namespace: string
  workloads: readonly WorkloadKind[]
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

function place(placement: PlacementOptions, shared: Shared): Promise<Placement> {
  return placement.is === 'external'
    ? externalPlacement({ ...shared, ...placement, version: VERSION })
    : Promise.resolve(installedPlacement({ ...shared, ...placement }))
}

const clusterOf = (client: KubeClient): Cluster => ({
  client,
  raw: async (path) => JSON.parse(await client.transport.text({ method: 'GET', path })) as unknown,
})

/** An external server has a file, if anything: what lies in the namespace is said to installed ones. */
async function registriesFor(
  { registries: path, placement, log }: AggregatedOptions,
  shared: Omit<ClusterRegistriesOptions, 'file'>,
): Promise<ClusterRegistries> {
  if (placement.is === 'installed') return new ClusterRegistries(shared)
  const file = path === undefined ? NO_FILE : await RegistriesFile.open({ path, secrets: true, log })
  return new ClusterRegistries({ ...shared, file })
}

/** Nothing is said, and will not be. */
const NO_FILE: ClusterRegistriesOptions['file'] = { configuration: NO_REGISTRIES, run: () => Promise.resolve() }
