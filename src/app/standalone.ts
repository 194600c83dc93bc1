// Standalone: the whole of Millrace in one process, for a laptop or a CI job. This file wires; nothing else does.
import { join, resolve } from 'node:path'
import { localNames, streamReader, type StreamReader } from '../admission/localNames.ts'
import { quotas } from '../admission/quota.ts'
import { triggers } from '../admission/triggers.ts'
import { anyOf, byCertificate, byToken } from '../apiserver/authenticate.ts'
import { createApiServer } from '../apiserver/server.ts'
import { importReports } from '../apiserver/reports/imports.ts'
import { registryReports } from '../apiserver/reports/registries.ts'
import { storedNamespaces } from '../apiserver/storedNamespaces.ts'
import { startControllers, type ScheduleOptions } from '../controllers/index.ts'
import { PullSecretReport } from '../controllers/pullSecretReport.ts'
import { importRecorder } from '../controllers/importRecorder.ts'
import { tellNews } from '../controllers/streamEvents.ts'
import type { Receiver } from '../core/hooks/receiver.ts'
import type { ImageStream } from '../core/image/types.ts'
import { WORKLOAD_KINDS } from '../core/image/workloads.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import type { Metrics } from '../core/machinery/metrics.ts'
import type { Resource } from '../core/machinery/resource.ts'
import { loadOrCreate, type Certificates } from '../http/certificates.ts'
import { listen, type Listener, type ListenOptions } from '../http/listener.ts'
import type { Handler } from '../http/handler.ts'
import { addressGuard, OWN_MACHINE } from '../http/addressGuard.ts'
import { makePrivateDirectory } from '../http/privateDirectory.ts'
import { createChecker } from '../registry/checker.ts'
import { startSandbox } from '../sandbox/index.ts'
import { openSqlite } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { Background } from './background.ts'
import { hooks } from './hooks/handler.ts'
import { PushListeners } from './hooks/listeners.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { Lifecycle } from './lifecycle.ts'
import { processMetrics } from './metrics/process.ts'
import { PrometheusMetrics } from './metrics/prometheus.ts'
import { storedObjects } from './metrics/storedObjects.ts'
import { registryAccess } from './registries/access.ts'
import { readPullSecrets } from './registries/pullSecretsFile.ts'
import { CurrentRegistries } from './registries/current.ts'
import { RegistriesFile } from './registries/file.ts'
import { rateMap } from './registries/rateMap.ts'
import { ReportDesk } from './reports/desk.ts'
import { standaloneResources } from './resources.ts'
import { pullSecrets } from './pullSecrets.ts'
import { dataFailure, portFailure } from './startup.ts'
import { loadToken } from './token.ts'
import { VERSION } from './version.ts'

/** What may differ from one standalone server to another. */
export interface StandaloneOptions {
  /** Loopback port. 0 takes any free one. Default 8443. */
  port?: number
  /** Where state, certificates, token and kubeconfig live; made when missing. Default '.millrace'. */
  dataDir?: string
  /** Where registries deliver webhooks. Default: nowhere. */
  receivers?: readonly Receiver[]
  /** File with credentials for imports of any namespace: a config.json of Docker. Default: none. */
  pullSecrets?: string
  /** File that says how registries are reached. Default: nothing is said. */
  registries?: string
  /** Whose proxies count. Default: that of the process. */
  env?: Readonly<Record<string, string | undefined>>
  /** Freshness of scheduled tags that have none of their own, in milliseconds. Default: a minute. */
  refresh?: number
  log: Log
}

/** A server that runs. */
export interface Standalone {
  /** https://127.0.0.1:PORT */
  readonly url: string
  readonly port: number
  /** Absolute path of the kubeconfig that gives full access. */
  readonly kubeconfig: string
  /** Sees the API as Millrace itself does, without HTTP. */
  readonly client: ObjectClient
  close(): Promise<void>
}

/** Default port of standalone. */
const DEFAULT_PORT = 8443
/** Default data directory of standalone, relative to the working directory. */
const DEFAULT_DATA_DIR = '.millrace'

/** Standalone has one all-powerful user: nobody but this machine may reach it. */
const HOST = '127.0.0.1'
const ADMIN = { name: 'system:admin', groups: ['system:masters'] }

/** Where it keeps account of configured rates. */
const RATES_NAMESPACE = 'kube-system'

/** Starts the server and resolves when it answers. Rejects with StartupError where the user can do something about it. */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  const lifecycle = new Lifecycle(options.log)
  try {
    return await start(options, lifecycle)
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}

async function start({ port = DEFAULT_PORT, log, ...options }: StandaloneOptions, lifecycle: Lifecycle) {
  const dataDir = resolve(options.dataDir ?? DEFAULT_DATA_DIR)
  const registries = await registriesFrom(options.registries, log, lifecycle)
  const { store, certificates, token } = await openData(dataDir, log, lifecycle)

  const metrics = new PrometheusMetrics()
  processMetrics(metrics, VERSION)
  // Its users run registries where they run it.
  const problem: PullSecretReport['tell'] = (secret, text) => report.tell(secret, text)
  const access = registryAccess({
    allowAddress: addressGuard(OWN_MACHINE),
    registries: registries.get,
    env: options.env ?? process.env,
    problem,
    rates: rateMap(() => client, RATES_NAMESPACE),
    log,
    metrics,
  })
  if (options.pullSecrets !== undefined) access.setDefaults([await readPullSecrets(options.pullSecrets)])
  lifecycle.add('connections to registries', () => access.close())
  const { secrets } = pullSecrets(() => client)
  const check = createChecker({ ...access, secrets, problem })
  const { importer } = access
  const imported = (before: ImageStream | undefined, after: ImageStream): void => tellNews(events, before, after)
  const desk = new ReportDesk()
  const resources: Resource[] = [
    ...standaloneResources({ store, importer, imported }, () => client, registries.get),
    importReports({ own: () => desk.current }),
    registryReports({ own: () => access.budgets }),
  ]
  storedObjects(metrics, store, resources)
  const waitingFor = new Set(['sandbox'])
  // The server asks itself, once it is there.
  const read: StreamReader = (namespace, name) => streamReader(client)(namespace, name)
  const api = createApiServer({
    namespaces: storedNamespaces(store),
    resources,
    admission: [
      triggers(read, WORKLOAD_KINDS),
      localNames(read, WORKLOAD_KINDS),
      quotas({ client: () => client, log }),
    ],
    authenticator: anyOf(byCertificate, byToken(new Map([[token, ADMIN]]))),
    log,
    version: VERSION,
    notReady: () => [...waitingFor],
    metrics,
    exposition: metrics.exposition,
  })
  const client = api.client()
  const telling = new AbortController()
  const recording = { client, log, signal: telling.signal }
  const events = importRecorder(recording)
  const report = new PullSecretReport(recording)
  lifecycle.add('events', async () => {
    telling.abort()
    await Promise.all([events.flushed(), report.flushed()])
  })
  const pushes = new PushListeners()
  const said = registries.refresh
  const refresh = { ...said, current: () => said.current() ?? options.refresh }
  const schedule = { check, budgets: access.budgets, pushes, refresh, reports: desk.open }
  const sandboxReady = startBackground({ client, resources, schedule, log, metrics }, lifecycle)

  const tls = { ...certificates.serving, clientCa: certificates.ca }
  const receivers = new Map((options.receivers ?? []).map((receiver) => [receiver.name, receiver]))
  const delivered = hooks({ receivers: (name) => receivers.get(name), own: () => pushes.current, log, metrics })
  const handler: Handler = (request) => delivered.sent(request) ?? api.handler(request)
  const listener = await listenOn(handler, { host: HOST, port, tls, log })
  lifecycle.add('listener', () => {
    waitingFor.add('shutdown')
    return listener.close()
  })
  const url = `https://${HOST}:${listener.port}`
  const kubeconfig = join(dataDir, 'kubeconfig')
  await Promise.all([sandboxReady, writeKubeconfig(kubeconfig, url, certificates)])
  waitingFor.delete('sandbox')
  log.info({ url, dataDir, version: VERSION }, 'standalone is ready')
  return { url, port: listener.port, kubeconfig, client, close: () => lifecycle.stop() }
}

/** What is said of registries in a file, from now on; without one nothing is. */
async function registriesFrom(path: string | undefined, log: Log, lifecycle: Lifecycle): Promise<CurrentRegistries> {
  const registries = new CurrentRegistries()
  if (path === undefined) return registries
  const file = await RegistriesFile.open({ path, secrets: false, log })
  registries.set(file.configuration)
  const background = new Background()
  background.run(file.run(background.signal, (configuration) => registries.set(configuration)))
  lifecycle.add('file of registries', () => background.stop())
  return registries
}

interface Data {
  store: Store
  certificates: Certificates
  token: string
}

async function openData(dataDir: string, log: Log, lifecycle: Lifecycle): Promise<Data> {
  try {
    await makePrivateDirectory(dataDir)
    // The store first: its lock says that everything else in the directory is ours, too.
    const onError = (error: unknown): void => log.error({ err: error }, 'compaction failed')
    const store = openSqlite(join(dataDir, 'millrace.db'), { onError })
    lifecycle.add('store', () => store.close())
    const [certificates, token] = await Promise.all([loadOrCreate(dataDir), loadToken(join(dataDir, 'token'))])
    return { store, certificates, token }
  } catch (error) {
    throw dataFailure(error, dataDir)
  }
}

interface Work {
  client: ObjectClient
  resources: readonly Resource[]
  schedule: ScheduleOptions
  log: Log
  metrics: Metrics
}

/** Starts simulation and controllers, which run until the server stops; resolves when the stand-in cluster is there. */
function startBackground({ resources, ...work }: Work, lifecycle: Lifecycle): Promise<void> {
  const stop = new AbortController()
  const { signal } = stop
  const { client, log } = work
  // What lies in a namespace goes with it.
  const contents = resources.filter(({ namespaced, stored }) => namespaced && stored)
  const sandbox = startSandbox({ client, resources: contents, signal, log })
  // One of them failing is a defect, and is said; the API goes on.
  const running = Promise.all([sandbox.stopped, startControllers({ ...work, kinds: WORKLOAD_KINDS, signal })]).catch(
    (error: unknown) => log.error({ err: error }, 'controllers failed'),
  )
  lifecycle.add('controllers', async () => {
    stop.abort()
    await running
  })
  return sandbox.ready
}

async function listenOn(handler: Handler, options: ListenOptions): Promise<Listener> {
  try {
    return await listen(handler, options)
  } catch (error) {
    throw portFailure(error, HOST, options.port)
  }
}
