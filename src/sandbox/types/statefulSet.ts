// StatefulSets, DaemonSets and the revisions of both.
import {
  any,
  field,
  int32,
  int64,
  intOrString,
  list,
  nullable,
  object,
  opt,
  pointer,
  str,
  type Static,
} from '../../core/machinery/schema.ts'
import { objectMeta, typeMeta } from '../../core/machinery/meta/objectMeta.ts'
import { PersistentVolumeClaim } from './claim.ts'
import { PodTemplateSpec } from './pod.ts'
import { LabelSelector } from './reference.ts'
import { APPS, byType, condition, kind } from './workload.ts'

const StatefulSetUpdateStrategy = object(`${APPS}.StatefulSetUpdateStrategy`, 'How pods are replaced.', {
  type: opt(str('RollingUpdate or OnDelete.', { default: 'RollingUpdate' })),
  rollingUpdate: pointer(
    object(`${APPS}.RollingUpdateStatefulSetStrategy`, 'Which pods are replaced.', {
      partition: pointer(int32('Pods with a lower ordinal stay as they are.', { default: 0 })),
      maxUnavailable: pointer(intOrString('Pods that may be missing.')),
    }),
  ),
})

const StatefulSetSpec = object(`${APPS}.StatefulSetSpec`, 'What a StatefulSet wants.', {
  replicas: pointer(int32('How many pods.', { default: 1 })),
  selector: field(LabelSelector, 'Selects the pods; must match the labels of the template.', { mandatory: true }),
  template: field(PodTemplateSpec, 'What the pods look like.', { mandatory: true }),
  volumeClaimTemplates: opt(
    list(PersistentVolumeClaim, 'Claims of every pod; the sandbox makes none.', { listType: 'atomic' }),
  ),
  serviceName: str('Service that gives the pods their names.', { mandatory: true }),
  podManagementPolicy: opt(str('OrderedReady or Parallel.', { default: 'OrderedReady' })),
  updateStrategy: field(StatefulSetUpdateStrategy, 'How pods are replaced.'),
  revisionHistoryLimit: pointer(int32('Old revisions to keep.', { default: 10 })),
  minReadySeconds: opt(int32('Seconds that a pod must be ready before it counts.')),
  persistentVolumeClaimRetentionPolicy: pointer(
    object(`${APPS}.StatefulSetPersistentVolumeClaimRetentionPolicy`, 'What becomes of claims.', {
      whenDeleted: opt(str('Retain or Delete.', { default: 'Retain' })),
      whenScaled: opt(str('Retain or Delete.', { default: 'Retain' })),
    }),
  ),
  ordinals: pointer(
    object(`${APPS}.StatefulSetOrdinals`, 'How pods are numbered.', {
      start: int32('The first number.', { mandatory: true }),
    }),
  ),
})

const StatefulSetStatus = object(`${APPS}.StatefulSetStatus`, 'What a StatefulSet has.', {
  observedGeneration: opt(int64('Generation of the spec that this is about.')),
  replicas: int32('All pods.', { mandatory: true }),
  readyReplicas: opt(int32('Pods that are ready.')),
  currentReplicas: opt(int32('Pods of the current revision.')),
  updatedReplicas: opt(int32('Pods of the update revision.')),
  currentRevision: opt(str('Revision before the update.')),
  updateRevision: opt(str('Revision of the update.')),
  collisionCount: pointer(int32('Collisions of names of revisions.')),
  conditions: opt(list(condition(`${APPS}.StatefulSetCondition`), 'Conditions.', byType)),
  availableReplicas: int32('Pods that have been ready long enough.'),
})

/** A StatefulSet: pods with fixed names. */
export const StatefulSet = kind(
  `${APPS}.StatefulSet`,
  'Keeps pods with fixed names running.',
  StatefulSetSpec,
  StatefulSetStatus,
)
export type StatefulSet = Static<typeof StatefulSet>

const DaemonSetUpdateStrategy = object(`${APPS}.DaemonSetUpdateStrategy`, 'How pods are replaced.', {
  type: opt(str('RollingUpdate or OnDelete.', { default: 'RollingUpdate' })),
  rollingUpdate: pointer(
    object(`${APPS}.RollingUpdateDaemonSet`, 'How fast pods are replaced.', {
      maxUnavailable: pointer(intOrString('Pods that may be missing.', { default: 1 })),
      maxSurge: pointer(intOrString('Pods that may be too many.', { default: 0 })),
    }),
  ),
})

const DaemonSetSpec = object(`${APPS}.DaemonSetSpec`, 'What a DaemonSet wants.', {
  selector: field(LabelSelector, 'Selects the pods; must match the labels of the template.', { mandatory: true }),
  template: field(PodTemplateSpec, 'What the pods look like.', { mandatory: true }),
  updateStrategy: field(DaemonSetUpdateStrategy, 'How pods are replaced.'),
  minReadySeconds: opt(int32('Seconds that a pod must be ready before it counts.')),
  revisionHistoryLimit: pointer(int32('Old revisions to keep.', { default: 10 })),
})

const DaemonSetStatus = object(`${APPS}.DaemonSetStatus`, 'What a DaemonSet has.', {
  currentNumberScheduled: int32('Nodes with a pod that should have one.', { mandatory: true }),
  numberMisscheduled: int32('Nodes with a pod that should have none.', { mandatory: true }),
  desiredNumberScheduled: int32('Nodes that should have a pod.', { mandatory: true }),
  numberReady: int32('Nodes with a pod that is ready.', { mandatory: true }),
  observedGeneration: opt(int64('Generation of the spec that this is about.')),
  updatedNumberScheduled: opt(int32('Nodes with a pod of the current template.')),
  numberAvailable: opt(int32('Nodes with a pod that has been ready long enough.')),
  numberUnavailable: opt(int32('Nodes without such a pod.')),
  collisionCount: pointer(int32('Collisions of names of revisions.')),
  conditions: opt(list(condition(`${APPS}.DaemonSetCondition`), 'Conditions.', byType)),
})

/** A DaemonSet: one pod on every node; the sandbox has one node. */
export const DaemonSet = kind(
  `${APPS}.DaemonSet`,
  'Keeps one pod on every node running.',
  DaemonSetSpec,
  DaemonSetStatus,
)
export type DaemonSet = Static<typeof DaemonSet>

/** A ControllerRevision: a former template of a StatefulSet or DaemonSet, as a patch. */
export const ControllerRevision = object(
  `${APPS}.ControllerRevision`,
  'A former state of a StatefulSet or DaemonSet.',
  {
    ...typeMeta,
    metadata: field(objectMeta, 'Name, labels and the like.'),
    data: opt(nullable(any('The state, as a patch.'))),
    revision: int64('Number, the newest is the highest.', { mandatory: true }),
  },
)
export type ControllerRevision = Static<typeof ControllerRevision>
