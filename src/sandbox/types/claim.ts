// PersistentVolumeClaims as templates: of StatefulSets and ephemeral volumes.
import {
  field,
  list,
  map,
  object,
  opt,
  pointer,
  quantity,
  str,
  time,
  type Static,
} from '../../core/machinery/schema.ts'
import { objectMeta, typeMeta } from '../../core/machinery/meta/objectMeta.ts'
import { CORE, LabelSelector, TypedLocalObjectReference, TypedObjectReference } from './reference.ts'

const VolumeResourceRequirements = object(`${CORE}.VolumeResourceRequirements`, 'How much storage.', {
  limits: opt(map(quantity(), 'The most.')),
  requests: opt(map(quantity(), 'The least.')),
})

export const PersistentVolumeClaimSpec = object(`${CORE}.PersistentVolumeClaimSpec`, 'The storage that is asked for.', {
  accessModes: opt(
    list(str(), 'ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod.', { listType: 'atomic' }),
  ),
  selector: pointer(LabelSelector),
  resources: field(VolumeResourceRequirements, 'How much storage.'),
  volumeName: opt(str('Volume that is bound.')),
  storageClassName: pointer(str('Class of the storage.')),
  volumeMode: pointer(str('Filesystem or Block.')),
  dataSource: pointer(TypedLocalObjectReference),
  dataSourceRef: pointer(TypedObjectReference),
  volumeAttributesClassName: pointer(str('Class of the attributes.')),
})

const Condition = object(`${CORE}.PersistentVolumeClaimCondition`, 'A condition of a claim.', {
  type: str('What it is about.', { mandatory: true }),
  status: str('True, False or Unknown.', { mandatory: true }),
  lastProbeTime: opt(time('Last check.')),
  lastTransitionTime: opt(time('Last change of the status.')),
  reason: opt(str('Why, in one word.')),
  message: opt(str('Why, in words.')),
})

const ModifyVolumeStatus = object(`${CORE}.ModifyVolumeStatus`, 'Progress of a change of attributes.', {
  targetVolumeAttributesClassName: opt(str('Class that is wanted.')),
  status: str('Pending, InProgress or Infeasible.', { mandatory: true }),
})

const PersistentVolumeClaimStatus = object(`${CORE}.PersistentVolumeClaimStatus`, 'What a claim got.', {
  phase: opt(str('Pending, Bound or Lost.')),
  accessModes: opt(list(str(), 'Modes of the bound volume.', { listType: 'atomic' })),
  capacity: opt(map(quantity(), 'Size of the bound volume.')),
  conditions: opt(list(Condition, 'Conditions.', { mergeKey: 'type', listType: 'map', listMapKeys: ['type'] })),
  allocatedResources: opt(map(quantity(), 'Size that is set aside.')),
  allocatedResourceStatuses: opt(map(str(), 'Progress of a resize.')),
  currentVolumeAttributesClassName: pointer(str('Class of the attributes.')),
  modifyVolumeStatus: pointer(ModifyVolumeStatus),
})

/** A claim as StatefulSets carry it in volumeClaimTemplates. */
export const PersistentVolumeClaim = object(`${CORE}.PersistentVolumeClaim`, 'Asks for storage.', {
  ...typeMeta,
  metadata: objectMeta,
  spec: PersistentVolumeClaimSpec,
  status: PersistentVolumeClaimStatus,
})
export type PersistentVolumeClaim = Static<typeof PersistentVolumeClaim>

export const PersistentVolumeClaimTemplate = object(
  `${CORE}.PersistentVolumeClaimTemplate`,
  'A claim made for a pod.',
  {
    metadata: objectMeta,
    spec: field(PersistentVolumeClaimSpec, 'The storage that is asked for.', { mandatory: true }),
  },
)
