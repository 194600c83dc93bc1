// Numbers, percentages and values out of a closed set.
import { invalid, notSupported, type FieldError } from '../../core/machinery/fieldError.ts'

const PERCENT = /^[0-9]+%$/
const PERCENT_PROBLEM =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"

/** Zero or more; absent is fine. */
export function nonNegative(value: number | null | undefined, field: string): FieldError[] {
  return (value ?? 0) < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : []
}

/** A number of zero or more, or a percentage. */
export function countOrPercent(value: number | string | undefined, field: string): FieldError[] {
  if (typeof value === 'number') return nonNegative(value, field)
  return value === undefined || PERCENT.test(value) ? [] : [invalid(field, value, PERCENT_PROBLEM)]
}

/** True for 0, "0%" and nothing. */
export function isNone(value: number | string | undefined): boolean {
  return value === undefined || Number.parseInt(String(value), 10) === 0
}

/** A port that TCP and UDP know. */
export function port(value: number, field: string): FieldError[] {
  return value >= 1 && value <= 65_535 ? [] : [invalid(field, value, 'must be between 1 and 65535, inclusive')]
}

/** One of the allowed values, or nothing. */
export function oneOf(value: string | null | undefined, allowed: readonly string[], field: string): FieldError[] {
  return !value || allowed.includes(value) ? [] : [notSupported(field, value, allowed)]
}
