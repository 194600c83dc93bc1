// -o: how a command shows the object that it wrote. Without it, the one line of the name printer.
import { isObject } from '../../core/machinery/json/jsonObject.ts'
import type { KubeObject, ObjectMeta } from '../../core/machinery/object.ts'
import { CommandError } from '../failure.ts'

/** Formats that commands print objects in; '' is the name with what was done. */
export type OutputFormat = '' | 'name' | 'json' | 'yaml'

/** Reads -o of a command that prints the object it wrote. */
export function outputFormat(text: string | undefined): OutputFormat {
  if (text === undefined || text === '') return ''
  if (text === 'name' || text === 'json' || text === 'yaml') return text
  throw new CommandError(
    `output format "${text}" is not supported here: use json, yaml or name (kubectl get has the others)`,
  )
}

/** "imagestream.image.openshift.io/ubi": kind and group in lower case, slash, name. */
export function objectName(object: KubeObject): string {
  const [group, version] = (object.apiVersion ?? '').split('/')
  const kind = (object.kind || '<unknown>').toLowerCase()
  return `${kind}${version ? `.${group}` : ''}/${object.metadata.name ?? ''}`
}

/** The text for an object that was written, newline included. `operation` is what was done: "created". */
export async function formatObject(object: KubeObject, format: OutputFormat, operation: string): Promise<string> {
  if (format === 'name') return `${objectName(object)}\n`
  const shown = { ...object, metadata: ordered(object.metadata) }
  if (format === 'json') return formatJson(shown)
  if (format === 'yaml') return formatYaml(shown)
  return `${objectName(object)} ${operation}\n`
}

/** The text for something that was read: as kubectl prints what it knows no type of, with sorted keys. */
export function formatRead(value: object, format: 'json' | 'yaml'): Promise<string> | string {
  return format === 'json' ? formatJson(sorted(value)) : formatYaml(value)
}

const formatJson = (value: unknown): string => `${JSON.stringify(value, undefined, 4)}\n`

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]))
}

/** The order in which Go's clients write metadata. Who owns which field is left out, as kubectl does. */
const METADATA: readonly (keyof ObjectMeta)[] = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
]

function ordered(metadata: ObjectMeta): ObjectMeta {
  return Object.fromEntries(METADATA.filter((key) => metadata[key] !== undefined).map((key) => [key, metadata[key]]))
}

/** YAML as kubectl writes it: keys sorted, lists not indented, long lines whole. */
async function formatYaml(object: unknown): Promise<string> {
  const { stringify } = await import('yaml')
  // 1.1 is what Go's YAML reads: words like "yes" and times get quotes.
  return stringify(object, {
    version: '1.1',
    sortMapEntries: true,
    indentSeq: false,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  })
}
