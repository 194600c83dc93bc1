// The API server: authentication, discovery, OpenAPI and resources, as one Handler; and the same without HTTP, as ObjectClients.
import type { AdmissionStep } from '../core/machinery/admission.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import { groupVersions } from '../core/machinery/discovery.ts'
import type { Log } from '../core/machinery/log.ts'
import { unmeasured, type Metrics } from '../core/machinery/metrics.ts'
import type { Resource, User } from '../core/machinery/resource.ts'
import { ApiError, unauthorized } from '../core/machinery/status.ts'
import type { Handler, Reply, Request } from '../http/handler.ts'
import type { Authenticator } from './authenticate.ts'
import { mastersOnly } from './authorize.ts'
import type { Authorizer } from './context.ts'
import { discoveryHandler } from './discovery.ts'
import { dispatch, type Dispatcher, resourceKey } from './dispatch.ts'
import { expositionHandler, METRICS_PATH, type Exposition } from './exposition.ts'
import { healthHandler } from './health.ts'
import { impersonate } from './impersonate.ts'
import { admission } from './admission.ts'
import { namespaceLifecycle, type NamespaceReader } from './lifecycle.ts'
import { LocalClient } from './local.ts'
import { RequestMeter, type Measurement } from './measure.ts'
import { openApiHandler } from './openapi.ts'
import { errorReply } from './respond.ts'

/** What the API server serves, and to whom. */
export interface ApiServerOptions {
  /** Where namespaces come from. */
  namespaces: NamespaceReader
  resources: readonly Resource[]
  authenticator: Authenticator
  authorizer?: Authorizer
  /** What looks at writes after the namespace was looked at, in this order. */
  admission?: readonly AdmissionStep[]
  log: Log
  /** Of Millrace, for /version. */
  version: string
  /** What /readyz answers: names of what is not ready yet. */
  notReady?: () => readonly string[]
  /** Where requests are measured; what is done in this process is not counted among them. */
  metrics?: Metrics
  /** What /metrics shows; without it there is no such path. */
  exposition?: Exposition
}

/** The API, over HTTP and in-process. */
export interface ApiServer {
  handler: Handler
  /** A client that needs no HTTP. Default user: Millrace itself, which may do everything. */
  client(user?: User): ObjectClient
}

const SELF: User = { name: 'system:millrace', groups: ['system:masters', 'system:authenticated'] }

/** Wires resources, discovery, OpenAPI and health into one handler. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { resources, authenticator, log, authorizer = mastersOnly, metrics = unmeasured, exposition } = options
  const versions = groupVersions(resources)
  const dispatcher: Dispatcher = {
    resources: new Map(resources.map((r) => [resourceKey(r), r])),
    authorizer,
    admit: admission([namespaceLifecycle(options.namespaces), ...(options.admission ?? [])]),
  }
  const health = healthHandler(options.notReady ?? (() => []))
  const discovery = discoveryHandler(versions, exposition ? [METRICS_PATH] : [])
  const documents = [versionHandler(options.version), discovery, openApiHandler(versions)]
  const exposed = expositionHandler(exposition, authorizer)
  const meter = new RequestMeter(metrics)

  async function answer(request: Request, measured: Measurement): Promise<Reply> {
    const healthy = health(request)
    if (healthy) return healthy
    const authenticated = await authenticator(request)
    if (!authenticated) throw unauthorized()
    const user = await impersonate(request, authenticated, authorizer)
    for (const document of documents) {
      const reply = document(request)
      if (reply) return reply
    }
    return exposed(request, user) ?? dispatch(dispatcher, request, user, (asked) => (measured.asked = asked))
  }

  function failed(error: unknown, { method, path }: Request): Reply {
    if (!(error instanceof ApiError)) log.error({ err: error, method, path }, 'request failed')
    return errorReply(error)
  }

  return {
    async handler(request) {
      const measured = meter.begin(request)
      const reply = await answer(request, measured).catch((error: unknown) => failed(error, request))
      measured.end(reply)
      return reply
    },
    client: (user = SELF) => new LocalClient(dispatcher, user),
  }
}

/** The Kubernetes version whose behaviour the machinery follows; clients warn when theirs is too far from it. */
const KUBERNETES = { major: '1', minor: '32' }

function versionHandler(version: string): (request: Request) => Reply | undefined {
  const body = JSON.stringify({
    ...KUBERNETES,
    gitVersion: `v${KUBERNETES.major}.${KUBERNETES.minor}.0+millrace-${version}`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: '',
    platform: `${process.platform}/${process.arch}`,
  })
  return (request) =>
    request.path === '/version' || request.path === '/version/'
      ? { status: 200, headers: { 'content-type': 'application/json' }, body }
      : undefined
}
