// Which images of a pod or a workload are local names, and what is written in their place before it is stored. In two steps:
// `localCandidates` says which streams to read, `localChanges` decides by them.
import type { KubeObject } from '../machinery/object.ts'
import { hasMeant, localPullSpec, parseLocalName, type LocalName } from './localName.ts'
import type { LookupStream } from './lookup.ts'
import { containersAt, metadataPath, pointerAt, valueAt } from './podSpec.ts'
import { isControlled, type WorkloadKind } from './workloads.ts'

/** With the value `*`, on an object or on its pod template: every name means a stream, whatever its policy is. */
export const RESOLVE_NAMES = 'alpha.image.policy.openshift.io/resolve-names'

/** An image that may be a local name. */
export interface LocalCandidate extends LocalName {
  /** JSON pointer of the image. */
  pointer: string
  force: boolean
  /** The image that the container has, where it never gets another. */
  kept?: string
}

/** An image to be written. */
export interface LocalChange {
  /** JSON pointer of the image. */
  pointer: string
  image: string
}

/**
 * The images of `object` that may be local names: of an update, those that differ from `old`. What belongs to a controller is
 * left alone, for its template was looked at. So are ephemeral containers.
 */
export function localCandidates(
  { podSpec, changes }: WorkloadKind,
  object: KubeObject,
  old?: KubeObject,
): LocalCandidate[] {
  if (isControlled(object)) return []
  const fixed = old !== undefined && changes === 'atCreation'
  const [now, before] = [isForced(object, podSpec), old && isForced(old, podSpec)]
  const force = fixed ? now || before === true : now
  const known = new Map<string, string | undefined>()
  if (old && (fixed || before === now)) for (const { name, image } of containersAt(podSpec, old)) known.set(name, image)
  return containersAt(podSpec, object).flatMap((place) => {
    const { name, image } = place
    const had = known.get(name)
    if (image === undefined || had === image || (fixed && had === undefined)) return []
    const local = parseLocalName(image, force)
    return local ? [{ ...local, force, pointer: pointerAt(podSpec, place, 'image'), ...(fixed && { kept: had! }) }] : []
  })
}

/**
 * What to write, by the streams that the candidates name; an image whose stream is missing, or does not offer it, stays. Where a
 * container never gets another image it keeps the one that the same name meant when it was created. Any other name stays, for the
 * API server to refuse: whoever asks for another image must learn that there will be none.
 */
export function localChanges(
  candidates: readonly LocalCandidate[],
  streams: ReadonlyMap<string, LookupStream>,
): LocalChange[] {
  return candidates.flatMap(({ stream: name, tag, force, pointer, kept }) => {
    const stream = streams.get(name)
    if (!stream) return []
    if (kept !== undefined) return hasMeant(stream, tag, kept) ? [{ pointer, image: kept }] : []
    const image = localPullSpec(stream, tag, force)
    return image === undefined ? [] : [{ pointer, image }]
  })
}

/** The template is what holds the pod spec; that of a pod is the pod. */
function isForced(object: KubeObject, podSpec: string): boolean {
  return forces(object.metadata) || forces(valueAt(metadataPath(podSpec), object))
}

function forces(metadata: unknown): boolean {
  const annotations = valueAt('annotations', metadata)
  return (
    annotations !== null &&
    typeof annotations === 'object' &&
    Object.entries(annotations).some(([k, v]) => k === RESOLVE_NAMES && v === '*')
  )
}
