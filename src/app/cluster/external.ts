// How a cluster reaches a server that runs outside of it: a Service that is only a name, and an APIService that points there.
// For development, tests and first tries.
import type { KubeObject } from '../../core/machinery/object.ts'
import { webhookConfiguration } from './webhooks.ts'

/** Where the cluster finds a server, and how it knows it. */
export interface ExternalAddress {
  namespace: string
  /** DNS name; the cluster's API server resolves it. */
  host: string
  port: number
  /** PEM of the authority that has signed the server's certificate. */
  ca: string
}

/** Name of the Service. */
const SERVICE = 'millrace'
export const API_SERVICE = 'v1.image.openshift.io'

/** Under which name the aggregator expects the server's certificate. */
export const serviceHost = (namespace: string): string => `${SERVICE}.${namespace}.svc`

/** The objects that make the cluster send requests for image streams to that server. */
export function externalObjects({ namespace, host, port, ca }: ExternalAddress): KubeObject[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: SERVICE, namespace },
      spec: { type: 'ExternalName', externalName: host, ports: [{ name: 'https', port, protocol: 'TCP' }] },
    } as KubeObject,
    apiService({ namespace, port, ca }),
    webhookConfiguration(namespace, (path) => ({ url: `https://${host}:${port}${path}`, caBundle: base64(ca) })),
  ]
}

/** As OpenShift's own: before custom resources of the same names, behind the built-in groups. */
function apiService({ namespace, port, ca }: Omit<ExternalAddress, 'host'>): KubeObject {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: API_SERVICE },
    spec: {
      group: 'image.openshift.io',
      version: 'v1',
      groupPriorityMinimum: 9_900,
      versionPriority: 15,
      service: { namespace, name: SERVICE, port },
      caBundle: base64(ca),
    },
  } as KubeObject
}

const base64 = (pem: string): string => Buffer.from(pem).toString('base64')
