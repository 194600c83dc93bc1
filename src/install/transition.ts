// What two versions of the server need while one takes the place of the other: the old one goes on if the new one never runs, and a pod
// of it that is restarted then looks again whether it has its rights.
import type { PolicyRule } from '../core/image/workloads/access.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { ifFound } from '../core/machinery/status.ts'
import { isManaged, type Manifest } from './manifest.ts'
import { targetOf } from './resources.ts'

const KINDS = ['ClusterRole', 'Role']

/**
 * Of those that a role has: one version gives fewer (docs/rights.md), and what installations that failed have left does not grow without
 * end. The oldest count, which come first: a pod that never ran needs none.
 */
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
      const rules = (found.rules ?? []).slice(0, MOST_RULES)
      // Those that are there stay as they are: what does not change, one may write without being allowed to give it.
      if (beyond(rules, wanted).length === 0) return []
      return [{ ...role, rules: [...rules, ...beyond(wanted, rules)] }]
    }),
  )
  return wider.flat()
}

/** Rules that give more than the others. */
export const beyond = (rules: readonly PolicyRule[], others: readonly PolicyRule[]): PolicyRule[] =>
  rules.filter((rule) => !others.some((other) => covers(other, rule)))

/** Whether a rule gives all that another one does. False where it cannot be told: one by hand may name URLs or `*`. */
function covers(rule: Partial<PolicyRule>, other: Partial<PolicyRule>): boolean {
  const has = (all: readonly string[] | undefined, some: readonly string[] | undefined): boolean =>
    all !== undefined && some !== undefined && some.every((each) => all.includes(each))
  return (
    has(rule.apiGroups, other.apiGroups) &&
    has(rule.resources, other.resources) &&
    has(rule.verbs, other.verbs) &&
    (rule.resourceNames === undefined || has(rule.resourceNames, other.resourceNames))
  )
}
