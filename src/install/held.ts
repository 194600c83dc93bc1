// What somebody else has in our namespace, and would lose with it: the secrets of webhooks and registries, or workloads of their own.
import type { ObjectClient } from '../core/machinery/client.ts'
import type { KubeObject, ResourceRef } from '../core/machinery/object.ts'
import { each } from './each.ts'
import { RESOURCES } from './resources.ts'

const resource = (group: string, plural: string): ResourceRef => ({ group, version: 'v1', plural })

/** What is looked for, by the name that people give it. */
export const HELD: Readonly<Record<string, ResourceRef>> = {
  secret: RESOURCES.Secret,
  configmap: RESOURCES.ConfigMap,
  service: RESOURCES.Service,
  persistentvolumeclaim: resource('', 'persistentvolumeclaims'),
  deployment: RESOURCES.Deployment,
  statefulset: resource('apps', 'statefulsets'),
  daemonset: resource('apps', 'daemonsets'),
  cronjob: resource('batch', 'cronjobs'),
  job: resource('batch', 'jobs'),
  replicaset: resource('apps', 'replicasets'),
  replicationcontroller: resource('', 'replicationcontrollers'),
  pod: resource('', 'pods'),
  ingress: resource('networking.k8s.io', 'ingresses'),
  networkpolicy: resource('networking.k8s.io', 'networkpolicies'),
}

interface Found extends KubeObject {
  type?: string
}

/** ConfigMaps that a cluster puts into every namespace. */
const EVERYWHERE = ['kube-root-ca.crt', 'openshift-service-ca.crt']
/** A Secret that a cluster makes for a ServiceAccount. */
const ACCOUNT = 'kubernetes.io/service-account-token'

/** Of owners that make and delete what they own: the pods of a Deployment, the jobs of a CronJob. */
const WORKLOADS = ['apps/v1', 'batch/v1']

/** Of a kind: more are not needed to say why a namespace stays. */
const ENOUGH = 100

/** Such objects as `kind/name`, but for those named. What a workload makes goes with that. */
export async function heldIn(client: ObjectClient, namespace: string, but: ReadonlySet<string>): Promise<string[]> {
  const lists = await Promise.all(
    Object.entries(HELD).map(async ([kind, resource]) => {
      const names: string[] = []
      for await (const found of each<Found>(client, { resource, namespace })) {
        const name = `${kind}/${found.metadata.name}`
        if (isSomebodys(found) && !but.has(name) && names.push(name) === ENOUGH) break
      }
      return names
    }),
  )
  return lists.flat()
}

const isSomebodys = ({ metadata, type }: Found): boolean =>
  metadata.deletionTimestamp === undefined &&
  !metadata.ownerReferences?.some(({ apiVersion }) => WORKLOADS.includes(apiVersion)) &&
  type !== ACCOUNT &&
  !EVERYWHERE.includes(metadata.name ?? '')
