// Custom kinds of workloads in the chart. The manifests are made with a kind that nobody has; what they say of it becomes a template
// of what Helm says of each kind that it is given.
import { isObject } from '../../core/machinery/json/jsonObject.ts'

const PLURAL = 'plurals'
const GROUP = 'group.placeholder.invalid'
const VERSION = 'v0'
const [HOLDER, FIELD] = ['holder', 'placeholder']

/** The kind, as `--workload-kind` names it. */
export const PLACEHOLDER = `${PLURAL}.${GROUP}/${VERSION}=${HOLDER}.${FIELD}`

/** Lists that have something for each kind: rules of roles and webhooks, arguments of the server. */
const LISTS = ['rules', 'args']

const EACH = 'range $.Values.workloadKinds'
const [BEGIN, END] = [`{{- ${EACH} }}`, '{{- end }}']

/** Puts what such lists say of our kind between the words by which Helm says it of each kind. */
export function forEachKind(value: unknown, list = false): unknown {
  if (Array.isArray(value))
    return value.flatMap((item: unknown) => {
      const inner = forEachKind(item)
      return list && JSON.stringify(item).includes(GROUP) ? [BEGIN, inner, END] : [inner]
    })
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, forEachKind(inner, LISTS.includes(key))]))
}

/** Path of the pod spec as CEL has it; only kinds that say where theirs is have one. */
const steps = (path: string): string => `[?'{{ ${path} | replace "." "'][?'" }}`
const cel = (...names: string[]): string => names.map((name) => `[?'${name}']`).join('')

/** What our kind is called, and how Helm gets the same of the kind that is at hand. */
const PARTS: readonly (readonly [text: string, template: string])[] = [
  [PLACEHOLDER, '{{ . }}'],
  [`- ${PLURAL}.${GROUP}\n`, '- "{{ regexReplaceAll "/.*$" . "" }}"\n'],
  [`- ${PLURAL}\n`, '- "{{ regexReplaceAll "[.].*$" . "" }}"\n'],
  [`- ${GROUP}\n`, '- "{{ regexReplaceAll "^[^.]+[.]|/.*$" . "" }}"\n'],
  [`- ${VERSION}\n`, '- "{{ regexReplaceAll "^[^/]+/|=.*$" . "" }}"\n'],
  [cel(HOLDER, FIELD), `${steps('regexReplaceAll "^[^=]*=" . ""')}']`],
  [cel(HOLDER, 'metadata'), `${steps('regexReplaceAll "^[^=]*=|[^.]+$" . ""')}metadata']`],
]

/** Conditions of CEL, one after the other, that speak of our kind. */
const CONDITIONS = new RegExp(`(?: \\|\\| [^|\\n]*'${HOLDER}'[^|\\n]*(?= \\|\\| ))+`, 'g')

/** Makes YAML of such objects a template. */
export function kindsTemplated(text: string): string {
  const lists = text.replaceAll(/^ *- "(\{\{- [^"]* \}\})"$/gm, '$1')
  const conditions = lists.replaceAll(
    CONDITIONS,
    (all) => `{{ ${EACH} }}{{ if contains "=" . }}${all}{{ end }}{{ end }}`,
  )
  return PARTS.reduce((done, [part, template]) => done.replaceAll(part, () => template), conditions)
}
