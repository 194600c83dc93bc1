// Changes: what triggers set, and how it is told.
import { placeName, type ContainerPlace } from '../podSpec.ts'
import { formatSource, type TagSource } from './source.ts'

/** A container that gets another image. */
export interface ImageChange {
  /** Its name, or its position in square brackets. */
  container: string
  /** It is an init container. */
  init: boolean
  /** The image it has; undefined where the field is missing. */
  from: string | undefined
  to: string
  /** Position of the trigger in the annotation. */
  trigger: number
  source: TagSource
  /** Digest of the image; '' where the tag only points at a pull specification. */
  image: string
}

/** The image that the container of a change has among these; undefined where it has none, or is not there. */
export const imageBefore = (
  containers: readonly ContainerPlace[],
  { container, init }: ImageChange,
): string | undefined =>
  containers.find((place) => placeName(place) === container && (place.list === 'initContainers') === init)?.image

/** Why the pod template changes: stream, tag and image of every container that does. */
export function changeCause(changes: readonly ImageChange[]): string {
  const parts = changes.map(
    ({ source, image, to, container }) => `${formatSource(source)} → ${image || to} (container ${container})`,
  )
  return `image stream ${parts.join('; ')}`
}
