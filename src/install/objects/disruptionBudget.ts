import { SELECTOR, type Manifest } from '../manifest.ts'
import { NAME } from '../names.ts'

/** Nodes are drained one replica at a time; a single one does not stop a drain. */
export function disruptionBudget(namespace: string): Manifest {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: NAME, namespace },
    spec: { maxUnavailable: 1, selector: { matchLabels: SELECTOR } },
  }
}
