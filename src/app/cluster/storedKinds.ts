// What of image.openshift.io lies in the cluster, and as what.
import type { KubeObject } from '../../core/machinery/object.ts'
import type { StoredKind } from '../../store/kubernetes.ts'
import { customResourceDefinition } from '../../store/kubernetes/definition.ts'

/** Names that nobody mixes up with those of what is served: `kubectl get imagestreams` must stay clear. */
const storage = (plural: string, kind: string) => ({ group: 'storage.millrace.dev', version: 'v1', plural, kind })

const STREAMS: StoredKind = {
  served: { group: 'image.openshift.io', plural: 'imagestreams' },
  stored: storage('storedimagestreams', 'StoredImageStream'),
  namespaced: true,
}
const IMAGES: StoredKind = {
  served: { group: 'image.openshift.io', plural: 'images' },
  stored: storage('storedimages', 'StoredImage'),
  namespaced: false,
}

/** The kinds of the store. */
export const STORED_KINDS: readonly StoredKind[] = [STREAMS, IMAGES]

/** Their definitions. */
export function storageDefinitions(): KubeObject[] {
  return [
    customResourceDefinition(STREAMS, 'An ImageStream of image.openshift.io, as Millrace keeps it.'),
    customResourceDefinition(IMAGES, 'An Image of image.openshift.io, as Millrace keeps it.'),
  ]
}
