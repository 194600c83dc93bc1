// What users get wrong in Jobs and CronJobs, in Kubernetes' words.
import { deepEqual } from '../../core/machinery/json/equal.ts'
import { append, invalid, notSupported, required, type FieldError } from '../../core/machinery/fieldError.ts'
import { dns1123Subdomain, forNames } from '../../core/machinery/meta/names.ts'
import { matchesLabelSelector } from '../../core/machinery/selectors/labelSelector.ts'
import { BadSchedule, parseSchedule } from '../cron.ts'
import type { CronJob, Job } from '../types/job.ts'
import { goMap, invalidText } from './goText.ts'
import { nonNegative } from './number.ts'
import { validateTemplate } from './pod.ts'

/** Jobs get the CronJob's name and eleven characters more; 63 is what a label holds. */
const MAX_CRONJOB_NAME = 52

function validateJobSpec(spec: Job['spec'], field: string): FieldError[] {
  const errors: FieldError[] = []
  for (const name of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
  ] as const) {
    append(errors, nonNegative(spec[name], `${field}.${name}`))
  }
  const mode = spec.completionMode
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed') {
    errors.push(notSupported(`${field}.completionMode`, mode, ['Indexed', 'NonIndexed']))
  }
  if (mode === 'Indexed' && spec.completions === undefined) {
    errors.push(required(`${field}.completions`, 'when completion mode is Indexed'))
  }
  append(errors, validateTemplate(spec.template, `${field}.template`))
  const policy = spec.template.spec.restartPolicy
  if (policy === 'Always') {
    errors.push(required(`${field}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'))
  }
  return errors
}

export function validateJob({ spec }: Job, old?: Job): FieldError[] {
  const errors = validateJobSpec(spec, 'spec')
  const { labels } = spec.template.metadata
  if (!spec.selector) errors.push(required('spec.selector'))
  else if (!matchesLabelSelector(spec.selector, labels)) {
    errors.push(
      invalidText('spec.template.metadata.labels', goMap(labels), '`selector` does not match template `labels`'),
    )
  }
  if (!old) return errors
  for (const name of [
    'completions',
    'selector',
    'template',
    'completionMode',
    'podFailurePolicy',
    'backoffLimitPerIndex',
  ] as const) {
    if (deepEqual(spec[name], old.spec[name])) continue
    if (name === 'completions' && spec.completionMode === 'Indexed') continue
    // A suspended Job that has not started may get other scheduling hints.
    const waits = old.spec.suspend && !old.status.startTime
    if (name === 'template' && waits && deepEqual(unscheduled(spec.template), unscheduled(old.spec.template))) continue
    errors.push(invalid(`spec.${name}`, spec[name], 'field is immutable'))
  }
  return errors
}

/** Fields of a pod spec that say where the pod runs. */
const SCHEDULING = ['affinity', 'nodeSelector', 'schedulingGates', 'tolerations']

/** A template without what a Job that waits may still change in it. */
const unscheduled = ({ spec }: Job['spec']['template']): object =>
  Object.fromEntries(Object.entries(spec).filter(([name]) => !SCHEDULING.includes(name)))

export function validateCronJob({ spec }: CronJob): FieldError[] {
  const errors: FieldError[] = []
  const { schedule, timeZone } = spec
  if (schedule === '') errors.push(required('spec.schedule'))
  else if (/TZ/.test(schedule)) {
    errors.push(invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'))
  } else append(errors, validateSchedule(schedule))
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    errors.push(invalid('spec.timeZone', timeZone, `unknown time zone ${timeZone}`))
  }
  const policy = spec.concurrencyPolicy
  if (!policy) errors.push(required('spec.concurrencyPolicy'))
  else if (!['Allow', 'Forbid', 'Replace'].includes(policy)) {
    errors.push(notSupported('spec.concurrencyPolicy', policy, ['Allow', 'Forbid', 'Replace']))
  }
  for (const name of ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit'] as const) {
    append(errors, nonNegative(spec[name], `spec.${name}`))
  }
  return [...errors, ...validateJobSpec(spec.jobTemplate.spec, 'spec.jobTemplate.spec')]
}

function validateSchedule(schedule: string): FieldError[] {
  try {
    parseSchedule(schedule)
    return []
  } catch (error) {
    if (!(error instanceof BadSchedule)) throw error
    return [invalid('spec.schedule', schedule, error.message)]
  }
}

function isTimeZone(name: string): boolean {
  try {
    return name !== '' && name !== 'Local' && Boolean(new Intl.DateTimeFormat('en-US', { timeZone: name }))
  } catch {
    return false
  }
}

/** Names of CronJobs: subdomains, but shorter. */
export const cronJobName = (name: string, prefix: boolean): string[] => [
  ...forNames(dns1123Subdomain)(name, prefix),
  ...(name.length > MAX_CRONJOB_NAME ? [`must be no more than ${MAX_CRONJOB_NAME} characters`] : []),
]
