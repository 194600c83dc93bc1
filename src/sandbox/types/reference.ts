// Types that point at other objects, or into them.
import {
  bool,
  field,
  int32,
  list,
  map,
  nullable,
  object,
  opt,
  pointer,
  quantity,
  str,
  type Static,
} from '../../core/machinery/schema.ts'

export const CORE = 'io.k8s.api.core.v1'
export const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

export const LabelSelectorRequirement = object(`${META}.LabelSelectorRequirement`, 'One condition on a label.', {
  key: str('The label.', { mandatory: true }),
  operator: str('How key and values relate: In, NotIn, Exists or DoesNotExist.', { mandatory: true }),
  values: opt(list(str(), 'Values for In and NotIn.', { listType: 'atomic' })),
})

/** Selects objects by their labels; an empty selector selects everything. */
export const LabelSelector = object(`${META}.LabelSelector`, 'Selects objects by labels. All conditions must hold.', {
  matchLabels: opt(map(str(), 'Labels with exactly these values.')),
  matchExpressions: opt(list(LabelSelectorRequirement, 'Further conditions.', { listType: 'atomic' })),
})
export type LabelSelector = Static<typeof LabelSelector>

export const LocalObjectReference = object(`${CORE}.LocalObjectReference`, 'Names an object of the same namespace.', {
  name: opt(str('Name of the object.', { default: '' })),
})
export type LocalObjectReference = Static<typeof LocalObjectReference>

export const TypedLocalObjectReference = object(
  `${CORE}.TypedLocalObjectReference`,
  'Names an object of the same namespace and its kind.',
  {
    apiGroup: nullable(str('Group of the kind; none is the core group.')),
    kind: str('Kind of the object.', { mandatory: true }),
    name: str('Name of the object.', { mandatory: true }),
  },
)

export const TypedObjectReference = object(`${CORE}.TypedObjectReference`, 'Names an object and its kind.', {
  apiGroup: nullable(str('Group of the kind; none is the core group.')),
  kind: str('Kind of the object.', { mandatory: true }),
  name: str('Name of the object.', { mandatory: true }),
  namespace: pointer(str('Namespace of the object.')),
})

export const ObjectReference = object(`${CORE}.ObjectReference`, 'Points at any object, or at a part of it.', {
  kind: opt(str('Kind of the object.')),
  namespace: opt(str('Namespace of the object.')),
  name: opt(str('Name of the object.')),
  uid: opt(str('UID of the object.')),
  apiVersion: opt(str('API version of the object.')),
  resourceVersion: opt(str('The version of the object that is meant.')),
  fieldPath: opt(str('The part of the object that is meant, such as spec.containers{name}.')),
})
export type ObjectReference = Static<typeof ObjectReference>

export const SecretReference = object(`${CORE}.SecretReference`, 'Names a secret of some namespace.', {
  name: opt(str('Name of the secret.')),
  namespace: opt(str('Namespace of the secret.')),
})

export const ObjectFieldSelector = object(`${CORE}.ObjectFieldSelector`, 'A field of the pod itself.', {
  apiVersion: opt(str('Version that the path is written for.', { default: 'v1' })),
  fieldPath: str('Path of the field.', { mandatory: true }),
})

export const ResourceFieldSelector = object(`${CORE}.ResourceFieldSelector`, 'A limit or request of a container.', {
  containerName: opt(str('The container; needed in volumes.')),
  resource: str('Such as limits.cpu.', { mandatory: true }),
  divisor: field(quantity(), 'Unit in which the value is given.'),
})

const key = (what: string) => ({
  name: opt(str(`Name of the ${what}.`, { default: '' })),
  key: str('The key.', { mandatory: true }),
  optional: pointer(bool(`The ${what} or the key may be missing.`)),
})
export const ConfigMapKeySelector = object(`${CORE}.ConfigMapKeySelector`, 'One key of a ConfigMap.', key('ConfigMap'))
export const SecretKeySelector = object(`${CORE}.SecretKeySelector`, 'One key of a Secret.', key('Secret'))

export const KeyToPath = object(`${CORE}.KeyToPath`, 'Maps a key to a file.', {
  key: str('The key.', { mandatory: true }),
  path: str('Relative path of the file.', { mandatory: true }),
  mode: pointer(int32('Permissions of the file.')),
})
