// Events about workloads: what `kubectl describe` and `kubectl events` show. Best effort, and never in the way: they are
// written one at a time, once the work that they tell of has paused.
// https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ (in the older form, of core/v1)
import { createHash } from 'node:crypto'
import type { ObjectClient } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import { formatTime, type KubeObject } from '../core/machinery/object.ts'
import { ApiError, isReason } from '../core/machinery/status.ts'
import { pause } from '../kube/backoff.ts'

const EVENTS = { group: '', version: 'v1', plural: 'events' }
/** Events that wait to be written; more are dropped. */
const WAITING_LIMIT = 2000
/** Longest message that the API takes, in characters. */
const MESSAGE_LIMIT = 1024
/** Writing starts when nothing was recorded for this long, in milliseconds… */
const QUIET_MS = 250
/** …or when this many such waits did not bring quiet. */
const MOST_WAITS = 8

/** What an event is about. */
export interface Involved {
  apiVersion: string
  kind: string
  object: KubeObject
}

/** Something that happened to an object. */
export interface Occurrence {
  type: 'Normal' | 'Warning'
  /** A stable word in CamelCase. */
  reason: string
  message: string
  /** About the object as it is now: told once, however many processes see it, until the object changes. */
  once?: boolean
}

interface EventObject extends KubeObject {
  count?: number
}

/** Who records events, and through which API. */
export interface RecorderOptions {
  client: ObjectClient
  /** Who tells. */
  component: string
  log: Log
  signal: AbortSignal
  now?: () => Date
}

/** Writes events; the same one again only raises its count. */
export class EventRecorder {
  readonly #options: RecorderOptions
  readonly #waiting = new Map<string, { involved: Involved; occurrence: Occurrence; times: number }>()
  #recorded = 0
  #writing: Promise<void> | undefined

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  record(involved: Involved, occurrence: Occurrence): void {
    const name = eventName(involved, occurrence)
    const key = `${involved.object.metadata.namespace ?? ''}/${name}`
    const waiting = this.#waiting.get(key)
    this.#recorded++
    if (waiting) waiting.times++
    else if (this.#waiting.size >= WAITING_LIMIT) this.#options.log.warn({ key, ...occurrence }, 'too many events')
    else this.#waiting.set(key, { involved, occurrence, times: 1 })
    this.#writing ??= this.#write()
  }

  /** Resolves when everything recorded so far is written or given up. */
  async flushed(): Promise<void> {
    await this.#writing
  }

  async #write(): Promise<void> {
    const { signal, log } = this.#options
    await this.#quiet()
    for (const [key, { involved, occurrence, times }] of this.#waiting) {
      if (signal.aborted) break
      this.#waiting.delete(key)
      try {
        await this.#put(involved, occurrence, times)
      } catch (err) {
        // Expected where the namespace is on its way out.
        const level = err instanceof ApiError && (err.code === 403 || err.code === 404) ? 'debug' : 'warn'
        log[level]({ err, key, ...occurrence }, 'event not written')
      }
    }
    // In the very step that found nothing more: what is recorded a moment later must start another round.
    this.#writing = undefined
  }

  async #quiet(): Promise<void> {
    for (let seen = -1, waits = 0; seen !== this.#recorded && waits < MOST_WAITS; waits++) {
      seen = this.#recorded
      await pause(QUIET_MS, this.#options.signal)
    }
  }

  async #put(involved: Involved, occurrence: Occurrence, times: number): Promise<void> {
    const { client, signal } = this.#options
    const name = eventName(involved, occurrence)
    const namespace = involved.object.metadata.namespace ?? 'default'
    const target = { resource: EVENTS, namespace, name }
    const options = { metadataOnly: true, signal }
    try {
      await client.create({ resource: EVENTS, namespace }, this.#event(involved, occurrence, times), options)
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) throw error
      if (occurrence.once) return
      const known = await client.get<EventObject>(target, { signal })
      const patch = { count: (known.count ?? 1) + times, lastTimestamp: this.#time() }
      await client.patch(target, 'merge', patch, options)
    }
  }

  #event({ apiVersion, kind, object }: Involved, occurrence: Occurrence, times: number): KubeObject {
    const { name = '', namespace = 'default', uid = '', resourceVersion = '' } = object.metadata
    const time = this.#time()
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: eventName({ apiVersion, kind, object }, occurrence), namespace },
      involvedObject: { apiVersion, kind, namespace, name, uid, resourceVersion },
      type: occurrence.type,
      reason: occurrence.reason,
      message: cut(occurrence.message),
      source: { component: this.#options.component },
      firstTimestamp: time,
      lastTimestamp: time,
      count: times,
    }
    return event
  }

  #time(): string {
    return formatTime(this.#options.now?.() ?? new Date())
  }
}

/** The same for the same news about the same object, so that it is found again after a restart. */
function eventName({ kind, object }: Involved, { type, reason, message, once }: Occurrence): string {
  const { name = '', uid = '', resourceVersion = '' } = object.metadata
  const hash = createHash('sha256')
    .update(JSON.stringify([kind, uid, type, reason, message, ...(once ? [resourceVersion] : [])]))
    .digest('hex')
  return `${name.slice(0, 230)}.${hash.slice(0, 16)}`
}

const cut = (message: string): string =>
  message.length <= MESSAGE_LIMIT ? message : `${message.slice(0, MESSAGE_LIMIT - 1)}…`
