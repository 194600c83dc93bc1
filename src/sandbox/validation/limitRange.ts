// What users get wrong in LimitRanges, in Kubernetes' words.
import { duplicate, forbidden, invalid, type FieldError } from '../../core/machinery/fieldError.ts'
import { quantityValue } from '../../core/machinery/scalar/quantity.ts'
import type { LimitRange } from '../types/limitRange.ts'

const STANDARD = ['Pod', 'Container', 'PersistentVolumeClaim']

type Item = LimitRange['spec']['limits'][number]
type Amounts = Readonly<Record<string, string>> | undefined

/** Errors of the limits. */
export function validateLimitRange({ spec }: LimitRange): FieldError[] {
  const seen = new Set<string>()
  return spec.limits.flatMap((item, i) => {
    const field = `spec.limits[${i}]`
    const errors = validateItem(item, field)
    if (seen.has(item.type)) errors.push(duplicate(`${field}.type`, item.type))
    seen.add(item.type)
    return errors
  })
}

function validateItem({ type, min, max, default: limit, defaultRequest }: Item, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (!type.includes('/') && !STANDARD.includes(type))
    errors.push(invalid(`${field}.type`, type, 'must be a standard limit type or fully qualified'))
  if (type === 'Pod') {
    const rule = "may not be specified when `type` is 'Pod'"
    if (limit && Object.keys(limit).length > 0) errors.push(forbidden(`${field}.default`, rule))
    if (defaultRequest && Object.keys(defaultRequest).length > 0)
      errors.push(forbidden(`${field}.defaultRequest`, rule))
  }
  return [
    ...errors,
    ...ordered(`${field}.min`, ['min', min], ['max', max]),
    ...ordered(`${field}.defaultRequest`, ['min', min], ['default request', defaultRequest]),
    ...ordered(`${field}.defaultRequest`, ['default request', defaultRequest], ['max', max]),
    ...ordered(`${field}.defaultRequest`, ['default request', defaultRequest], ['default limit', limit]),
    ...ordered(`${field}.default`, ['min', min], ['default', limit]),
    ...ordered(`${field}.default`, ['default', limit], ['max', max]),
  ]
}

/** The lower amount of a resource must not be above the upper one. */
function ordered(field: string, [low, lower]: [string, Amounts], [high, upper]: [string, Amounts]): FieldError[] {
  return Object.entries(lower ?? {}).flatMap(([name, least]) => {
    const most = upper?.[name]
    if (most === undefined || (quantityValue(least) ?? 0n) <= (quantityValue(most) ?? 0n)) return []
    return [invalid(`${field}[${name}]`, least, `${low} value ${least} is greater than ${high} value ${most}`)]
  })
}
