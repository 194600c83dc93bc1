// What the controllers must be allowed to do with workloads.
import type { WorkloadKind } from '../workloads.ts'

/** PolicyRule of rbac.authorization.k8s.io/v1. */
export interface PolicyRule {
  apiGroups: readonly string[]
  resources: readonly string[]
  verbs: readonly string[]
  resourceNames?: readonly string[]
}

/** A rule for each group, with the verbs that the trigger controller needs. Kinds that it never changes need none. */
export function workloadRules(kinds: readonly WorkloadKind[]): PolicyRule[] {
  const changed = kinds.filter(({ changes }) => changes === 'always').map(({ resource }) => resource)
  return [...Map.groupBy(changed, ({ group }) => group)].map(([group, resources]) => ({
    apiGroups: [group],
    resources: resources.map(({ plural }) => plural),
    verbs: ['list', 'watch', 'patch'],
  }))
}
