// The APIServices: by them the aggregator sends requests for image streams, and for what is known of imports, to a Service.
// https://kubernetes.io/docs/tasks/extend-kubernetes/setup-extension-api-server/
import type { Manifest } from '../manifest.ts'
import { API_SERVICES, NAME } from '../names.ts'

/** As OpenShift's own: before custom resources of the same names, behind the built-in groups. */
const PRIORITY = { groupPriorityMinimum: 9_900, versionPriority: 15 }

/** `port`: of the Service. `caBundle`: base64 of PEM; without it the server fills it in, or cert-manager does. */
export function apiServices({ namespace, port, caBundle }: ServiceAddress): Manifest[] {
  return API_SERVICES.map((name) => {
    const dot = name.indexOf('.')
    return {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name },
      spec: {
        group: name.slice(dot + 1),
        version: name.slice(0, dot),
        ...PRIORITY,
        service: { namespace, name: NAME, port },
        ...(caBundle !== undefined && { caBundle }),
      },
    }
  })
}

/** Which Service, and by which authorities its certificate may be signed. */
export interface ServiceAddress {
  namespace: string
  port: number
  caBundle?: string
}
