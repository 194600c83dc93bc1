// What users get wrong in ResourceQuotas, in Kubernetes' words.
import { type FieldError, invalid } from '../../core/machinery/fieldError.ts'
import { qualifiedName } from '../../core/machinery/meta/names.ts'
import { quantityValue } from '../../core/machinery/scalar/quantity.ts'
import type { ResourceQuota } from '../types/resourceQuota.ts'
import { isCountName, isStandard } from './quotaNames.ts'
import { validateScopes, validateSelector } from './quotaScopes.ts'

type Amounts = Readonly<Record<string, string>>

/** Errors of the spec. The scopes of a quota stay as they were. */
export function validateResourceQuota({ spec }: ResourceQuota, old?: ResourceQuota): FieldError[] {
  const errors = [
    ...validateAmounts(spec.hard, 'spec.hard'),
    ...validateScopes(spec),
    ...validateSelector(spec, 'spec.scopeSelector.matchExpressions'),
  ]
  const before = new Set(old?.spec.scopes)
  const changed = before.symmetricDifference(new Set(spec.scopes)).size > 0
  return old && changed ? [...errors, invalid('spec.scopes', spec.scopes ?? [], 'field is immutable')] : errors
}

/** Errors of the status, as controllers write it. */
export function validateQuotaStatus({ status }: ResourceQuota): FieldError[] {
  return [...validateAmounts(status.hard, 'status.hard'), ...validateAmounts(status.used, 'status.used')]
}

function validateAmounts(amounts: Amounts = {}, field: string): FieldError[] {
  return Object.entries(amounts).flatMap(([name, amount]) => {
    const at = `${field}[${name}]`
    return validateName(name, at).concat(validateAmount(name, amount, at))
  })
}

function validateName(name: string, field: string): FieldError[] {
  const problems = qualifiedName(name)
  if (problems.length === 0 && !name.includes('/') && !isStandard(name) && name !== 'storage')
    problems.push('must be a standard resource type or fully qualified')
  if (!name.includes('/') && !isStandard(name)) problems.push('must be a standard resource for quota')
  return problems.map((problem) => invalid(field, name, problem))
}

function validateAmount(name: string, amount: string, field: string): FieldError[] {
  const value = quantityValue(amount) ?? 0n
  const isWhole = value % 1_000_000_000n === 0n
  return [
    ...(value < 0n ? [invalid(field, amount, 'must be greater than or equal to 0')] : []),
    ...(isCountName(name) && !isWhole ? [invalid(field, amount, 'must be an integer')] : []),
  ]
}
