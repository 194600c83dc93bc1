// What users get wrong in projects, in OpenShift's words. A project shows a namespace to those who may not change it, so of
// the metadata only its texts for people can be changed.
import { invalid, type FieldError } from '../../core/machinery/fieldError.ts'
import { validateMetadata } from '../../core/machinery/meta/metadata.ts'
import { dns1123Label, forNames } from '../../core/machinery/meta/names.ts'
import type { ObjectMeta } from '../../core/machinery/object.ts'
import { parseLabelSelector } from '../../core/machinery/selectors/labels.ts'
import { DESCRIPTION, DISPLAY_NAME, NODE_SELECTOR } from '../project.ts'

const MIN_NAME = 2
const namespaceName = forNames(dns1123Label)

/** Errors of a project's name, as texts. */
const projectName = (name: string, prefix: boolean): string[] =>
  name.length < MIN_NAME ? [`must be at least ${MIN_NAME} characters long`] : namespaceName(name, prefix)

/** Errors of a new project, or of a request for one. */
export function validateProject(metadata: ObjectMeta): FieldError[] {
  return [...validateMetadata(metadata, { namespaced: false, validateName: projectName }), ...validateTexts(metadata)]
}

function validateTexts({ annotations = {} }: ObjectMeta): FieldError[] {
  const errors: FieldError[] = []
  const displayName = annotations[DISPLAY_NAME] ?? ''
  if (/[\n\t]/.test(displayName)) {
    errors.push(invalid(`metadata.annotations[${DISPLAY_NAME}]`, displayName, 'may not contain a new line or tab'))
  }
  const nodeSelector = annotations[NODE_SELECTOR]
  if (nodeSelector !== undefined && !isSelector(nodeSelector)) {
    errors.push(invalid('nodeSelector', nodeSelector, 'must be a valid label selector'))
  }
  return errors
}

function isSelector(text: string): boolean {
  try {
    parseLabelSelector(text)
    return true
  } catch {
    return false
  }
}

/** Errors of a changed project, beside those of its namespace. */
export function validateProjectUpdate(metadata: ObjectMeta, old: ObjectMeta): FieldError[] {
  const name = metadata.name ?? ''
  return [
    ...projectName(name, false).map((problem) => invalid('metadata.name', name, problem)),
    ...validateTexts(metadata),
    ...unchanged('metadata.annotations', metadata.annotations, old.annotations, [DISPLAY_NAME, DESCRIPTION]),
    ...unchanged('metadata.labels', metadata.labels, old.labels, []),
  ]
}

type Map = Readonly<Record<string, string>> | undefined

/** Errors of keys that are new, gone or different, but for those that may be. */
function unchanged(field: string, given: Map = {}, old: Map = {}, free: readonly string[]): FieldError[] {
  const keys = [...Object.keys(given), ...Object.keys(old).filter((key) => !(key in given))]
  return keys
    .filter((key) => !free.includes(key) && given[key] !== old[key])
    .map((key) => invalid(`${field}[${key}]`, given[key] ?? old[key], 'field is immutable, try updating the namespace'))
}
