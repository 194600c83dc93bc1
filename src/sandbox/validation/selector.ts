// Selectors of workloads, and whether they select the pods of their own template.
import { forbidden, invalid, required, type FieldError } from '../../core/machinery/fielderror.ts'
import { deepEqual } from '../../core/machinery/equal.ts'
import { validateLabels } from '../../core/machinery/metadata.ts'
import { qualifiedName } from '../../core/machinery/names.ts'
import { isEmpty, matches } from '../labels.ts'
import type { PodTemplateSpec } from '../types/pod.ts'
import type { LabelSelector } from '../types/reference.ts'
import { goMap, goSelector, invalidText } from './gotext.ts'

/** A selector by itself. */
export function validateSelector(selector: LabelSelector, field: string): FieldError[] {
  const errors = validateLabels(selector.matchLabels, `${field}.matchLabels`)
  for (const [i, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${field}.matchExpressions[${i}]`
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      const rule = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
      if (values.length > 0) errors.push(forbidden(`${at}.values`, rule))
    } else errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'))
    errors.push(...qualifiedName(key).map((problem) => invalid(`${at}.key`, key, problem)))
  }
  return errors
}

/** `spec.selector` and `spec.template.metadata.labels` together. An empty selector counts as missing. */
export function validateSelection(
  spec: { selector: LabelSelector; template: PodTemplateSpec },
  old: { selector: LabelSelector } | undefined,
): FieldError[] {
  const { selector, template } = spec
  const errors = isEmpty(selector) ? [required('spec.selector')] : validateSelector(selector, 'spec.selector')
  const { labels } = template.metadata
  if (errors.length === 0 && !matches(selector, labels)) {
    errors.push(
      invalidText('spec.template.metadata.labels', goMap(labels), '`selector` does not match template `labels`'),
    )
  }
  if (old && !deepEqual(old.selector, selector)) {
    errors.push(invalidText('spec.selector', goSelector(selector), 'field is immutable'))
  }
  return errors
}
