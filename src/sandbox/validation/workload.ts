// What users get wrong in workloads that run on, in Kubernetes' words.
import { deepEqual } from '../../core/machinery/json/equal.ts'
import { append, forbidden, invalid, notSupported, required, type FieldError } from '../../core/machinery/fieldError.ts'
import { exactly, isEmpty } from '../labels.ts'
import type { Deployment, ReplicaSet } from '../types/deployment.ts'
import type { PodSpec, PodTemplateSpec } from '../types/pod.ts'
import type { ReplicationController } from '../types/replicationController.ts'
import type { DaemonSet, StatefulSet } from '../types/statefulSet.ts'
import { countOrPercent, isNone, nonNegative } from './number.ts'
import { validateTemplate } from './pod.ts'
import { validateSelection } from './selector.ts'

const TEMPLATE = 'spec.template'

/** Pods that live on must restart always. */
function alwaysRestarts({ restartPolicy, activeDeadlineSeconds }: PodSpec, owner = 'ReplicaSet'): FieldError[] {
  const errors: FieldError[] = []
  if (restartPolicy !== 'Always') {
    errors.push(notSupported(`${TEMPLATE}.spec.restartPolicy`, restartPolicy, ['Always']))
  }
  if (activeDeadlineSeconds !== undefined) {
    errors.push(
      forbidden(`${TEMPLATE}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${owner} is not Supported`),
    )
  }
  return errors
}

/** maxUnavailable and maxSurge at `field`. */
function validateSteps(
  steps: { maxUnavailable?: number | string; maxSurge?: number | string },
  field: string,
  surplus: string,
): FieldError[] {
  const errors = [
    ...countOrPercent(steps.maxUnavailable, `${field}.maxUnavailable`),
    ...countOrPercent(steps.maxSurge, `${field}.maxSurge`),
  ]
  if (errors.length === 0 && isNone(steps.maxUnavailable) && isNone(steps.maxSurge)) {
    errors.push(invalid(`${field}.maxUnavailable`, steps.maxUnavailable, surplus))
  }
  const value = steps.maxUnavailable
  if (typeof value === 'string' && Number.parseInt(value, 10) > 100) {
    errors.push(invalid(`${field}.maxUnavailable`, value, 'must not be greater than 100%'))
  }
  return errors
}

export function validateDeployment({ spec }: Deployment, old?: Deployment): FieldError[] {
  const errors = [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...validateSelection(spec, old?.spec),
    ...validateTemplate(spec.template, TEMPLATE),
    ...alwaysRestarts(spec.template.spec),
  ]
  const { type = '', rollingUpdate } = spec.strategy
  const field = 'spec.strategy'
  if (type === 'Recreate') {
    if (rollingUpdate) {
      errors.push(forbidden(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'"))
    }
  } else if (type === 'RollingUpdate') {
    append(errors, validateSteps(rollingUpdate ?? {}, `${field}.rollingUpdate`, 'may not be 0 when `maxSurge` is 0'))
  } else errors.push(notSupported(`${field}.type`, type, ['Recreate', 'RollingUpdate']))
  append(errors, nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'))
  append(errors, nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'))
  append(errors, nonNegative(spec.progressDeadlineSeconds, 'spec.progressDeadlineSeconds'))
  if ((spec.progressDeadlineSeconds ?? 0) <= (spec.minReadySeconds ?? 0)) {
    const rule = 'must be greater than minReadySeconds'
    errors.push(invalid('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, rule))
  }
  return errors
}

export function validateReplicaSet({ spec }: ReplicaSet, old?: ReplicaSet): FieldError[] {
  return [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...validateSelection(spec, old?.spec),
    ...validateTemplate(spec.template, TEMPLATE),
    ...alwaysRestarts(spec.template.spec),
  ]
}

export function validateReplicationController({ spec }: ReplicationController): FieldError[] {
  // Clients may leave it out.
  const template: PodTemplateSpec | undefined = spec.template
  const selector = exactly(spec.selector)
  const missing = isEmpty(selector) ? [required('spec.selector')] : []
  return [
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    // Unlike those of its successors, this selector may change.
    ...(template ? validateSelection({ selector, template }, undefined) : missing),
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...(template ? validateTemplate(template, TEMPLATE) : [required(TEMPLATE)]),
    ...(template ? alwaysRestarts(template.spec, 'ReplicationController') : []),
  ]
}

const STATEFULSET_FIXED =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

export function validateStatefulSet({ spec }: StatefulSet, old?: StatefulSet): FieldError[] {
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name ?? '')
  const errors = [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec.ordinals?.start, 'spec.ordinals.start'),
    // A changed selector is one of the forbidden changes below.
    ...validateSelection(spec, undefined),
    ...validateTemplate(spec.template, TEMPLATE, claims),
    ...alwaysRestarts(spec.template.spec),
  ]
  const { type = '', rollingUpdate } = spec.updateStrategy
  const field = 'spec.updateStrategy'
  if (type === 'OnDelete') {
    if (rollingUpdate)
      errors.push(invalid(`${field}.rollingUpdate`, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'"))
  } else if (type === 'RollingUpdate') {
    append(errors, nonNegative(rollingUpdate?.partition, `${field}.rollingUpdate.partition`))
  } else errors.push(invalid(field, { type }, "must be 'RollingUpdate' or 'OnDelete'"))
  const policy = spec.podManagementPolicy ?? ''
  if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"))
  }
  if (old && !deepEqual(fixed(spec), fixed(old.spec))) errors.push(forbidden('spec', STATEFULSET_FIXED))
  return errors
}

/** A StatefulSet's spec without what may change. */
function fixed(spec: StatefulSet['spec']): object {
  const { selector, serviceName, podManagementPolicy, revisionHistoryLimit, volumeClaimTemplates } = spec
  return { selector, serviceName, podManagementPolicy, revisionHistoryLimit, volumeClaimTemplates }
}

export function validateDaemonSet({ spec }: DaemonSet, old?: DaemonSet): FieldError[] {
  const errors = [
    ...validateSelection(spec, old?.spec),
    ...validateTemplate(spec.template, TEMPLATE),
    ...alwaysRestarts(spec.template.spec),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ]
  const { type = '', rollingUpdate } = spec.updateStrategy
  const field = 'spec.updateStrategy'
  if (type === 'OnDelete') return errors
  if (type !== 'RollingUpdate') return [...errors, notSupported(`${field}.type`, type, ['OnDelete', 'RollingUpdate'])]
  if (!rollingUpdate) return [...errors, required(`${field}.rollingUpdate`)]
  append(errors, validateSteps(rollingUpdate, `${field}.rollingUpdate`, 'cannot be 0 when maxSurge is 0'))
  return errors
}
