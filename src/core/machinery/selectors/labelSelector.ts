// Label selectors as objects: meta/v1 LabelSelector, as Deployments and other workloads carry them.
import { forbidden, invalid, required, type FieldError } from '../fieldError.ts'
import { validateLabels } from '../meta/metadata.ts'
import { labelValue, qualifiedName } from '../meta/names.ts'
import { meets, type Labels, type Operator } from './requirement.ts'

/** One condition of a LabelSelector. */
export interface LabelSelectorRequirement {
  key: string
  operator: string
  values?: readonly string[]
}

/** LabelSelector of meta/v1. All of its parts must be met; an empty one selects everything. */
export interface LabelSelector {
  matchLabels?: Labels
  matchExpressions?: readonly LabelSelectorRequirement[]
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
}

/** Whether a selector selects an object with these labels. No selector selects nothing. */
export function matchesLabelSelector(selector: LabelSelector | null | undefined, labels: Labels = {}): boolean {
  if (!selector) return false
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (!Object.hasOwn(labels, key) || labels[key] !== value) return false
  }
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const known = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined
    // What validation would have refused selects nothing.
    return known !== undefined && meets({ key, operator: known, values }, labels)
  })
}

/** What is wrong in a selector; `field` is its path. */
export function validateLabelSelector(selector: LabelSelector, field: string): FieldError[] {
  const errors = validateLabels(selector.matchLabels, `${field}.matchLabels`)
  selector.matchExpressions?.forEach(({ key, operator, values = [] }, i) => {
    const path = `${field}.matchExpressions[${i}]`
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        errors.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
      }
    } else errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'))
    for (const problem of qualifiedName(key)) errors.push(invalid(`${path}.key`, key, problem))
    values.forEach((value, j) => {
      for (const problem of labelValue(value)) errors.push(invalid(`${path}.values[${j}]`, value, problem))
    })
  })
  return errors
}
