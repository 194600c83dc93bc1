// ResourceQuotas: how much of everything a namespace may have.
import { field, list, map, object, opt, quantity, str, type Static } from '../../core/machinery/schema.ts'
import { CORE } from './reference.ts'
import { kind } from './workload.ts'

const Requirement = object(`${CORE}.ScopedResourceSelectorRequirement`, 'One condition on a scope.', {
  scopeName: str('The scope.', { mandatory: true }),
  operator: str('How scope and values relate: In, NotIn, Exists or DoesNotExist.', { mandatory: true }),
  values: opt(list(str(), 'Values for In and NotIn.', { listType: 'atomic' })),
})

const ScopeSelector = object(`${CORE}.ScopeSelector`, 'Selects by scopes. All conditions must hold.', {
  matchExpressions: opt(list(Requirement, 'The conditions.', { listType: 'atomic' })),
})

/** A ResourceQuota. */
export const ResourceQuota = kind(
  `${CORE}.ResourceQuota`,
  'How much a namespace may have of everything together.',
  object(`${CORE}.ResourceQuotaSpec`, 'What is limited.', {
    hard: opt(map(quantity(), 'The most, by name: openshift.io/imagestreams, count/PLURAL.GROUP, pods and others.')),
    scopes: opt(list(str(), 'Only what all of these scopes hold for counts.', { listType: 'atomic' })),
    scopeSelector: opt(field(ScopeSelector, 'Only what these conditions hold for counts.')),
  }),
  object(`${CORE}.ResourceQuotaStatus`, 'What is in force, and what there is.', {
    hard: opt(map(quantity(), 'The most that is in force, by name.')),
    used: opt(map(quantity(), 'What there is, by name.')),
  }),
)
export type ResourceQuota = Static<typeof ResourceQuota>
