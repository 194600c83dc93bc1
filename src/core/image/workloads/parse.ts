// Custom kinds of workloads, as administrators name them: PLURAL.GROUP/VERSION, with =PATH where the pod spec is elsewhere.
import { dns1123Label, dns1123Subdomain, LABEL_PATTERN } from '../../machinery/meta/names.ts'
import { qualified, type ResourceRef } from '../../machinery/object.ts'
import { kindOfResource, DERIVED_KINDS, POD_SPEC, WORKLOAD_KINDS, type WorkloadKind } from '../workloads.ts'

/** Why something names no kind of workload that triggers can work on; the message says what to do. */
export class WorkloadKindError extends Error {
  override name = 'WorkloadKindError'
}

/** Each is watched as a whole. No cluster has so many. */
const MAX_KINDS = 32
/** Names of a path, and characters of each: pod specs lie less than half as deep. */
const MAX_DEPTH = 10
const FIELD_PATTERN = '[A-Za-z][A-Za-z0-9_-]{0,62}'
const FIELD = new RegExp(`^${FIELD_PATTERN}$`)

const FORM = 'write PLURAL.GROUP/VERSION, for example rollouts.argoproj.io/v1alpha1'

/** The custom kinds that texts name, in their order. Error: WorkloadKindError. */
export function parseWorkloadKinds(texts: readonly string[]): WorkloadKind[] {
  if (texts.length > MAX_KINDS)
    throw new WorkloadKindError(`${texts.length} kinds of workloads; ${MAX_KINDS} are the most that can be named`)
  const kinds: WorkloadKind[] = []
  for (const text of texts) {
    const kind = parse(text)
    const { group, plural } = kind.resource
    if (kindOfResource(kinds, kind.resource))
      throw new WorkloadKindError(`${plural}.${group} is named twice: one version of it is enough`)
    kinds.push(kind)
  }
  return kinds
}

function parse(text: string): WorkloadKind {
  const equals = text.indexOf('=')
  const resource = parseResource(equals < 0 ? text : text.slice(0, equals))
  const problem = customProblem(resource)
  if (problem) throw new WorkloadKindError(problem)
  const podSpec = equals < 0 ? POD_SPEC : parsePath(text.slice(equals + 1))
  return { resource, podSpec, changes: 'always' }
}

function parseResource(text: string): ResourceRef {
  const [name = '', version = '', ...rest] = text.split('/')
  const dot = name.indexOf('.')
  const [plural, group] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)]
  const wellFormed =
    rest.length === 0 &&
    [plural, version].every((word) => dns1123Label(word).length === 0) &&
    (dot < 0 || dns1123Subdomain(group).length === 0)
  if (!wellFormed) throw new WorkloadKindError(`${JSON.stringify(text)} names no kind of workload: ${FORM}`)
  return { group, version, plural }
}

function parsePath(text: string): string {
  const names = text.split('.')
  if (names.length > MAX_DEPTH || !names.every((name) => FIELD.test(name)))
    throw new WorkloadKindError(
      `${JSON.stringify(text)} is no path of a pod spec: write names joined by dots, for example ${POD_SPEC}`,
    )
  return text
}

/** Why triggers cannot work on a resource as on a custom kind of workload; undefined when they can. */
export function customProblem(resource: Pick<ResourceRef, 'group' | 'plural'>): string | undefined {
  const { group, plural } = resource
  const name = qualified(resource, plural)
  if (kindOfResource(WORKLOAD_KINDS, resource)) return `triggers work on ${name} without it being named`
  if (kindOfResource(DERIVED_KINDS, resource))
    return `triggers cannot work on ${name}: name the kind of what makes them`
  // Definitions of custom resources must have a dot in their group.
  if (!group.includes('.')) return `${name} is no custom resource: ${FORM}`
  const owner = OWNERS.find(([domain]) => group === domain || group.endsWith(`.${domain}`))
  return owner && `triggers cannot work on ${name}: it is a part of ${owner[1]}`
}

/** Domains whose kinds are no workloads of users. Workloads that Kubernetes' own projects add lie in x-k8s.io. */
const OWNERS = [
  ['millrace.dev', 'Millrace'],
  ['openshift.io', 'OpenShift'],
  ['k8s.io', 'Kubernetes'],
] as const

/** Lists of kinds for JSON Schema. What it lets through may still be refused: two versions of one kind, labels of more than 63 letters. */
export const WORKLOAD_KINDS_SCHEMA = {
  type: 'array',
  maxItems: MAX_KINDS,
  uniqueItems: true,
  items: {
    type: 'string',
    pattern:
      `^${LABEL_PATTERN}([.]${LABEL_PATTERN}){2,}/${LABEL_PATTERN}` +
      `(=${FIELD_PATTERN}([.]${FIELD_PATTERN}){0,${MAX_DEPTH - 1}})?$`,
    not: { pattern: `^[^.]+[.]([^/]+[.])?(${OWNERS.map(([domain]) => domain.replace('.', '[.]')).join('|')})/` },
  },
} as const
