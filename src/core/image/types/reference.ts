// References to other objects, as core/v1 declares them.
import { object, opt, str, type Static } from '../../machinery/schema.ts'

/** ObjectReference of core/v1. Image streams use kind (DockerImage, ImageStreamTag, ImageStreamImage), namespace and name. */
export const ObjectReference = object('io.k8s.api.core.v1.ObjectReference', 'A pointer to another object.', {
  kind: opt(str('Kind of the referent.')),
  namespace: opt(str('Namespace of the referent.')),
  name: opt(str('Name of the referent.')),
  uid: opt(str('UID of the referent.')),
  apiVersion: opt(str('API version of the referent.')),
  resourceVersion: opt(str('The resourceVersion at which the reference was made.')),
  fieldPath: opt(str('A part of the referent, such as spec.containers{name}.')),
})
export type ObjectReference = Static<typeof ObjectReference>

/** LocalObjectReference of core/v1: a name in the same namespace. */
export const LocalObjectReference = object(
  'io.k8s.api.core.v1.LocalObjectReference',
  'A pointer to an object of the same namespace, by name.',
  { name: opt(str('Name of the referent.')) },
)
export type LocalObjectReference = Static<typeof LocalObjectReference>
