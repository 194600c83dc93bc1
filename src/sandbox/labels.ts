// Label selectors of workloads as text.
import type { LabelSelector } from './types/reference.ts'

/** Whether a selector has no condition at all. */
export function isEmpty({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0
}

/** The selector of labels with these values. */
export function exactly(matchLabels: Readonly<Record<string, string>> | undefined): LabelSelector {
  return matchLabels ? { matchLabels } : {}
}

/** A selector as text, as `kubectl -l` takes it: what the columns and Scale show. */
export function formatSelector(selector: LabelSelector | undefined): string {
  if (!selector || isEmpty(selector)) return '<none>'
  const conditions = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...(selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
      const set = `(${values.toSorted().join(',')})`
      const texts: Record<string, string> = {
        In: `${key} in ${set}`,
        NotIn: `${key} notin ${set}`,
        Exists: key,
        DoesNotExist: `!${key}`,
      }
      return { key, text: texts[operator] ?? '<error>' }
    }),
  ]
  return conditions
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ text }) => text)
    .join(',')
}
