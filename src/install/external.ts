// How a cluster reaches a server that runs outside of it: a Service that is only a name, and APIServices that point there.
// For development, tests and first tries.
import { createHash } from 'node:crypto'
import type { WorkloadKind } from '../core/image/workloads.ts'
import { labelled, type Manifest } from './manifest.ts'
import { NAME } from './names.ts'
import { apiServices } from './objects/apiService.ts'
import { namespaceObject } from './objects/namespace.ts'
import { userRoles } from './objects/userRoles.ts'
import { webhookConfiguration } from './objects/webhooks.ts'

/** Annotation of the Service: the authority of the server behind it. Servers with the same can ask each other. */
export const AUTHORITY = 'millrace.dev/authority'

/** Where the cluster finds a server, and how it knows it. */
export interface ExternalAddress {
  namespace: string
  /** DNS name; the cluster's API server resolves it. */
  host: string
  port: number
  /** PEM of the authority that has signed the server's certificate. */
  ca: string
  version: string
  /** Workloads that have triggers, and may name streams. */
  workloads: readonly WorkloadKind[]
}

/** The objects that make the cluster send requests for image streams to that server, and let users make them. */
export function externalObjects({ namespace, host, port, ca, version, workloads }: ExternalAddress): Manifest[] {
  const caBundle = Buffer.from(ca).toString('base64')
  const service: Manifest = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: NAME, namespace, annotations: { [AUTHORITY]: fingerprint(ca) } },
    spec: { type: 'ExternalName', externalName: host, ports: [{ name: 'https', port, protocol: 'TCP' }] },
  }
  const webhooks = webhookConfiguration(namespace, workloads)
  const registrations = [...apiServices({ namespace, port, caBundle }), webhooks]
  return labelled([namespaceObject(namespace), ...userRoles(), service, ...registrations], version)
}

const fingerprint = (pem: string): string => createHash('sha256').update(pem).digest('hex')
