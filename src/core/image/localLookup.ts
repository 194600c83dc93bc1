// Which images of a pod or a workload are local names, and what is written in their place before it is stored. In two steps:
// `localCandidates` says which streams to read, `localChanges` decides by them.
import type { KubeObject } from '../machinery/object.ts'
import { type LocalName, localPullSpec, parseLocalName } from './localName.ts'
import type { LookupStream } from './lookup.ts'
import { containersAt, pointerAt, valueAt } from './podSpec.ts'

/** With the value `*`, on an object or on its pod template: every name means a stream, whatever its policy is. */
export const RESOLVE_NAMES = 'alpha.image.policy.openshift.io/resolve-names'

/** An image that may be a local name. */
export interface LocalCandidate extends LocalName {
  /** JSON pointer of the image. */
  pointer: string
  force: boolean
}

/** An image to be written. */
export interface LocalChange {
  /** JSON pointer of the image. */
  pointer: string
  image: string
}

/** Where the pod template is, by `group/plural`; '' for what is a pod itself. Ephemeral containers and PodTemplates are not looked at. */
const TEMPLATES: ReadonlyMap<string, string> = new Map([
  ['/pods', ''],
  ['/replicationcontrollers', 'spec.template'],
  ['apps/daemonsets', 'spec.template'],
  ['apps/deployments', 'spec.template'],
  ['apps/replicasets', 'spec.template'],
  ['apps/statefulsets', 'spec.template'],
  ['batch/jobs', 'spec.template'],
  ['batch/cronjobs', 'spec.jobTemplate.spec.template'],
])

/** The template of a Job can never change. */
const IMMUTABLE = 'batch/jobs'

/**
 * The images of `object` that may be local names: of an update, those that differ from `old`. What belongs to a controller is
 * left alone, for its template was looked at.
 */
export function localCandidates(
  resource: { group: string; plural: string },
  object: KubeObject,
  old?: KubeObject,
): LocalCandidate[] {
  const kind = `${resource.group}/${resource.plural}`
  const template = TEMPLATES.get(kind)
  if (template === undefined || (old && kind === IMMUTABLE)) return []
  if (object.metadata.ownerReferences?.some(({ controller }) => controller)) return []
  const podSpec = template === '' ? 'spec' : `${template}.spec`
  const force = isForced(object, template)
  const known = new Map<string, string | undefined>()
  if (old && isForced(old, template) === force)
    for (const { name, image } of containersAt(podSpec, old)) known.set(name, image)
  return containersAt(podSpec, object).flatMap((place) => {
    const { name, image } = place
    if (image === undefined || known.get(name) === image) return []
    const local = parseLocalName(image, force)
    return local ? [{ ...local, force, pointer: pointerAt(podSpec, place, 'image') }] : []
  })
}

/** What to write, by the streams that the candidates name; an image whose stream is missing, or does not offer it, stays. */
export function localChanges(
  candidates: readonly LocalCandidate[],
  streams: ReadonlyMap<string, LookupStream>,
): LocalChange[] {
  return candidates.flatMap(({ stream: name, tag, force, pointer }) => {
    const stream = streams.get(name)
    const image = stream && localPullSpec(stream, tag, force)
    return image === undefined ? [] : [{ pointer, image }]
  })
}

function isForced(object: KubeObject, template: string): boolean {
  return forces(object.metadata) || (template !== '' && forces(valueAt(`${template}.metadata`, object)))
}

function forces(metadata: unknown): boolean {
  const annotations = valueAt('annotations', metadata)
  return (
    annotations !== null &&
    typeof annotations === 'object' &&
    Object.entries(annotations).some(([k, v]) => k === RESOLVE_NAMES && v === '*')
  )
}
