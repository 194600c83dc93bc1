// What the server may do in the cluster: the least that works. Each rule says what it is for; docs/rights.md is made from this.
import { workloadRules, type PolicyRule } from '../../core/image/workloads/access.ts'
import { isCustom, type WorkloadKind } from '../../core/image/workloads.ts'
import { qualified } from '../../core/machinery/object.ts'
import { REPORT_GROUP } from '../../core/report/types.ts'
import type { Manifest } from '../manifest.ts'
import {
  API_SERVICES,
  CERTIFICATE_SECRETS,
  DEFAULT_PULL_SECRET_LABEL,
  LEASE,
  NAME,
  RATES,
  RECEIVER_LABEL,
  REGISTRIES,
  TRUST,
} from '../names.ts'
import type { Settings } from '../settings.ts'
import { definitionName, STORAGE_GROUP, STORED_KINDS } from '../storedKinds.ts'

/** A rule, and why it is there. */
export interface Right {
  rule: PolicyRule
  why: string
}

const DEFINITIONS = { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'] }

/** In the whole cluster. */
const CLUSTER_RIGHTS: readonly Right[] = [
  {
    why: 'keeps image streams and images',
    rule: {
      apiGroups: [STORAGE_GROUP],
      resources: STORED_KINDS.map(({ stored }) => stored.plural),
      verbs: ['list', 'watch', 'create', 'update', 'delete'],
    },
  },
  {
    why: 'sees whether that state is of a version that it can read',
    rule: { ...DEFINITIONS, resourceNames: STORED_KINDS.map(definitionName), verbs: ['get'] },
  },
  {
    why: 'refuses streams for namespaces that are not there or on their way out',
    rule: { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] },
  },
  {
    why: 'keeps to the limits of a namespace for images and streams',
    rule: { apiGroups: [''], resources: ['limitranges'], verbs: ['list', 'watch'] },
  },
  {
    why: 'counts streams against the quotas of a namespace',
    rule: { apiGroups: [''], resources: ['resourcequotas'], verbs: ['list', 'watch'] },
  },
  {
    why: 'counts streams against the quotas of a namespace',
    rule: { apiGroups: [''], resources: ['resourcequotas/status'], verbs: ['update'] },
  },
  {
    why: 'tells at a workload or stream what was done and what could not be, and at a pull secret why it is not used',
    rule: { apiGroups: [''], resources: ['events'], verbs: ['create', 'get', 'patch'] },
  },
  {
    why: 'asks the server that leads what is known of scheduled imports and of registries, for users who may see it',
    rule: { apiGroups: [REPORT_GROUP], resources: ['imports', 'registries'], verbs: ['get', 'list'] },
  },
]

/** In the whole cluster, where it makes its certificates itself. */
export const AUTHORITY_RIGHTS: readonly Right[] = [
  {
    why: 'tells the kube-apiserver its new authority before the old one ends',
    rule: {
      apiGroups: ['apiregistration.k8s.io'],
      resources: ['apiservices'],
      resourceNames: [...API_SERVICES],
      verbs: ['list', 'watch', 'patch'],
    },
  },
]

/** In the namespaces whose pull secrets imports may use: all, if nothing else is said. */
export const PULL_SECRET_RIGHTS: readonly Right[] = [
  {
    why: 'imports with the pull secrets of the namespace; it asks for secrets of their two types only',
    rule: { apiGroups: [''], resources: ['secrets'], verbs: ['list'] },
  },
]

/** In its own namespace, wherever it runs. */
export const LEADING_RIGHTS: readonly Right[] = [
  {
    // A right cannot be limited to a label.
    why: `knows the receivers of webhooks, the default pull secrets, and client certificates for registries; it asks for secrets with the labels ${RECEIVER_LABEL} and ${DEFAULT_PULL_SECRET_LABEL} only, and for those of the type kubernetes.io/tls where its configuration names one`,
    rule: { apiGroups: [''], resources: ['secrets'], verbs: ['list', 'watch'] },
  },
  {
    why: 'keeps to configured rates of registries, together with other replicas and across restarts',
    rule: { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] },
  },
  {
    why: 'keeps to configured rates of registries, together with other replicas and across restarts',
    rule: { apiGroups: [''], resources: ['configmaps'], resourceNames: [RATES], verbs: ['get', 'update'] },
  },
  {
    why: 'agrees with other replicas on who runs the controllers',
    rule: { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
  },
  {
    why: 'agrees with other replicas on who runs the controllers',
    rule: {
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      resourceNames: [LEASE],
      verbs: ['get', 'list', 'watch', 'update'],
    },
  },
]

/** In its own namespace, whoever makes its certificates. */
export const OWN_RIGHTS: readonly Right[] = [
  {
    why: 'knows what the administrator says of registries',
    rule: { apiGroups: [''], resources: ['configmaps'], resourceNames: [REGISTRIES], verbs: ['list', 'watch'] },
  },
  ...LEADING_RIGHTS,
]

const certificateRights = (name: string): readonly Right[] => [
  {
    why: 'reads its certificate',
    rule: { apiGroups: [''], resources: ['secrets'], resourceNames: [name], verbs: ['list', 'watch'] },
  },
]

/** In its own namespace, by who makes its certificates. */
export const CERTIFICATE_RIGHTS: Readonly<Record<Settings['certificates'], readonly Right[]>> = {
  own: [
    ...certificateRights(CERTIFICATE_SECRETS.own),
    {
      why: 'renews its certificate, and the authority behind it',
      rule: { apiGroups: [''], resources: ['secrets'], resourceNames: [CERTIFICATE_SECRETS.own], verbs: ['update'] },
    },
  ],
  'cert-manager': certificateRights(CERTIFICATE_SECRETS['cert-manager']),
}

/**
 * Roles of Kubernetes' own for servers behind the aggregator: to ask who somebody is and what they may, and whom to trust. What they
 * give is told for a server to look whether it has it.
 */
export const DELEGATOR = 'system:auth-delegator'
export const TRUST_READER = 'extension-apiserver-authentication-reader'

/** By the former, in the whole cluster. */
export const DELEGATED_RIGHTS: readonly Right[] = [
  {
    why: 'asks who a token belongs to',
    rule: { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  },
  {
    why: 'asks what somebody may',
    rule: { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  },
]

/** By the latter, in the namespace of the ConfigMap. */
export const TRUST_RIGHTS: readonly Right[] = [
  {
    why: 'reads whom the cluster trusts to introduce users',
    rule: { apiGroups: [''], resources: ['configmaps'], resourceNames: [TRUST.name], verbs: ['get', 'list', 'watch'] },
  },
]

/** Role that lets imports use pull secrets, and its bindings. */
export const PULL_SECRETS = `${NAME}-pull-secrets`

/** What it may with workloads of these kinds. */
export function workloadRights(kinds: readonly WorkloadKind[]): readonly Right[] {
  const rights = workloadRules(kinds).map((rule) => ({
    why: 'sets the images of workloads that follow a stream',
    rule,
  }))
  const definitions = kinds.filter(isCustom).map(({ resource }) => ({
    why: 'sees when this custom kind of workloads comes and goes',
    rule: { ...DEFINITIONS, resourceNames: [qualified(resource, resource.plural)], verbs: ['list', 'watch'] },
  }))
  return [...rights, ...definitions]
}

/** What it may in the whole cluster. `workloads`: those that have triggers. */
export const clusterRights = (
  certificates: Settings['certificates'],
  workloads: readonly WorkloadKind[],
): readonly Right[] => [
  ...CLUSTER_RIGHTS,
  ...workloadRights(workloads),
  ...(certificates === 'own' ? AUTHORITY_RIGHTS : []),
]

/** What it may in its own namespace. */
export const ownRights = (certificates: Settings['certificates']): readonly Right[] => [
  ...CERTIFICATE_RIGHTS[certificates],
  ...OWN_RIGHTS,
]

/** ServiceAccount, roles and bindings of the server. */
export function serverRights(
  { namespace, pullSecretsFrom, certificates }: Settings,
  workloads: readonly WorkloadKind[],
): Manifest[] {
  const rules = (rights: readonly Right[]): PolicyRule[] => rights.map(({ rule }) => rule)
  const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace }]
  const role = (kind: RoleKind, metadata: Manifest['metadata'], rights: readonly Right[]): Manifest => ({
    ...rbac(kind, metadata),
    rules: rules(rights),
  })
  const bind = (metadata: Manifest['metadata'], kind: RoleKind, name: string): Manifest => ({
    ...rbac(metadata.namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding', metadata),
    roleRef: { apiGroup: RBAC_GROUP, kind, name },
    subjects,
  })
  const secretsOf = pullSecretsFrom ?? [undefined]
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace } },
    role('ClusterRole', { name: NAME }, clusterRights(certificates, workloads)),
    role('ClusterRole', { name: PULL_SECRETS }, PULL_SECRET_RIGHTS),
    role('Role', { name: NAME, namespace }, ownRights(certificates)),
    bind({ name: NAME }, 'ClusterRole', NAME),
    bind({ name: NAME, namespace }, 'Role', NAME),
    ...secretsOf.map((at) => bind({ name: PULL_SECRETS, ...(at && { namespace: at }) }, 'ClusterRole', PULL_SECRETS)),
    bind({ name: `${NAME}-auth-delegator` }, 'ClusterRole', DELEGATOR),
    bind({ name: `${NAME}-authentication-reader`, namespace: TRUST.namespace }, 'Role', TRUST_READER),
  ]
}

const RBAC_GROUP = 'rbac.authorization.k8s.io'
type RoleKind = 'Role' | 'ClusterRole'

const rbac = (kind: string, metadata: Manifest['metadata']): Manifest => ({
  apiVersion: `${RBAC_GROUP}/v1`,
  kind,
  metadata,
})
