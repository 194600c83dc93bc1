// Jobs and CronJobs.
import type { Resource } from '../../core/machinery/resource.ts'
import type { StoredFactory } from '../../core/machinery/stored.ts'
import { cronJobColumns, jobColumns } from '../columns/batch.ts'
import { defaultCronJob, defaultJob } from '../defaults/workload.ts'
import { CronJob, Job } from '../types/job.ts'
import { cronJobName, validateCronJob, validateJob } from '../validation/job.ts'
import { declare, workloadRules } from './declare.ts'

const PREFIX = 'batch.kubernetes.io/'

/** Gives a new Job its selector: its own uid as a label, which is the reason why it cannot collide. */
function selectOwnPods({ metadata, spec }: Job): void {
  if (spec.manualSelector) return
  const { uid = '', name = '' } = metadata
  const labels = { 'controller-uid': uid, 'job-name': name }
  spec.selector = { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, [`${PREFIX}controller-uid`]: uid } }
  const template = spec.template.metadata
  template.labels = {
    ...template.labels,
    ...labels,
    [`${PREFIX}controller-uid`]: uid,
    [`${PREFIX}job-name`]: name,
  }
}

/** The resources of batch/v1. */
export function batchResources(stored: StoredFactory): Resource[] {
  return [
    declare<Job>(stored, {
      group: 'batch',
      kind: 'Job',
      plural: 'jobs',
      categories: ['all'],
      schema: Job,
      columns: jobColumns,
      ...workloadRules<Job>({
        emptyStatus: {},
        defaults: defaultJob,
        validate: validateJob,
        prepareForCreate: selectOwnPods,
        fields: { 'status.successful': ({ status }) => String(status.succeeded ?? 0) },
      }),
    }),
    declare<CronJob>(stored, {
      group: 'batch',
      kind: 'CronJob',
      plural: 'cronjobs',
      shortNames: ['cj'],
      categories: ['all'],
      schema: CronJob,
      columns: cronJobColumns,
      ...workloadRules<CronJob>({
        emptyStatus: {},
        defaults: defaultCronJob,
        validate: validateCronJob,
        validateName: cronJobName,
      }),
    }),
  ]
}
