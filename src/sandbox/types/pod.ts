// Pods and their templates.
import {
  bool,
  field,
  int32,
  int64,
  list,
  map,
  object,
  opt,
  pointer,
  quantity,
  str,
  type Static,
} from '../../core/machinery/schema.ts'
import { objectMeta, typeMeta } from '../../core/machinery/meta/objectMeta.ts'
import { Affinity, nodeSelector, Toleration, TopologySpreadConstraint } from './affinity.ts'
import { Container, EphemeralContainer, ResourceRequirements } from './container.ts'
import { PodStatus } from './podStatus.ts'
import { CORE, LocalObjectReference } from './reference.ts'
import { PodSecurityContext } from './security.ts'
import { Volume } from './volume.ts'

const byName = { mergeKey: 'name', listType: 'map', listMapKeys: ['name'] } as const
const retainByName = { ...byName, patchStrategy: 'merge,retainKeys' } as const

const HostAlias = object(`${CORE}.HostAlias`, 'A line of /etc/hosts.', {
  ip: str('The address.', { mandatory: true }),
  hostnames: opt(list(str(), 'Its names.', { listType: 'atomic' })),
})

const PodDNSConfigOption = object(`${CORE}.PodDNSConfigOption`, 'An option of the resolver.', {
  name: opt(str('Name of the option.')),
  value: pointer(str('Its value.')),
})
const PodDNSConfig = object(`${CORE}.PodDNSConfig`, "Adds to the pod's resolv.conf.", {
  nameservers: opt(list(str(), 'Name servers.', { listType: 'atomic' })),
  searches: opt(list(str(), 'Search domains.', { listType: 'atomic' })),
  options: opt(list(PodDNSConfigOption, 'Options.', { listType: 'atomic' })),
})

const PodReadinessGate = object(`${CORE}.PodReadinessGate`, 'A further condition of being ready.', {
  conditionType: str('Type of the condition.', { mandatory: true }),
})
const PodOS = object(`${CORE}.PodOS`, 'The operating system of the containers.', {
  name: str('linux or windows.', { mandatory: true }),
})
const PodSchedulingGate = object(`${CORE}.PodSchedulingGate`, 'Holds scheduling back.', {
  name: str('Name of the gate.', { mandatory: true }),
})
const PodResourceClaim = object(`${CORE}.PodResourceClaim`, 'A claim of the pod.', {
  name: str('Name, unique in the pod.', { mandatory: true }),
  resourceClaimName: pointer(str('Name of a claim.')),
  resourceClaimTemplateName: pointer(str('Name of a template of claims.')),
})

export const PodSpec = object(`${CORE}.PodSpec`, 'What a pod runs, and how.', {
  volumes: opt(list(Volume, 'Volumes that containers can mount.', retainByName)),
  initContainers: opt(list(Container, 'Containers that run to their end first, in order.', byName)),
  containers: list(Container, 'Containers of the pod; at least one.', { ...byName, mandatory: true }),
  ephemeralContainers: opt(list(EphemeralContainer, 'Containers added while the pod runs.', byName)),
  restartPolicy: opt(str('Always, OnFailure or Never.', { default: 'Always' })),
  terminationGracePeriodSeconds: pointer(int64('Seconds to end in.', { default: 30 })),
  activeDeadlineSeconds: pointer(int64('Seconds after which the pod is ended.')),
  dnsPolicy: opt(str('ClusterFirst, ClusterFirstWithHostNet, Default or None.', { default: 'ClusterFirst' })),
  nodeSelector: opt(nodeSelector),
  serviceAccountName: opt(str('Service account to run as.')),
  serviceAccount: opt(str('Old name of serviceAccountName.')),
  automountServiceAccountToken: pointer(bool('Mount a token of the service account.')),
  nodeName: opt(str('Node that runs the pod.')),
  hostNetwork: opt(bool("Use the node's network.")),
  hostPID: opt(bool("Use the node's process namespace.")),
  hostIPC: opt(bool("Use the node's IPC namespace.")),
  shareProcessNamespace: pointer(bool('All containers share one process namespace.')),
  securityContext: pointer(PodSecurityContext),
  imagePullSecrets: opt(list(LocalObjectReference, 'Secrets for pulling images.', byName)),
  hostname: opt(str('Host name of the pod.')),
  subdomain: opt(str('Subdomain of the host name.')),
  affinity: pointer(Affinity),
  schedulerName: opt(str('Scheduler that places the pod.')),
  tolerations: opt(list(Toleration, 'Taints that the pod can live with.', { listType: 'atomic' })),
  hostAliases: opt(list(HostAlias, 'Lines of /etc/hosts.', { mergeKey: 'ip', listType: 'map', listMapKeys: ['ip'] })),
  priorityClassName: opt(str('Class of the priority.')),
  priority: pointer(int32('Priority; from the class.')),
  dnsConfig: pointer(PodDNSConfig),
  readinessGates: opt(list(PodReadinessGate, 'Further conditions of being ready.', { listType: 'atomic' })),
  runtimeClassName: pointer(str('Runtime of the containers.')),
  enableServiceLinks: pointer(bool('Variables for services.', { default: true })),
  preemptionPolicy: pointer(str('Never or PreemptLowerPriority.')),
  overhead: opt(map(quantity(), 'What the runtime itself needs.')),
  topologySpreadConstraints: opt(
    list(TopologySpreadConstraint, 'How pods spread over nodes.', {
      mergeKey: 'topologyKey',
      listType: 'map',
      listMapKeys: ['topologyKey', 'whenUnsatisfiable'],
    }),
  ),
  setHostnameAsFQDN: pointer(bool('The host name is the full one.')),
  os: pointer(PodOS),
  hostUsers: pointer(bool("Use the node's user namespace.")),
  schedulingGates: opt(list(PodSchedulingGate, 'Hold scheduling back.', byName)),
  resourceClaims: opt(list(PodResourceClaim, 'Claims of the pod.', retainByName)),
  resources: pointer(ResourceRequirements),
})
export type PodSpec = Static<typeof PodSpec>

export const PodTemplateSpec = object(`${CORE}.PodTemplateSpec`, 'What new pods look like.', {
  metadata: objectMeta,
  spec: PodSpec,
})
export type PodTemplateSpec = Static<typeof PodTemplateSpec>

/** A pod. */
export const Pod = object(`${CORE}.Pod`, 'Containers that live together. In the sandbox they are only pretended.', {
  ...typeMeta,
  metadata: objectMeta,
  spec: field(PodSpec, 'What it runs.'),
  status: field(PodStatus, 'What is known of it.'),
})
export type Pod = Static<typeof Pod>
