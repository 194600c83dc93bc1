// What two versions of the server need while one takes the place of the other: the old one goes on if the new one never runs, and a pod
// of it that is restarted then looks again whether it has its rights.
import type { PolicyRule } from '../core/image/workloads/access.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { ifFound } from '../core/machinery/status.ts'
import { isManaged, type Manifest } from './manifest.ts'
import { targetOf } from './resources.ts'

const KINDS = ['ClusterRole', 'Role']

/** Of a role: those of one version are fewer (docs/rights.md). What installations that failed have left does not grow beyond it. */
const MOST_RULES = 200

interface Role extends KubeObject {
  rules?: readonly PolicyRule[] | null
}

/**
 * Of these objects those roles of ours that have more in the cluster than they are to have: with both. They are to be as they were
 * asked for as soon as nobody needs the rest. Errors: those of the API.
 */
export async function transitionalRoles(client: ObjectClient, objects: readonly Manifest[]): Promise<Manifest[]> {
  const roles = objects.filter(({ kind }) => KINDS.includes(kind))
  const wider = await Promise.all(
    roles.map(async (role) => {
      const found = await ifFound(client.get<Role>(targetOf(role)))
      if (!found || !isManaged(found)) return []
      const wanted = role['rules'] as readonly PolicyRule[]
      const rest = beyond(found.rules ?? [], wanted)
      return rest.length === 0 ? [] : [{ ...role, rules: [...rest, ...wanted] }]
    }),
  )
  return wider.flat()
}

/** Rules that give more than the others. The oldest come first, and count: a pod that never ran needs none. */
export function beyond(rules: readonly PolicyRule[], others: readonly PolicyRule[]): PolicyRule[] {
  return rules.filter((rule) => !others.some((other) => covers(other, rule))).slice(0, MOST_RULES)
}

/** Whether a rule gives all that another one does. False where it cannot be told: one by hand may name URLs or `*`. */
function covers(rule: PolicyRule, other: Partial<PolicyRule>): boolean {
  const has = (all: readonly string[], some: readonly string[] | undefined): boolean =>
    some !== undefined && some.every((each) => all.includes(each))
  return (
    has(rule.apiGroups, other.apiGroups) &&
    has(rule.resources, other.resources) &&
    has(rule.verbs, other.verbs) &&
    (rule.resourceNames === undefined || has(rule.resourceNames, other.resourceNames))
  )
}
