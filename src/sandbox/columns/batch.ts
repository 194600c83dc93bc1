// What `kubectl get` shows of Jobs and CronJobs.
import { humanDuration } from '../../core/machinery/scalar/duration.ts'
import type { Column } from '../../core/machinery/resource.ts'
import type { CronJob, Job } from '../types/job.ts'
import {
  adapt,
  ageColumn,
  containerColumns,
  count,
  nameColumn,
  NONE,
  since,
  templateColumns,
  text,
  wide,
} from './cell.ts'

function jobStatus({ metadata, status }: Job): string {
  const holds = (type: string): boolean =>
    status.conditions?.some((c) => c.type === type && c.status === 'True') ?? false
  if (holds('Complete')) return 'Complete'
  if (holds('Failed')) return 'Failed'
  if (metadata.deletionTimestamp) return 'Terminating'
  if (holds('Suspended')) return 'Suspended'
  if (holds('FailureTarget')) return 'FailureTarget'
  if (holds('SuccessCriteriaMet')) return 'SuccessCriteriaMet'
  return 'Running'
}

function completions({ spec, status }: Job): string {
  const done = status.succeeded ?? 0
  if (spec.completions !== undefined) return `${done}/${spec.completions}`
  const parallelism = spec.parallelism ?? 0
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`
}

function duration({ status }: Job, now: Date): string {
  if (!status.startTime) return ''
  const end = status.completionTime ? Date.parse(status.completionTime) : now.getTime()
  return humanDuration((end - Date.parse(status.startTime)) / 1000)
}

export const jobColumns: readonly Column<Job>[] = [
  nameColumn,
  text('Status', 'Complete, Failed, Running and others.', jobStatus),
  text('Completions', 'Pods that succeeded of those wanted.', completions),
  text('Duration', 'How long it ran.', duration),
  ageColumn,
  ...templateColumns,
]

const template = ({ metadata, spec }: CronJob) => ({ metadata, spec: { template: spec.jobTemplate.spec.template } })

export const cronJobColumns: readonly Column<CronJob>[] = [
  nameColumn,
  text('Schedule', 'When it starts Jobs.', ({ spec }) => spec.schedule),
  text('Timezone', 'Time zone of the schedule.', ({ spec }) => spec.timeZone ?? NONE),
  text('Suspend', 'It starts nothing.', ({ spec }) => (spec.suspend ? 'True' : 'False')),
  count('Active', 'Jobs that run.', ({ status }) => status.active?.length ?? 0),
  text('Last Schedule', 'Time since the last start.', ({ status }, now) =>
    status.lastScheduleTime ? since(status.lastScheduleTime, now) : NONE,
  ),
  ageColumn,
  ...containerColumns.map((column) => adapt(column, template)),
  ...wide(text<CronJob>('Selector', 'Selects the pods.', () => NONE)),
]
