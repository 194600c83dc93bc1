// All objects of an installation, in the order in which they are applied. Pure: what is printed is what is installed.
import { parseWorkloadKinds } from '../core/image/workloads/parse.ts'
import { WORKLOAD_KINDS, type WorkloadKind } from '../core/image/workloads.ts'
import { labelled, type Manifest } from './manifest.ts'
import { apiServices } from './objects/apiService.ts'
import { certificateSecret, certManagerObjects, injected } from './objects/certificates.ts'
import { deployment } from './objects/deployment.ts'
import { disruptionBudget } from './objects/disruptionBudget.ts'
import { namespaceObject } from './objects/namespace.ts'
import { networkPolicy } from './objects/networkPolicy.ts'
import { registriesMap } from './objects/registries.ts'
import { serverRights } from './objects/serverRights.ts'
import { service, SERVICE_PORT } from './objects/service.ts'
import { userRoles } from './objects/userRoles.ts'
import { webhookConfiguration } from './objects/webhooks.ts'
import type { Settings } from './settings.ts'
import { storageDefinitions } from './storedKinds.ts'

/** Workloads that have triggers. Error: WorkloadKindError. */
const workloadsOf = ({ workloadKinds }: Settings): WorkloadKind[] => [
  ...WORKLOAD_KINDS,
  ...parseWorkloadKinds(workloadKinds),
]

/** What makes the cluster send requests to us. Applied last and removed first: in between nobody would answer. */
export function registrations(settings: Settings): Manifest[] {
  const { namespace, certificates } = settings
  const services = apiServices({ namespace, port: SERVICE_PORT })
  const webhooks = webhookConfiguration(namespace, workloadsOf(settings))
  return [...(certificates === 'own' ? services : services.map((each) => injected(each, namespace))), webhooks]
}

/** All objects: first what others need, last what directs requests to us. Error: WorkloadKindError. */
export function manifests(settings: Settings): Manifest[] {
  const { namespace, certificates, version } = settings
  const objects = [
    namespaceObject(namespace),
    ...storageDefinitions(),
    ...serverRights(settings, workloadsOf(settings)),
    ...userRoles(),
    ...(certificates === 'own' ? [certificateSecret(namespace)] : certManagerObjects(namespace)),
    ...(settings.registries === undefined ? [] : [registriesMap(namespace, settings.registries)]),
    networkPolicy(namespace),
    disruptionBudget(namespace),
    service(namespace),
    deployment(settings),
    ...registrations(settings),
  ]
  return labelled(objects, version)
}
