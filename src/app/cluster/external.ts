// A server outside of the cluster, which registers itself there.
import type { WorkloadKind } from '../../core/image/workloads.ts'
import { loadOrCreate } from '../../http/certificates.ts'
import { makePrivateDirectory } from '../../http/privateDirectory.ts'
import type { Log } from '../../core/machinery/log.ts'
import { clusterUntil, type Cluster } from '../../install/cluster.ts'
import { installDefinitions } from '../../install/definitions.ts'
import { externalObjects } from '../../install/external.ts'
import { refusal } from '../../install/failure.ts'
import type { Manifest } from '../../install/manifest.ts'
import { serviceHost } from '../../install/names.ts'
import type { AccessQuestion } from '../../install/preflight/access.ts'
import { questionsOf } from '../../install/preflight/rights.ts'
import { externalRightObstacles } from '../../install/preflight/serverRights.ts'
import { preflight } from '../../install/preflight.ts'
import { Registration } from '../../install/registration.ts'
import { storageDefinitions } from '../../install/storedKinds.ts'
import { dataFailure } from '../startup.ts'
import type { Placement } from './placement.ts'

/** What such a server is told. */
export interface ExternalOptions {
  cluster: Cluster
  namespace: string
  /** Where the cluster's API server finds this process. */
  host: string
  port: number
  /** Where certificates live. */
  dataDir: string
  version: string
  /** What has triggers. */
  workloads: readonly WorkloadKind[]
  log: Log
  /** Ends what runs. */
  signal: AbortSignal
}

/** Its certificates come from files, and are made at the start where they are not good. Errors: StartupError. */
export async function externalPlacement(options: ExternalOptions): Promise<Placement> {
  const { cluster, namespace, host, log } = options
  const certificates = await openCertificates(options.dataDir, [serviceHost(namespace), host])
  const objects: Manifest[] = externalObjects({ ...options, ca: certificates.ca })
  const registration = new Registration({ client: cluster.client, objects, log, signal: options.signal })
  return {
    async prepare(signal) {
      const asked = clusterUntil(cluster, signal)
      const refuse = (obstacles: readonly string[]): void => {
        if (obstacles.length > 0) throw refusal('this server cannot be registered, and nothing was changed', obstacles)
      }
      refuse(await externalRightObstacles(asked.client, options))
      await preflight(asked, namespace, [...storageDefinitions(), ...objects], furtherRights(namespace, objects))
      await installDefinitions(asked.client, signal)
    },
    certified: Promise.resolve(),
    certificate: () => certificates.serving,
    authority: () => certificates.ca,
    address: `${host}:${options.port}`,
    onChange: () => undefined,
    onRegistration: (handler) => registration.on(handler),
    run: () => registration.run(),
    lead: () => Promise.resolve(),
    announce: (signal) => registration.announce(signal),
    // Without it the cluster would look for image streams where nobody answers, and could not delete any namespace.
    withdraw: () => registration.withdraw(),
  }
}

/** What it takes to look around before, and to go: a registration that stays without its server keeps all namespaces from being deleted. */
function furtherRights(namespace: string, objects: readonly Manifest[]): AccessQuestion[] {
  const removed = objects.filter(({ kind }) => kind !== 'Namespace')
  const looks: AccessQuestion[] = [
    { group: '', plural: 'services', verb: 'list', namespace },
    { group: '', plural: 'services', verb: 'watch', namespace },
    { group: '', plural: 'serviceaccounts', verb: 'get', namespace },
    { group: 'rbac.authorization.k8s.io', plural: 'clusterrolebindings', verb: 'get' },
  ]
  return [...questionsOf(removed, ['delete']), ...looks]
}

async function openCertificates(dataDir: string, hosts: readonly string[]) {
  try {
    await makePrivateDirectory(dataDir)
    return await loadOrCreate(dataDir, { hosts })
  } catch (error) {
    throw dataFailure(error, dataDir)
  }
}
