// What of image.openshift.io lies in the cluster, as what, and since when in this form.
import { DockerImage } from '../core/image/types/dockerImage.ts'
import { Image } from '../core/image/types/image.ts'
import { ImageStream } from '../core/image/types/stream.ts'
import type { StoredKind } from '../store/kubernetes.ts'
import { customResourceDefinition } from '../store/kubernetes/definition.ts'
import type { Manifest } from './manifest.ts'

/**
 * Counts the forms in which state has been kept. A server refuses a higher number than it knows: that state is of a newer
 * one. Raised only when an older server could not read what a newer one writes.
 */
export const STATE_VERSION = 1
/** Annotation of the definitions that says it. */
export const STATE_VERSION_ANNOTATION = 'millrace.dev/state-version'

export const STORAGE_GROUP = 'storage.millrace.dev'

/** Names that nobody mixes up with those of what is served: `kubectl get imagestreams` must stay clear. */
const storage = (plural: string, kind: string) => ({ group: STORAGE_GROUP, version: 'v1', plural, kind })

const STREAMS: StoredKind = {
  served: { group: 'image.openshift.io', plural: 'imagestreams' },
  stored: storage('storedimagestreams', 'StoredImageStream'),
  namespaced: true,
  schema: ImageStream,
}
const IMAGES: StoredKind = {
  served: { group: 'image.openshift.io', plural: 'images' },
  stored: storage('storedimages', 'StoredImage'),
  namespaced: false,
  schema: Image,
  // What an image says of itself may be anything; its order is known all the same.
  order: { ...Image, properties: { ...Image.properties, dockerImageMetadata: DockerImage } },
}

/** The kinds of the store. */
export const STORED_KINDS: readonly StoredKind[] = [STREAMS, IMAGES]

/** Name of the definition of a kind. */
export const definitionName = ({ stored }: StoredKind): string => `${stored.plural}.${stored.group}`

/** Their definitions. */
export function storageDefinitions(): Manifest[] {
  const describe = (kind: StoredKind, description: string): Manifest => {
    const { metadata, ...definition } = customResourceDefinition(kind, description)
    const annotations = { [STATE_VERSION_ANNOTATION]: String(STATE_VERSION) }
    return {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      ...definition,
      metadata: { ...metadata, annotations },
    }
  }
  return [
    describe(STREAMS, 'An ImageStream of image.openshift.io, as Millrace keeps it.'),
    describe(IMAGES, 'An Image of image.openshift.io, as Millrace keeps it.'),
  ]
}
