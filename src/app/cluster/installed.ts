// A server that was installed: the cluster knows its Service already, and its certificate lies in a Secret.
import { setTimeout as delay } from 'node:timers/promises'
import { CertificateController, type Trusting } from '../../controllers/certificates/controller.ts'
import { authoritiesOf, servingOf, type Secret } from '../../controllers/certificates/bundle.ts'
import type { WorkloadKind } from '../../core/image/workloads.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import { ifFound } from '../../core/machinery/status.ts'
import type { KeyPair } from '../../http/keyPair.ts'
import { clusterUntil, type Cluster } from '../../install/cluster.ts'
import { checkDefinitions } from '../../install/definitions.ts'
import { refusal } from '../../install/failure.ts'
import { CERTIFICATE_SECRETS, serviceHost } from '../../install/names.ts'
import { installedRightObstacles } from '../../install/preflight/serverRights.ts'
import { trustObstacles } from '../../install/preflight/trust.ts'
import { RESOURCES } from '../../install/resources.ts'
import { aborted } from '../../kube/backoff.ts'
import { fenced } from '../../kube/fenced.ts'
import { Reflector } from '../../kube/reflector.ts'
import type { Placement } from './placement.ts'
import { TRUSTING } from './trusting.ts'

/** What such a server is told. */
export interface InstalledOptions {
  cluster: Cluster
  namespace: string
  /** Who makes the certificate. */
  certificates: 'own' | 'cert-manager'
  /** Where other servers reach it, HOST:PORT; undefined where it does not know. */
  address?: string
  /** Milliseconds that it goes on answering when it is to stop. */
  shutdownDelay: number
  /** What has triggers. */
  workloads: readonly WorkloadKind[]
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

const HOME = 'name the one that "millrace install" has made with --namespace, or run it first'

/** See above. */
export function installedPlacement(options: InstalledOptions): Placement {
  const { cluster, namespace, certificates, address, workloads, shutdownDelay, log, metrics, signal } = options
  const { client } = cluster
  const secret = CERTIFICATE_SECRETS[certificates]
  const secrets = new Reflector<Secret>({
    client,
    resource: RESOURCES.Secret,
    namespace,
    fieldSelector: `metadata.name=${secret}`,
    log,
    metrics,
    signal,
  })
  const certified = Promise.withResolvers<void>()
  const uncertified = Promise.withResolvers<void>()
  const handlers: (() => void)[] = []
  let current: KeyPair | undefined
  let authority = ''
  secrets.on(({ type, object }) => {
    // One that is gone or damaged does not take away what works.
    const found = type === 'deleted' ? undefined : servingOf(object)
    if (found) authority = authoritiesOf(object)
    else if (type !== 'deleted') uncertified.resolve()
    if (!found || found.cert === current?.cert) return
    current = found
    certified.resolve()
    for (const handler of handlers) handler()
  })
  const issuing = (through: ObjectClient, trusting: readonly Trusting[], until: AbortSignal): CertificateController => {
    const hosts = [serviceHost(namespace)]
    return new CertificateController({
      client: through,
      namespace,
      secret,
      hosts,
      trusting,
      log,
      metrics,
      signal: until,
    })
  }
  /** Makes the first certificate, if need be: the one that leads may still be one for which cert-manager does, and nobody follows it before. */
  const issueFirst = async (): Promise<void> => {
    if (certificates !== 'own') return
    await Promise.race([uncertified.promise, certified.promise, aborted(signal)])
    if (current || signal.aborted) return
    const done = new AbortController()
    void certified.promise.then(() => done.abort())
    await issuing(client, [], AbortSignal.any([signal, done.signal])).run()
  }
  return {
    async prepare(starting) {
      const asked = clusterUntil(cluster, starting)
      const rights = await installedRightObstacles(asked.client, { namespace, certificates, workloads })
      if (rights.length > 0) throw refusal('this server may not do what it has to', rights)
      const trust = await trustObstacles(asked)
      if (trust.length > 0) throw refusal('this cluster cannot have servers behind its own', trust)
      await checkDefinitions(asked.client)
      const home = await ifFound(asked.client.get({ resource: RESOURCES.Namespace, name: namespace }))
      if (!home) throw refusal('this server was not installed', [`there is no namespace ${namespace}: ${HOME}`])
    },
    certified: certified.promise,
    certificate: () => current!,
    authority: () => authority,
    address,
    onChange: (handler) => void handlers.push(handler),
    // The Service leads to all of them.
    onRegistration: () => undefined,
    run: async () => void (await Promise.all([secrets.run(), issueFirst()])),
    async lead(leading, holds) {
      if (certificates === 'own') await issuing(fenced(client, holds), TRUSTING, leading).run()
    },
    announce: () => Promise.resolve(),
    withdraw: () => delay(shutdownDelay),
  }
}
