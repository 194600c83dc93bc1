// -o: how a command shows the object that it wrote. Without it, the one line of the name printer.
import type { KubeObject } from '../../core/machinery/object.ts'
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

/** The text for an object, newline included. `operation` is what was done: "created". */
export async function formatObject(object: KubeObject, format: OutputFormat, operation: string): Promise<string> {
  if (format === 'name') return `${objectName(object)}\n`
  if (format === 'json') return `${JSON.stringify(object, undefined, 4)}\n`
  if (format === 'yaml') return formatYaml(object)
  return `${objectName(object)} ${operation}\n`
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
