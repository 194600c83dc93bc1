// Events that the simulated controllers report. Best effort: a lost event changes nothing.
import { createHash } from 'node:crypto'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import { formatTime, type KubeObject } from '../../core/machinery/object.ts'
import { ApiError, isReason } from '../../core/machinery/status.ts'
import type { Event } from '../types/event.ts'

const EVENTS = { group: '', version: 'v1', plural: 'events' }
/** Events that wait to be written; more are dropped. */
const MAX_WAITING = 5_000
const MAX_MESSAGE = 1_024

export interface About {
  object: KubeObject
  apiVersion: string
  kind: string
}

interface Report {
  about: About
  component: string
  type: 'Normal' | 'Warning'
  reason: string
  message: string
}

/** Writes events one after the other; the same one again only raises its count. */
export class Recorder {
  readonly #client: ObjectClient
  readonly #log: Log
  readonly #signal: AbortSignal
  readonly #now: () => Date
  #waiting: Report[] = []
  #writing: Promise<void> | undefined

  constructor(options: { client: ObjectClient; log: Log; signal: AbortSignal; now: () => Date }) {
    this.#client = options.client
    this.#log = options.log
    this.#signal = options.signal
    this.#now = options.now
  }

  record(report: Report): void {
    if (this.#waiting.length >= MAX_WAITING) return
    this.#waiting.push(report)
    this.#writing ??= this.#drain().finally(() => (this.#writing = undefined))
  }

  /** Resolves when nothing waits any more. */
  async flushed(): Promise<void> {
    while (this.#writing) await this.#writing
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#signal.aborted) {
      const batch = this.#waiting
      this.#waiting = []
      for (const report of batch) {
        if (this.#signal.aborted) return
        await this.#write(report).catch((error: unknown) => this.#onError(error, report))
      }
    }
  }

  #onError(error: unknown, { reason, about }: Report): void {
    // The namespace is gone, or going: so is the object.
    const expected = error instanceof ApiError && (error.code === 404 || error.code === 403)
    const { namespace, name } = about.object.metadata
    if (!expected && !this.#signal.aborted) this.#log.warn({ err: error, reason, namespace, name }, 'event lost')
  }

  async #write(report: Report): Promise<void> {
    const event = eventOf(report, this.#now())
    const { namespace, name = '' } = event.metadata
    const target = { resource: EVENTS, namespace, name }
    try {
      await this.#client.create({ resource: EVENTS, namespace }, event, { signal: this.#signal })
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) throw error
      const { count = 1 } = await this.#client.get<Event>(target)
      const patch = { count: count + 1, lastTimestamp: event.lastTimestamp }
      await this.#client.patch(target, 'merge', patch, { signal: this.#signal })
    }
  }
}

function eventOf({ about, component, type, reason, message }: Report, now: Date): Event {
  const { namespace = 'default', name = '', uid = '', resourceVersion } = about.object.metadata
  const text = message.slice(0, MAX_MESSAGE)
  const hash = createHash('sha256').update(`${uid}\n${component}\n${reason}\n${text}`).digest('hex').slice(0, 16)
  const time = formatTime(now)
  return {
    metadata: { name: `${name}.${hash}`, namespace },
    involvedObject: {
      kind: about.kind,
      namespace,
      name,
      uid,
      apiVersion: about.apiVersion,
      ...(resourceVersion && { resourceVersion }),
    },
    reason,
    message: text,
    source: { component },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    type,
    eventTime: null,
    reportingComponent: component,
    reportingInstance: '',
  }
}
