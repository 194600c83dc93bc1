// Trigger controller: keeps the images of annotated workloads at what the tags that they follow resolve to.
// Behaviour: docs/spec/triggers.md. Everything that decides is planTrigger; this reads caches and sends the patch.
import type { ImageStream } from '../../core/image/types.ts'
import { planTrigger, TRIGGERS_ANNOTATION, TRIGGERS_MANAGER, type TriggerPlan } from '../../core/image/triggers.ts'
import { containersOf, kindName, type WorkloadKind } from '../../core/image/workloads.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import { deepEqual } from '../../core/machinery/json/equal.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import { apiVersionOf, type KubeObject } from '../../core/machinery/object.ts'
import { ApiError } from '../../core/machinery/status.ts'
import { exponential, type Backoff } from '../../kube/backoff.ts'
import type { Reflector } from '../../kube/reflector.ts'
import { EventRecorder, type Involved } from '../events.ts'
import { ControlLoop, type Again } from '../loop.ts'
import { TriggerReport } from './report.ts'
import { Throttle } from './throttle.ts'
import { findWorkload, workloadCaches, workloadKey, type WorkloadCache } from './workloads.ts'

/** Enough to keep the API server busy, few enough not to be one of many thousands. */
const CONCURRENCY = 16
/** Failing workloads: at least a second apart, at most a minute. */
const BACKOFF = exponential({ base: 1000, cap: 60_000 })
/** Failures in a row after which a refused patch is reported: the first may be a race with another writer. */
const REPORTED_FAILURES = 2
const COMPONENT = 'image-trigger-controller'

/** What the trigger controller works on. */
export interface TriggerOptions {
  client: ObjectClient
  /** What has triggers. */
  kinds: readonly WorkloadKind[]
  /** Run by the caller. */
  streams: Reflector<ImageStream>
  log: Log
  metrics?: Metrics
  signal: AbortSignal
  backoff?: Backoff
}

/** See above. `run` ends when the signal aborts. */
export class TriggerController {
  readonly #options: TriggerOptions
  readonly #caches: WorkloadCache[]
  readonly #loop: ControlLoop
  readonly #recorder: EventRecorder
  readonly #report: TriggerReport
  readonly #throttle = new Throttle()

  constructor(options: TriggerOptions) {
    const { client, kinds, log, metrics, signal, streams, backoff = BACKOFF } = options
    const measured = metrics && { metrics }
    this.#options = options
    this.#recorder = new EventRecorder({ client, component: COMPONENT, log, signal })
    this.#report = new TriggerReport(this.#recorder, log, metrics)
    this.#loop = new ControlLoop({
      name: 'triggers',
      concurrency: CONCURRENCY,
      reconcile: (key, failures) => this.#reconcile(key, failures),
      backoff,
      log,
      ...measured,
      signal,
    })
    this.#caches = workloadCaches({ client, kinds, log, signal, ...measured })
    for (const cache of this.#caches) this.#follow(cache)
    streams.on(({ type, object }) => {
      // A stream that is gone leaves images as they are.
      if (type !== 'deleted') this.#wake(`${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`)
    })
  }

  async run(): Promise<void> {
    const { signal, streams } = this.#options
    const running = this.#caches.map((cache) => cache.run())
    try {
      // Deciding from half a picture would report missing streams that are not missing.
      await Promise.all([streams.synced, ...this.#caches.map((cache) => cache.reflector.synced)])
    } catch (error) {
      if (!signal.aborted) throw error
    }
    await this.#loop.run()
    // The store may be closed next: no request of ours is left behind.
    await Promise.all([...running, this.#recorder.flushed()])
  }

  /** Resolves when there is nothing to do for now and events are written. */
  async idle(): Promise<void> {
    await this.#loop.idle()
    await this.#recorder.flushed()
  }

  #follow({ kind, reflector }: WorkloadCache): void {
    reflector.on(({ type, object, old }) => {
      const key = workloadKey(kind, object)
      if (type === 'deleted') this.#report.forget(key)
      if (type === 'deleted' || !concerned(object, old)) return
      const same = old && annotation(old) === annotation(object)
      if (!same || !deepEqual(containersOf(kind, old), containersOf(kind, object))) this.#loop.add(key)
    })
  }

  #wake(stream: string): void {
    for (const { kind, following } of this.#caches) {
      for (const object of following(stream)) this.#loop.add(workloadKey(kind, object))
    }
  }

  async #reconcile(key: string, failures: number): Promise<Again | undefined> {
    const found = findWorkload(this.#caches, key)
    if (!found) return undefined
    const { kind, object } = found
    const plan = planTrigger(kind, object, (ns, stream) => this.#options.streams.get(ns, stream))
    const involved: Involved = { apiVersion: apiVersionOf(kind.resource), kind: kindName(kind, object), object }
    this.#report.problems(key, involved, plan.problems)
    if (!plan.patch) return undefined
    const wait = this.#throttle.take(key)
    if (wait > 0) return { after: wait }
    if (await this.#patch(kind, involved, plan.patch, failures)) this.#report.changes(key, involved, plan.changes)
    return undefined
  }

  /** False when the object is gone. */
  async #patch(
    { resource }: WorkloadKind,
    involved: Involved,
    patch: NonNullable<TriggerPlan['patch']>,
    failures: number,
  ): Promise<boolean> {
    const { client, signal } = this.#options
    const { namespace, name = '' } = involved.object.metadata
    try {
      const options = { fieldManager: TRIGGERS_MANAGER, metadataOnly: true, signal }
      await client.patch({ resource, namespace, name }, 'json', patch, options)
      return true
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return false
      if (error instanceof ApiError && failures + 1 >= REPORTED_FAILURES)
        this.#report.refused(involved, `images could not be set: ${error.message}`)
      throw error
    }
  }
}

const annotation = (object: KubeObject): string | undefined => object.metadata.annotations?.[TRIGGERS_ANNOTATION]

/** It has triggers, or had them: then what was told of it is to be forgotten. */
function concerned(object: KubeObject, old: KubeObject | undefined): boolean {
  return annotation(object) !== undefined || (old !== undefined && annotation(old) !== undefined)
}
