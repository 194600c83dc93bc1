// Selectors of workloads, and whether they select the pods of their own template.
import { required, type FieldError } from '../../core/machinery/fieldError.ts'
import { deepEqual } from '../../core/machinery/json/equal.ts'
import { matchesLabelSelector, validateLabelSelector } from '../../core/machinery/selectors/labelSelector.ts'
import { isEmpty } from '../labels.ts'
import type { PodTemplateSpec } from '../types/pod.ts'
import type { LabelSelector } from '../types/reference.ts'
import { goMap, goSelector, invalidText } from './goText.ts'

/** `spec.selector` and `spec.template.metadata.labels` together. An empty selector counts as missing. */
export function validateSelection(
  spec: { selector: LabelSelector; template: PodTemplateSpec },
  old: { selector: LabelSelector } | undefined,
): FieldError[] {
  const { selector, template } = spec
  const errors = isEmpty(selector) ? [required('spec.selector')] : validateLabelSelector(selector, 'spec.selector')
  const { labels } = template.metadata
  if (errors.length === 0 && !matchesLabelSelector(selector, labels)) {
    errors.push(
      invalidText('spec.template.metadata.labels', goMap(labels), '`selector` does not match template `labels`'),
    )
  }
  if (old && !deepEqual(old.selector, selector)) {
    errors.push(invalidText('spec.selector', goSelector(selector), 'field is immutable'))
  }
  return errors
}
