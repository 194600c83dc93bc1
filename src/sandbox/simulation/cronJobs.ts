// The controller of CronJobs: starts Jobs by the clock.
import { formatTime } from '../../core/machinery/object.ts'
import { isReason } from '../../core/machinery/status.ts'
import { latestTime, nextTime, parseSchedule } from '../cron.ts'
import type { CronJob, Job } from '../types/job.ts'
import { jobEnd } from './jobs.ts'
import type { World } from './world.ts'

const COMPONENT = 'cronjob-controller'
const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp'
const MINUTE = 60_000

/** Runs CronJobs. */
export class CronJobs {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    world.control(world.cronJobs, [world.jobs], (cron) => this.#reconcile(cron))
  }

  #event(cron: CronJob, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    this.#world.event(this.#world.cronJobs, cron, { component: COMPONENT, type, reason, message })
  }

  async #reconcile(cron: CronJob): Promise<number | undefined> {
    if (cron.metadata.deletionTimestamp) return undefined
    const jobs = this.#world.jobs.controlled(cron.metadata.uid ?? '')
    this.#tellEnds(cron, jobs)
    await this.#forget(cron, jobs)
    const schedule = parseSchedule(cron.spec.schedule, cron.spec.timeZone)
    const now = this.#world.now()
    const last = new Date(cron.status.lastScheduleTime ?? cron.metadata.creationTimestamp ?? now)
    // Starts that were missed are not made up for.
    const due = cron.spec.suspend ? undefined : latestTime(schedule, last, now)
    const started = due && (await this.#start(cron, jobs, due, now))
    await this.#report(cron, started && due)
    if (cron.spec.suspend) return undefined
    const next = nextTime(schedule, due ?? last)
    return next && next.getTime() - this.#world.now().getTime() + 1
  }

  /** True when this time is dealt with. */
  async #start(cron: CronJob, jobs: readonly Job[], due: Date, now: Date): Promise<boolean> {
    const { startingDeadlineSeconds, concurrencyPolicy } = cron.spec
    if (startingDeadlineSeconds !== undefined && now.getTime() - due.getTime() > startingDeadlineSeconds * 1000) {
      this.#event(cron, 'MissSchedule', `Missed scheduled time to start a job: ${due.toUTCString()}`, 'Warning')
      return false
    }
    const active = jobs.filter((job) => !jobEnd(job))
    if (concurrencyPolicy === 'Forbid' && active.length > 0) {
      this.#event(
        cron,
        'JobAlreadyActive',
        'Not starting job because prior execution is running and concurrency policy is Forbid',
      )
      return false
    }
    if (concurrencyPolicy === 'Replace') {
      for (const job of active) {
        await this.#world.jobs.delete(job, { propagationPolicy: 'Background' })
        this.#event(cron, 'SuccessfulDelete', `Deleted job ${job.metadata.name ?? ''}`)
      }
    }
    return this.#create(cron, due)
  }

  async #create(cron: CronJob, due: Date): Promise<boolean> {
    const { cronJobs, jobs } = this.#world
    const { metadata, spec } = cron.spec.jobTemplate
    const name = `${cron.metadata.name ?? ''}-${Math.floor(due.getTime() / MINUTE)}`
    try {
      await jobs.create(cron.metadata.namespace ?? '', {
        metadata: {
          name,
          ...(metadata.labels && { labels: metadata.labels }),
          annotations: { ...metadata.annotations, [SCHEDULED]: formatTime(due) },
          ownerReferences: [cronJobs.ownedBy(cron)],
        },
        spec,
      })
      this.#event(cron, 'SuccessfulCreate', `Created job ${name}`)
    } catch (error) {
      // Made before a restart: its time is dealt with.
      if (!isReason(error, 'AlreadyExists')) throw error
    }
    return true
  }

  async #report(cron: CronJob, started: Date | false | undefined): Promise<void> {
    const jobs = this.#world.jobs.controlled(cron.metadata.uid ?? '')
    const active = jobs
      .filter((job) => !jobEnd(job))
      .map(({ metadata: { name = '', namespace = '', uid = '', resourceVersion = '' } }) => {
        return { kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1', resourceVersion }
      })
    const ends = jobs.flatMap(({ status }) => status.completionTime ?? []).toSorted()
    const lastSuccessfulTime = [cron.status.lastSuccessfulTime, ends.at(-1)]
      .filter((t) => t !== undefined)
      .toSorted()
      .at(-1)
    const lastScheduleTime = started ? formatTime(started) : cron.status.lastScheduleTime
    await this.#world.cronJobs.writeStatus(cron, {
      ...(active.length > 0 && { active }),
      ...(lastScheduleTime && { lastScheduleTime }),
      ...(lastSuccessfulTime && { lastSuccessfulTime }),
    })
  }

  #tellEnds(cron: CronJob, jobs: readonly Job[]): void {
    const running = new Set(cron.status.active?.map(({ uid }) => uid))
    for (const job of jobs) {
      const end = jobEnd(job)
      if (!end || !running.has(job.metadata.uid)) continue
      this.#event(cron, 'SawCompletedJob', `Saw completed job: ${job.metadata.name ?? ''}, condition: ${end.type}`)
    }
  }

  async #forget(cron: CronJob, jobs: readonly Job[]): Promise<void> {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cron.spec
    const limits = { Complete: successfulJobsHistoryLimit, Failed: failedJobsHistoryLimit }
    for (const [type, limit] of Object.entries(limits)) {
      const ended = jobs.filter((job) => jobEnd(job)?.type === type)
      const surplus = ended.length - (limit ?? ended.length)
      if (surplus <= 0) continue
      const oldest = ended
        .toSorted((a, b) => (a.status.startTime ?? '').localeCompare(b.status.startTime ?? ''))
        .slice(0, surplus)
      for (const job of oldest) {
        await this.#world.jobs.delete(job, { propagationPolicy: 'Background' })
        this.#event(cron, 'SuccessfulDelete', `Deleted job ${job.metadata.name ?? ''}`)
      }
    }
  }
}
