import { SELECTOR, type Manifest } from '../manifest.ts'
import { NAME } from '../names.ts'

/**
 * Nodes are drained one replica at a time; a single one does not stop a drain, nor do those that run and are not ready: there is nothing to keep.
 * https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy (on since Kubernetes 1.27)
 */
export function disruptionBudget(namespace: string): Manifest {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: NAME, namespace },
    spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels: SELECTOR } },
  }
}
