// How Kubernetes 1.32 prints values that are not strings into its messages: as Go source.
import type { FieldError } from '../../core/machinery/fieldError.ts'
import type { LabelSelector } from '../types/reference.ts'

/** A map of strings: map[string]string{"a":"b"}. */
export function goMap(map: Readonly<Record<string, string>> | undefined): string {
  if (!map) return 'map[string]string(nil)'
  const pairs = Object.keys(map).toSorted()
  return `map[string]string{${pairs.map((key) => `${JSON.stringify(key)}:${JSON.stringify(map[key])}`).join(', ')}}`
}

/** A label selector as a Go struct. */
export function goSelector({ matchLabels, matchExpressions }: LabelSelector): string {
  const type = '[]v1.LabelSelectorRequirement'
  const items = matchExpressions?.map(({ key, operator, values }) => {
    const list = values ? `[]string{${values.map((v) => JSON.stringify(v)).join(', ')}}` : '[]string(nil)'
    return `v1.LabelSelectorRequirement{Key:${JSON.stringify(key)}, Operator:${JSON.stringify(operator)}, Values:${list}}`
  })
  return `v1.LabelSelector{MatchLabels:${goMap(matchLabels)}, MatchExpressions:${items ? `${type}{${items.join(', ')}}` : `${type}(nil)`}}`
}

/** An error whose value is printed already. */
export const invalidText = (field: string, value: string, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${value}: ${detail}`,
})
