import { SELECTOR, type Manifest } from '../manifest.ts'
import { NAME } from '../names.ts'

/** Port of the Service. */
export const SERVICE_PORT = 443
/** Port that the containers listen on, and its name. */
export const CONTAINER_PORT = 8443
export const PORT_NAME = 'https'

/** Where the kube-apiserver sends its requests. One client's go to one replica: they read what they have written at once. */
export function service(namespace: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: NAME, namespace },
    spec: {
      selector: SELECTOR,
      sessionAffinity: 'ClientIP',
      ports: [{ name: PORT_NAME, port: SERVICE_PORT, targetPort: PORT_NAME, protocol: 'TCP' }],
    },
  }
}
