// Deployments and ReplicaSets.
import {
  bool,
  field,
  int32,
  int64,
  intOrString,
  list,
  object,
  opt,
  pointer,
  str,
  type Static,
} from '../../core/machinery/schema.ts'
import { PodTemplateSpec } from './pod.ts'
import { LabelSelector } from './reference.ts'
import { APPS, byType, condition, kind, progressCondition } from './workload.ts'

const RollingUpdateDeployment = object(`${APPS}.RollingUpdateDeployment`, 'How fast pods are replaced.', {
  maxUnavailable: pointer(intOrString('Pods that may be missing, as number or percentage.', { default: '25%' })),
  maxSurge: pointer(intOrString('Pods that may be too many, as number or percentage.', { default: '25%' })),
})

const DeploymentStrategy = object(`${APPS}.DeploymentStrategy`, 'How pods are replaced.', {
  type: opt(str('RollingUpdate or Recreate.', { default: 'RollingUpdate' })),
  rollingUpdate: pointer(RollingUpdateDeployment),
})

const DeploymentSpec = object(`${APPS}.DeploymentSpec`, 'What a Deployment wants.', {
  replicas: pointer(int32('How many pods.', { default: 1 })),
  selector: field(LabelSelector, 'Selects the pods; must match the labels of the template.', { mandatory: true }),
  template: field(PodTemplateSpec, 'What the pods look like.', { mandatory: true }),
  strategy: field(DeploymentStrategy, 'How pods are replaced.', { patchStrategy: 'retainKeys' }),
  minReadySeconds: opt(int32('Seconds that a pod must be ready before it counts.')),
  revisionHistoryLimit: pointer(int32('Old ReplicaSets to keep.', { default: 10 })),
  paused: opt(bool('Changes of the template start nothing.')),
  progressDeadlineSeconds: pointer(
    int32('Seconds after which a rollout without progress has failed.', { default: 600 }),
  ),
})

const DeploymentStatus = object(`${APPS}.DeploymentStatus`, 'What a Deployment has.', {
  observedGeneration: opt(int64('Generation of the spec that this is about.')),
  replicas: opt(int32('All pods.')),
  updatedReplicas: opt(int32('Pods of the current template.')),
  readyReplicas: opt(int32('Pods that are ready.')),
  availableReplicas: opt(int32('Pods that have been ready long enough.')),
  unavailableReplicas: opt(int32('Pods that are missing.')),
  conditions: opt(list(progressCondition(`${APPS}.DeploymentCondition`), 'Available, Progressing and others.', byType)),
  collisionCount: pointer(int32('Collisions of names of ReplicaSets.')),
})

/** A Deployment: pods that are replaced step by step when their template changes. */
export const Deployment = kind(
  `${APPS}.Deployment`,
  'Keeps pods running and rolls them over.',
  DeploymentSpec,
  DeploymentStatus,
)
export type Deployment = Static<typeof Deployment>
export type DeploymentStatus = Deployment['status']

const ReplicaSetSpec = object(`${APPS}.ReplicaSetSpec`, 'What a ReplicaSet wants.', {
  replicas: pointer(int32('How many pods.', { default: 1 })),
  minReadySeconds: opt(int32('Seconds that a pod must be ready before it counts.')),
  selector: field(LabelSelector, 'Selects the pods; must match the labels of the template.', { mandatory: true }),
  template: field(PodTemplateSpec, 'What the pods look like.'),
})

const ReplicaSetStatus = object(`${APPS}.ReplicaSetStatus`, 'What a ReplicaSet has.', {
  replicas: int32('All pods.', { mandatory: true }),
  fullyLabeledReplicas: opt(int32('Pods with all labels of the template.')),
  readyReplicas: opt(int32('Pods that are ready.')),
  availableReplicas: opt(int32('Pods that have been ready long enough.')),
  observedGeneration: opt(int64('Generation of the spec that this is about.')),
  conditions: opt(list(condition(`${APPS}.ReplicaSetCondition`), 'Conditions.', byType)),
})

/** A ReplicaSet: a number of equal pods. */
export const ReplicaSet = kind(
  `${APPS}.ReplicaSet`,
  'Keeps a number of equal pods running.',
  ReplicaSetSpec,
  ReplicaSetStatus,
)
export type ReplicaSet = Static<typeof ReplicaSet>
