// ResourceQuotas as far as they count objects: how many of a kind a namespace may have.
// https://kubernetes.io/docs/concepts/policy/resource-quotas/#object-count-quota
import type { KubeObject } from '../machinery/object.ts'
import { canonicalQuantity, quantityValue } from '../machinery/scalar/quantity.ts'

/** Quantities by the name of what they are of. */
export type Amounts = Readonly<Record<string, string>>

/** The part of a ResourceQuota that is asked. */
export interface Quota extends KubeObject {
  spec: { hard?: Amounts; scopes?: readonly string[]; scopeSelector?: { matchExpressions?: readonly object[] } }
  /** `hard`: what of the spec is in force. `used`: what there is, and what has been promised. */
  status?: { hard?: Amounts; used?: Amounts }
}

/** What image streams are called in quotas beside the name that every kind has. */
export const STREAMS = 'openshift.io/imagestreams'

/** Names from before every kind could be counted, by the kind's. */
const ALIASES: Readonly<Record<string, string>> = {
  'count/configmaps': 'configmaps',
  'count/imagestreams.image.openshift.io': STREAMS,
  'count/pods': 'pods',
  'count/resourcequotas': 'resourcequotas',
  'count/secrets': 'secrets',
}

/** Come and go as they like: no quota counts them, as in Kubernetes. */
const UNCOUNTED: ReadonlySet<string> = new Set(['count/events', 'count/events.events.k8s.io'])

/** The names under which quotas count a kind, in their order: `count/PLURAL[.GROUP]`, and an older one of some kinds. */
export function countNames({ group, plural }: { group: string; plural: string }): readonly string[] {
  const name = `count/${plural}${group && `.${group}`}`
  if (UNCOUNTED.has(name)) return []
  const alias = ALIASES[name]
  return alias === undefined ? [name] : [name, alias]
}

/** A quota with scopes is for some pods, and counts nothing else. */
export function isScoped({ spec }: Quota): boolean {
  return (spec.scopes?.length ?? 0) + (spec.scopeSelector?.matchExpressions?.length ?? 0) > 0
}

const ONE = 1_000_000_000n

/** The whole number that a quantity says. */
export function countOf(text: string): number {
  return Number((quantityValue(text) ?? 0n) / ONE)
}

/** A whole number as a quantity: 1000 is `1k`. */
export function countText(count: number): string {
  return canonicalQuantity(String(count)) ?? '0'
}
