// What a URL names for the kinds that we install.
import type { Named } from '../core/machinery/client.ts'
import type { KubeObject, ResourceRef } from '../core/machinery/object.ts'

const resource = (group: string, version: string, plural: string): ResourceRef => ({ group, version, plural })

export const RESOURCES = {
  Namespace: resource('', 'v1', 'namespaces'),
  Secret: resource('', 'v1', 'secrets'),
  ConfigMap: resource('', 'v1', 'configmaps'),
  Service: resource('', 'v1', 'services'),
  ServiceAccount: resource('', 'v1', 'serviceaccounts'),
  Deployment: resource('apps', 'v1', 'deployments'),
  PodDisruptionBudget: resource('policy', 'v1', 'poddisruptionbudgets'),
  NetworkPolicy: resource('networking.k8s.io', 'v1', 'networkpolicies'),
  Role: resource('rbac.authorization.k8s.io', 'v1', 'roles'),
  RoleBinding: resource('rbac.authorization.k8s.io', 'v1', 'rolebindings'),
  ClusterRole: resource('rbac.authorization.k8s.io', 'v1', 'clusterroles'),
  ClusterRoleBinding: resource('rbac.authorization.k8s.io', 'v1', 'clusterrolebindings'),
  CustomResourceDefinition: resource('apiextensions.k8s.io', 'v1', 'customresourcedefinitions'),
  APIService: resource('apiregistration.k8s.io', 'v1', 'apiservices'),
  MutatingWebhookConfiguration: resource('admissionregistration.k8s.io', 'v1', 'mutatingwebhookconfigurations'),
  Lease: resource('coordination.k8s.io', 'v1', 'leases'),
  Issuer: resource('cert-manager.io', 'v1', 'issuers'),
  Certificate: resource('cert-manager.io', 'v1', 'certificates'),
} as const satisfies Readonly<Record<string, ResourceRef>>

export type InstalledKind = keyof typeof RESOURCES

const isInstalled = (kind: string): kind is InstalledKind => Object.hasOwn(RESOURCES, kind)

/** Where an object lies. */
export function targetOf({ kind = '', metadata: { name = '', namespace } }: KubeObject): Named {
  if (!isInstalled(kind)) throw new Error(`no resource is known for ${kind}`)
  return { resource: RESOURCES[kind], name, ...(namespace && { namespace }) }
}

/** An object as people name it: `deployment/millrace`. */
export function nameOf({ kind = '', metadata: { name = '', namespace } }: KubeObject): string {
  return `${kind.toLowerCase()}/${name}${namespace ? ` in ${namespace}` : ''}`
}
