// The controller of Jobs: makes pods until enough of them have succeeded, which in the sandbox they do at once.
import type { Job } from '../types/job.ts'
import type { Pod } from '../types/pod.ts'
import { conditionOf, type Condition } from './condition.ts'
import { BURST, createPod, deletePod } from './podFactory.ts'
import { isActive, isReady } from './podState.ts'
import type { World } from './world.ts'

const INDEX = 'batch.kubernetes.io/job-completion-index'
const REPORT = {
  component: 'job-controller',
  created: (name: string): string => `Created pod: ${name}`,
  deleted: (name: string): string => `Deleted pod: ${name}`,
  failed: (_name: string, reason: string): string => `Error creating: ${reason}`,
}

/** Complete or Failed; undefined while it runs. */
export function jobEnd({ status }: Job): Condition | undefined {
  return (status.conditions ?? []).find(
    ({ type, status: holds }) => (type === 'Complete' || type === 'Failed') && holds === 'True',
  )
}

/** Runs Jobs. */
export class Jobs {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    world.control(world.jobs, [world.pods], (job) => this.#reconcile(job))
  }

  async #reconcile(job: Job): Promise<number | undefined> {
    if (job.metadata.deletionTimestamp || job.spec.managedBy) return undefined
    const end = jobEnd(job)
    if (end) return this.#expire(job, end)
    const pods = this.#world.pods.controlled(job.metadata.uid ?? '')
    if (job.spec.suspend) return this.#suspend(job, pods)
    const succeeded = pods.filter(({ status }) => status.phase === 'Succeeded')
    const active = pods.filter(isActive)
    const needed = job.spec.completions ?? 1
    const wanted = Math.min(job.spec.parallelism ?? 1, needed - succeeded.length)
    const isDone = succeeded.length >= needed
    if (!isDone)
      for (const index of this.#missing(job, pods, wanted - active.length)) if (!(await this.#create(job, index))) break
    await this.#report(job, isDone)
    return undefined
  }

  /** Indexes of the pods to make; undefined for Jobs without indexes. */
  #missing(job: Job, pods: readonly Pod[], wanted: number): (number | undefined)[] {
    const count = Math.min(wanted, BURST)
    if (count <= 0) return []
    if (job.spec.completionMode !== 'Indexed') return Array.from({ length: count }, () => undefined)
    const taken = new Set(pods.map(({ metadata }) => Number(metadata.annotations?.[INDEX] ?? -1)))
    const free: number[] = []
    for (let i = 0; i < (job.spec.completions ?? 0) && free.length < count; i++) if (!taken.has(i)) free.push(i)
    return free
  }

  async #create(job: Job, index: number | undefined): Promise<boolean> {
    const name = job.metadata.name ?? ''
    const mark = index === undefined ? {} : { [INDEX]: String(index) }
    const owner = this.#world.jobs.ownedBy(job)
    const prefix = index === undefined ? `${name}-` : `${name}-${index}-`
    const request = { template: job.spec.template, owner, prefix, labels: mark, annotations: mark }
    const { pod } = await createPod(this.#world, this.#world.jobs, job, request, REPORT)
    return pod !== undefined
  }

  #counts(job: Job): Partial<Job['status']> {
    const pods = this.#world.pods.controlled(job.metadata.uid ?? '')
    const active = pods.filter(isActive)
    const count = (phase: string): number => pods.filter(({ status }) => status.phase === phase).length
    const succeeded = count('Succeeded')
    const failed = count('Failed')
    const indexes = pods
      .filter(({ status }) => status.phase === 'Succeeded')
      .flatMap(({ metadata }) => metadata.annotations?.[INDEX] ?? [])
      .map(Number)
    return {
      ...(active.length > 0 && { active: active.length }),
      ...(succeeded > 0 && { succeeded }),
      ...(failed > 0 && { failed }),
      ...(indexes.length > 0 && { completedIndexes: ranges(indexes) }),
      ready: active.filter(isReady).length,
      terminating: 0,
      uncountedTerminatedPods: {},
    }
  }

  async #report(job: Job, done: boolean): Promise<void> {
    const time = this.#world.time()
    const others = (job.status.conditions ?? []).filter(({ type }) => type !== 'Suspended')
    const resumed = conditionOf(job.status.conditions, 'Suspended')
    const reason = 'CompletionsReached'
    const message = 'Reached expected number of succeeded pods'
    const made = (type: string, why: string, text: string, status = 'True'): Condition =>
      ({
        type,
        status,
        lastProbeTime: time,
        lastTransitionTime: time,
        reason: why,
        message: text,
      }) as Condition
    const suspended = !resumed
      ? []
      : resumed.status === 'False'
        ? [resumed]
        : [made('Suspended', 'JobResumed', 'Job resumed', 'False')]
    const ends = done ? [made('SuccessCriteriaMet', reason, message), made('Complete', reason, message)] : []
    const conditions = [...others, ...suspended, ...ends]
    await this.#world.jobs.writeStatus(job, {
      ...(conditions.length > 0 && { conditions }),
      startTime: job.status.startTime ?? time,
      ...(done && { completionTime: time }),
      ...this.#counts(job),
    })
    if (done)
      this.#world.event(this.#world.jobs, job, {
        component: REPORT.component,
        reason: 'Completed',
        message: 'Job completed',
      })
  }

  async #suspend(job: Job, pods: readonly Pod[]): Promise<undefined> {
    for (const pod of pods.filter(isActive)) await deletePod(this.#world, this.#world.jobs, job, pod, REPORT)
    const time = this.#world.time()
    const old = conditionOf(job.status.conditions, 'Suspended')
    if (old?.status === 'True') return undefined
    const stamp = { lastProbeTime: time, lastTransitionTime: time }
    const suspended = { type: 'Suspended', status: 'True', ...stamp, reason: 'JobSuspended', message: 'Job suspended' }
    const others = (job.status.conditions ?? []).filter(({ type }) => type !== 'Suspended')
    await this.#world.jobs.writeStatus(job, { ...this.#counts(job), conditions: [...others, suspended] })
    this.#world.event(this.#world.jobs, job, {
      component: REPORT.component,
      reason: 'Suspended',
      message: 'Job suspended',
    })
    return undefined
  }

  /** Deletes a finished Job when its time to live is over; milliseconds until then. */
  async #expire(job: Job, end: Condition): Promise<number | undefined> {
    const seconds = job.spec.ttlSecondsAfterFinished
    if (seconds === undefined) return undefined
    const left = Date.parse(end.lastTransitionTime ?? '') + seconds * 1000 - this.#world.now().getTime()
    if (left > 0) return left
    await this.#world.jobs.delete(job, { propagationPolicy: 'Background' })
    return undefined
  }
}

/** Numbers as "0-3,5". */
export function ranges(numbers: readonly number[]): string {
  const parts: [number, number][] = []
  for (const n of numbers.toSorted((a, b) => a - b)) {
    const last = parts.at(-1)
    if (last && n <= last[1] + 1) last[1] = n
    else parts.push([n, n])
  }
  return parts.map(([a, b]) => (a === b ? String(a) : `${a}-${b}`)).join(',')
}
