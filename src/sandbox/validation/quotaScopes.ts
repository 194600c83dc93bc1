// The scopes of a ResourceQuota: which pods, or claims, it is for.
import { type FieldError, invalid, required } from '../../core/machinery/fieldError.ts'
import type { ResourceQuota } from '../types/resourceQuota.ts'
import { isOfPods, isStandard } from './quotaNames.ts'

type Spec = ResourceQuota['spec']
type Requirement = NonNullable<NonNullable<Spec['scopeSelector']>['matchExpressions']>[number]

/** Which standard names a scope is for. */
const SCOPES: Readonly<Record<string, (name: string) => boolean>> = {
  BestEffort: (name) => name === 'pods',
  CrossNamespacePodAffinity: isOfPods,
  NotBestEffort: isOfPods,
  NotTerminating: isOfPods,
  PriorityClass: isOfPods,
  Terminating: isOfPods,
  VolumeAttributesClass: (name) => name === 'persistentvolumeclaims' || name === 'requests.storage',
}
const CONTRARY = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
]
/** Scopes that have values, which the others have not. */
const VALUED = new Set(['PriorityClass', 'VolumeAttributesClass'])
const VALUELESS =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

/** Errors of the list of scopes. */
export function validateScopes({ scopes = [], hard = {} }: Spec): FieldError[] {
  const problems = scopes.flatMap((scope) => scopeProblems(scope, hard))
  if (isContrary(scopes)) problems.push('conflicting scopes')
  return problems.map((problem) => invalid('spec.scopes', scopes, problem))
}

function scopeProblems(scope: string, hard: object): string[] {
  const fits = Object.hasOwn(SCOPES, scope) ? SCOPES[scope]! : undefined
  if (!fits) return ['unsupported scope']
  return Object.keys(hard)
    .filter((name) => isStandard(name) && !fits(name))
    .map(() => 'unsupported scope applied to resource')
}

function isContrary(scopes: readonly string[]): boolean {
  return CONTRARY.some((pair) => pair.every((scope) => scopes.includes(scope)))
}

/** Errors of the selector of scopes. */
export function validateSelector({ scopeSelector, hard = {} }: Spec, field: string): FieldError[] {
  const requirements = scopeSelector?.matchExpressions ?? []
  const errors = requirements.flatMap((requirement) => {
    const { scopeName } = requirement
    const [problem] = scopeProblems(scopeName, hard)
    const scope = problem === 'unsupported scope' ? [invalid(`${field}.scopeName`, scopeName, problem)] : []
    const use = problem && scope.length === 0 ? [invalid(field, scopeSelector, problem)] : []
    return [...scope, ...use, ...validateOperator(requirement, field)]
  })
  const names = requirements.map(({ scopeName }) => scopeName)
  return isContrary(names) ? [...errors, invalid(field, scopeSelector, 'conflicting scopes')] : errors
}

function validateOperator({ scopeName, operator, values = [] }: Requirement, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (Object.hasOwn(SCOPES, scopeName) && !VALUED.has(scopeName) && operator !== 'Exists')
    errors.push(invalid(`${field}.operator`, operator, VALUELESS))
  if (operator === 'In' || operator === 'NotIn') {
    const rule = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
    if (values.length === 0) errors.push(required(`${field}.values`, rule))
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const rule = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
    if (values.length > 0) errors.push(invalid(`${field}.values`, values, rule))
  } else errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'))
  return errors
}
