// Jobs and CronJobs.
import {
  bool,
  field,
  int32,
  int64,
  list,
  nullable,
  object,
  opt,
  pointer,
  str,
  time,
  type Static,
} from '../../core/machinery/schema.ts'
import { objectMeta } from '../../core/machinery/meta/objectMeta.ts'
import { PodTemplateSpec } from './pod.ts'
import { LabelSelector, ObjectReference } from './reference.ts'
import { BATCH, byType, kind, probedCondition } from './workload.ts'

const OnExitCodes = object(`${BATCH}.PodFailurePolicyOnExitCodesRequirement`, 'A condition on exit codes.', {
  containerName: nullable(str('The container; all by default.')),
  operator: str('In or NotIn.', { mandatory: true }),
  values: list(int32(), 'Exit codes.', { mandatory: true, listType: 'set' }),
})
const OnPodConditions = object(`${BATCH}.PodFailurePolicyOnPodConditionsPattern`, 'A condition of the pod.', {
  type: str('Type of the condition.', { mandatory: true }),
  status: str('Its status.', { mandatory: true }),
})
const PodFailurePolicy = object(`${BATCH}.PodFailurePolicy`, 'What failures of pods mean.', {
  rules: list(
    object(`${BATCH}.PodFailurePolicyRule`, 'What one failure means.', {
      action: str('FailJob, FailIndex, Ignore or Count.', { mandatory: true }),
      onExitCodes: nullable(OnExitCodes),
      onPodConditions: opt(list(OnPodConditions, 'Conditions of the pod.', { listType: 'atomic' })),
    }),
    'The rules; the first that fits counts.',
    { mandatory: true, listType: 'atomic' },
  ),
})

const SuccessPolicy = object(`${BATCH}.SuccessPolicy`, 'When a Job has succeeded early.', {
  rules: list(
    object(`${BATCH}.SuccessPolicyRule`, 'One way to succeed.', {
      succeededIndexes: pointer(str('Indexes that must succeed.')),
      succeededCount: pointer(int32('How many must succeed.')),
    }),
    'The rules; one is enough.',
    { mandatory: true, listType: 'atomic' },
  ),
})

const JobSpec = object(`${BATCH}.JobSpec`, 'What a Job wants.', {
  parallelism: pointer(int32('Pods at a time.', { default: 1 })),
  completions: pointer(int32('Pods that must succeed.', { default: 1 })),
  activeDeadlineSeconds: pointer(int64('Seconds after which the Job has failed.')),
  podFailurePolicy: pointer(PodFailurePolicy),
  successPolicy: pointer(SuccessPolicy),
  backoffLimit: pointer(int32('Failures that are put up with.', { default: 6 })),
  backoffLimitPerIndex: pointer(int32('Failures of an index that are put up with.')),
  maxFailedIndexes: pointer(int32('Indexes that may fail.')),
  selector: pointer(LabelSelector),
  manualSelector: pointer(bool('The selector is mine.')),
  template: field(PodTemplateSpec, 'What the pods look like.', { mandatory: true }),
  ttlSecondsAfterFinished: pointer(int32('Seconds until a finished Job is deleted.')),
  completionMode: pointer(str('NonIndexed or Indexed.')),
  suspend: pointer(bool('Run no pods.')),
  podReplacementPolicy: pointer(str('TerminatingOrFailed or Failed.')),
  managedBy: pointer(str('Controller that runs this Job.')),
})

const JobStatus = object(`${BATCH}.JobStatus`, 'What a Job has.', {
  conditions: opt(
    list(probedCondition(`${BATCH}.JobCondition`), 'Complete, Failed, Suspended and others.', {
      ...byType,
      listType: 'atomic',
    }),
  ),
  startTime: pointer(time('When it started.')),
  completionTime: pointer(time('When it was complete.')),
  active: opt(int32('Pods that run.')),
  succeeded: opt(int32('Pods that succeeded.')),
  failed: opt(int32('Pods that failed.')),
  terminating: pointer(int32('Pods that are ending.')),
  completedIndexes: opt(str('Indexes that succeeded.')),
  failedIndexes: pointer(str('Indexes that failed.')),
  uncountedTerminatedPods: pointer(
    object(`${BATCH}.UncountedTerminatedPods`, 'Pods not yet counted.', {
      succeeded: opt(list(str(), 'UIDs of pods that succeeded.', { listType: 'set' })),
      failed: opt(list(str(), 'UIDs of pods that failed.', { listType: 'set' })),
    }),
  ),
  ready: pointer(int32('Pods that are ready.')),
})

/** A Job: pods that run to their end. */
export const Job = kind(`${BATCH}.Job`, 'Runs pods to their end.', JobSpec, JobStatus)
export type Job = Static<typeof Job>

const JobTemplateSpec = object(`${BATCH}.JobTemplateSpec`, 'What new Jobs look like.', {
  metadata: objectMeta,
  spec: field(JobSpec, 'What the Jobs want.'),
})

const CronJobSpec = object(`${BATCH}.CronJobSpec`, 'What a CronJob wants.', {
  schedule: str('When, in the format of cron.', { mandatory: true }),
  timeZone: pointer(str('Time zone of the schedule; UTC by default.')),
  startingDeadlineSeconds: pointer(int64('Seconds that a start may be late.')),
  concurrencyPolicy: opt(str('Allow, Forbid or Replace.', { default: 'Allow' })),
  suspend: pointer(bool('Start nothing.', { default: false })),
  jobTemplate: field(JobTemplateSpec, 'What the Jobs look like.', { mandatory: true }),
  successfulJobsHistoryLimit: pointer(int32('Successful Jobs to keep.', { default: 3 })),
  failedJobsHistoryLimit: pointer(int32('Failed Jobs to keep.', { default: 1 })),
})

const CronJobStatus = object(`${BATCH}.CronJobStatus`, 'What a CronJob has.', {
  active: opt(list(ObjectReference, 'Jobs that run.', { listType: 'atomic' })),
  lastScheduleTime: pointer(time('Last start.')),
  lastSuccessfulTime: pointer(time('Last success.')),
})

/** A CronJob: starts Jobs by the clock. */
export const CronJob = kind(`${BATCH}.CronJob`, 'Starts Jobs by the clock.', CronJobSpec, CronJobStatus)
export type CronJob = Static<typeof CronJob>
