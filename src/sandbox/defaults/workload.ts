// Defaults of workloads, as kube-apiserver sets them.
import type { ObjectMeta } from '../../core/machinery/object.ts'
import type { Deployment, ReplicaSet } from '../types/deployment.ts'
import type { CronJob, Job } from '../types/job.ts'
import type { PodTemplateSpec } from '../types/pod.ts'
import type { ReplicationController } from '../types/replicationController.ts'
import type { DaemonSet, StatefulSet } from '../types/statefulSet.ts'
import { defaultPodSpec } from './pod.ts'

const HISTORY_LIMIT = 10
const PROGRESS_DEADLINE_SECONDS = 600
const BACKOFF_LIMIT = 6
const STEP = '25%'

export function defaultDeployment({ spec }: Deployment): void {
  defaultPodSpec(spec.template.spec)
  spec.replicas ??= 1
  spec.revisionHistoryLimit ??= HISTORY_LIMIT
  spec.progressDeadlineSeconds ??= PROGRESS_DEADLINE_SECONDS
  const { strategy } = spec
  strategy.type ||= 'RollingUpdate'
  if (strategy.type !== 'RollingUpdate') return
  strategy.rollingUpdate ??= {}
  strategy.rollingUpdate.maxUnavailable ??= STEP
  strategy.rollingUpdate.maxSurge ??= STEP
}

export function defaultReplicaSet({ spec }: ReplicaSet): void {
  defaultPodSpec(spec.template.spec)
  spec.replicas ??= 1
}

export function defaultReplicationController({ metadata, spec }: ReplicationController): void {
  spec.replicas ??= 1
  // Clients may leave it out; validation says so.
  const template: PodTemplateSpec | undefined = spec.template
  if (!template) return
  defaultPodSpec(template.spec)
  const { labels } = template.metadata
  if (labels) spec.selector ??= { ...labels }
  inheritLabels(metadata, labels)
}

/** Kinds of old have the labels of their template, unless they have some. */
function inheritLabels(metadata: ObjectMeta, labels: Record<string, string> | undefined): void {
  if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels }
}

export function defaultStatefulSet({ spec }: StatefulSet): void {
  defaultPodSpec(spec.template.spec)
  spec.replicas ??= 1
  spec.revisionHistoryLimit ??= HISTORY_LIMIT
  spec.podManagementPolicy ||= 'OrderedReady'
  spec.persistentVolumeClaimRetentionPolicy ??= {}
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain'
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain'
  const { updateStrategy } = spec
  updateStrategy.type ||= 'RollingUpdate'
  if (updateStrategy.type === 'RollingUpdate') {
    updateStrategy.rollingUpdate ??= {}
    updateStrategy.rollingUpdate.partition ??= 0
  }
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.kind = 'PersistentVolumeClaim'
    claim.apiVersion = 'v1'
    claim.spec.volumeMode ??= 'Filesystem'
    claim.status.phase ||= 'Pending'
  }
}

export function defaultDaemonSet({ spec }: DaemonSet): void {
  defaultPodSpec(spec.template.spec)
  spec.revisionHistoryLimit ??= HISTORY_LIMIT
  const { updateStrategy } = spec
  updateStrategy.type ||= 'RollingUpdate'
  if (updateStrategy.type !== 'RollingUpdate') return
  updateStrategy.rollingUpdate ??= {}
  updateStrategy.rollingUpdate.maxUnavailable ??= 1
  updateStrategy.rollingUpdate.maxSurge ??= 0
}

export function defaultJob({ metadata, spec }: Job): void {
  defaultPodSpec(spec.template.spec)
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= BACKOFF_LIMIT
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.manualSelector ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'
  inheritLabels(metadata, spec.template.metadata.labels)
}

export function defaultCronJob({ spec }: CronJob): void {
  defaultPodSpec(spec.jobTemplate.spec.template.spec)
  spec.concurrencyPolicy ||= 'Allow'
  spec.suspend ??= false
  spec.successfulJobsHistoryLimit ??= 3
  spec.failedJobsHistoryLimit ??= 1
}
