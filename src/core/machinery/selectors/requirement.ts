// One condition on a label: what label selectors, written as text or as an object, are made of.
import { describeAll, invalid, type FieldError } from '../fieldError.ts'
import { labelValue, qualifiedName } from '../meta/names.ts'

export type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'

/** One condition on a label. */
export interface Requirement {
  key: string
  operator: Operator
  values: readonly string[]
}

export type Labels = Readonly<Record<string, string>>

const INTEGER = /^[+-]?\d+$/

/** What is wrong with a requirement as one text; undefined when nothing is. */
export function problemOf({ key, operator, values }: Requirement): string | undefined {
  const errors: FieldError[] = []
  const keyProblems = qualifiedName(key)
  if (keyProblems.length > 0) errors.push(invalid('key', key, keyProblems.join('; ')))
  const shape = shapeProblem(operator, values)
  if (shape) errors.push(invalid('values', values, shape))
  values.forEach((value, i) => {
    if ((operator === 'gt' || operator === 'lt') && !INTEGER.test(value)) {
      errors.push(invalid(`values[${i}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"))
    }
    const problems = labelValue(value)
    if (problems.length > 0) errors.push(invalid(`values[${i}][${key}]`, value, problems.join('; ')))
  })
  return errors.length === 0 ? undefined : describeAll(errors)
}

function shapeProblem(operator: Operator, values: readonly string[]): string | undefined {
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length === 0 ? "for 'in', 'notin' operators, values set can't be empty" : undefined
    case 'exists':
    case '!':
      return values.length > 0 ? 'values set must be empty for exists and does not exist' : undefined
    case 'gt':
    case 'lt':
      return values.length === 1 ? undefined : "for 'Gt', 'Lt' operators, exactly one value is required"
    default:
      return values.length === 1 ? undefined : 'exact-match compatibility requires one single value'
  }
}

/** Whether labels meet a requirement. An absent label meets the negative ones. */
export function meets({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value)
    case 'gt':
    case 'lt': {
      if (value === undefined || !INTEGER.test(value)) return false
      const [left, right] = [BigInt(value.replace('+', '')), BigInt(values[0]!.replace('+', ''))]
      return operator === 'gt' ? left > right : left < right
    }
    default:
      return value !== undefined && values.includes(value)
  }
}
