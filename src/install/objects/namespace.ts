import type { Manifest } from '../manifest.ts'

/** Our namespace: its pods keep to the strictest of Kubernetes' standards. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export function namespaceObject(name: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  }
}
