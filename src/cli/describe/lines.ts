// The building blocks of `describe`: labelled lines, cells separated by tabs, for the tab writer.
import { ago } from '../../core/image/age.ts'
import type { ObjectMeta } from '../../core/machinery/object.ts'

/** "Label:<TAB>value"; more lines of the value start with a tab. An empty value is "<none>". */
export function labelled(label: string, value: string | undefined): string[] {
  const [first = '', ...rest] = (value || '<none>').split('\n')
  return [`${label}:\t${first}`, ...rest.map((line) => `\t${line}`)]
}

/** A map with sorted keys, one "key=value" a line. */
export function labelledMap(label: string, map: Readonly<Record<string, string>> | null | undefined): string[] {
  const pairs = Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const [first, ...rest] = pairs.map(([key, value]) => `${key}=${value}`)
  if (first === undefined) return labelled(label, '')
  return [...labelled(label, first), ...rest.map((line) => `\t${line}`)]
}

/** Annotations; the one named "description" has a line of its own. */
export function annotationLines(annotations: Readonly<Record<string, string>> | null | undefined): string[] {
  const { description, ...rest } = annotations ?? {}
  return [...(description ? labelled('Description', description) : []), ...labelledMap('Annotations', rest)]
}

/** Name, namespace, age, labels and annotations. */
export function metadataLines(metadata: ObjectMeta, now: Date): string[] {
  return [
    ...labelled('Name', metadata.name),
    ...(metadata.namespace ? labelled('Namespace', metadata.namespace) : []),
    ...(metadata.creationTimestamp ? labelled('Created', ago(metadata.creationTimestamp, now)) : []),
    ...labelledMap('Labels', metadata.labels),
    ...annotationLines(metadata.annotations),
  ]
}
