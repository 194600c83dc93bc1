// Namespaces and the plain data kinds of the core group.
import {
  bool,
  bytes,
  field,
  list,
  map,
  nullable,
  object,
  opt,
  pointer,
  str,
  time,
  type Static,
} from '../../core/machinery/schema.ts'
import { objectMeta, typeMeta } from '../../core/machinery/meta/objectMeta.ts'
import { CORE, LocalObjectReference, ObjectReference } from './reference.ts'
import { byType, kind } from './workload.ts'

const meta = {
  ...typeMeta,
  metadata: field(objectMeta, 'Name, labels and the like.'),
}

export const NamespaceCondition = object(`${CORE}.NamespaceCondition`, 'A condition of a namespace.', {
  type: str('What it is about.', { mandatory: true }),
  status: str('True, False or Unknown.', { mandatory: true }),
  lastTransitionTime: opt(nullable(time('Last change of the status.'))),
  reason: opt(str('Why, in one word.')),
  message: opt(str('Why, in words.')),
})

/** A namespace. */
export const Namespace = kind(
  `${CORE}.Namespace`,
  'A scope for names.',
  object(`${CORE}.NamespaceSpec`, 'What a namespace wants.', {
    finalizers: opt(list(str(), 'Who must clean up before it goes.', { listType: 'atomic' })),
  }),
  object(`${CORE}.NamespaceStatus`, 'What a namespace is.', {
    phase: opt(str('Active or Terminating.')),
    conditions: opt(list(NamespaceCondition, 'Conditions of the deletion.', byType)),
  }),
)
export type Namespace = Static<typeof Namespace>

/** A ConfigMap. */
export const ConfigMap = object(`${CORE}.ConfigMap`, 'Configuration as keys and values.', {
  ...meta,
  immutable: pointer(bool('The data cannot change any more.')),
  data: opt(map(str(), 'Texts.')),
  binaryData: opt(map(bytes(), 'Bytes, in base64.')),
})
export type ConfigMap = Static<typeof ConfigMap>

/** A Secret. */
export const Secret = object(`${CORE}.Secret`, 'Confidential keys and values.', {
  ...meta,
  immutable: pointer(bool('The data cannot change any more.')),
  data: opt(map(bytes(), 'Bytes, in base64.')),
  stringData: opt(map(str(), 'Texts to put into data; never read back.')),
  type: opt(str('What the keys mean.')),
})
export type Secret = Static<typeof Secret>

/** A ServiceAccount. */
export const ServiceAccount = object(`${CORE}.ServiceAccount`, 'An identity of pods.', {
  ...meta,
  secrets: opt(
    list(ObjectReference, 'Secrets that its pods may use.', {
      mergeKey: 'name',
      listType: 'map',
      listMapKeys: ['name'],
    }),
  ),
  imagePullSecrets: opt(list(LocalObjectReference, 'Secrets for pulling images.', { listType: 'atomic' })),
  automountServiceAccountToken: pointer(bool('Mount a token into pods.')),
})
export type ServiceAccount = Static<typeof ServiceAccount>
