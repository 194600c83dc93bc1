// ListWatch: follows one resource by list and watch, for ever, and tells a sink. Whatever is lost on the way (connections, the
// server, history), the sink ends up with the server's state.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
import type { ObjectClient, ReadOptions, Target } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import { unmeasured, type Metrics } from '../core/machinery/metrics.ts'
import type { KubeObject, ObjectList, ResourceRef, WatchEvent } from '../core/machinery/object.ts'
import { ApiError } from '../core/machinery/status.ts'
import { exponential, pause, type Backoff } from './backoff.ts'
import { followMeter, type Follow } from './measure.ts'
import { compareVersions } from './version.ts'

/** Objects a page; the API server's memory, not the network, is what this protects. */
const PAGE = 500
/** Length of one watch in seconds, plus up to as much again at random: the API server's own habit, spreads reconnects. */
const WATCH_SECONDS = 300
/** A watch that the server has not ended this long after its time is dead: the connection is dropped. */
const GRACE_SECONDS = 30
/**
 * Silence after which a watch that has told something counts as dead, in milliseconds: from its first event on a kube-apiserver
 * sends a bookmark about once a minute (none before: a resource that nobody changes is silent for long). A connection that a
 * firewall has forgotten brings neither bytes nor an end; the next one takes up where this one was.
 */
const SILENCE_MS = 90_000
/** A watch that lasted this many milliseconds was a working one: the next failure starts with a short wait again. */
const HEALTHY_MS = 5_000

/** What is followed, and through which API. */
export interface ListWatchOptions {
  client: ObjectClient
  resource: ResourceRef
  /** Only objects of this namespace; default: all. */
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
  log: Log
  metrics?: Metrics
  signal: AbortSignal
  /** Wait after failures; default 100 ms doubling to 30 s. */
  backoff?: Backoff
  /** A number in [0, 1); spreads the length of watches. */
  random?: () => number
  /** Milliseconds, see SILENCE_MS. */
  silence?: number
}

/** Who is told. Calls come one at a time. */
export interface Sink<T extends KubeObject> {
  /** The whole state, as of `version`. */
  replace(items: readonly T[], version: string): void
  /** A change, or a bookmark. `ahead`: it lies behind everything told before; a server that repeats itself sends others. */
  apply(event: WatchEvent<T>, ahead: boolean): void
  /** The server does not serve the resource, or does not let us read it. */
  denied?(): void
}

/** See above. `run` does the work. */
export class ListWatch<T extends KubeObject> {
  readonly #options: ListWatchOptions
  readonly #sink: Sink<T>
  readonly #target: Target
  readonly #log: Log
  /** Of the current run. */
  #signal: AbortSignal
  readonly #backoff: Backoff
  readonly #meter: Follow
  #position: string | undefined
  /** The current watch has told something. */
  #heard = false
  /** Ends the wait after a failure. */
  #hurry = new AbortController()
  /** Ends the current watch, which is begun again where it was. */
  #dead = new AbortController()

  constructor(options: ListWatchOptions, sink: Sink<T>) {
    const { resource, namespace, backoff = exponential({ base: 100, cap: 30_000 }) } = options
    this.#options = options
    this.#sink = sink
    this.#target = { resource, namespace }
    this.#meter = followMeter(options.metrics ?? unmeasured, resource)
    this.#log = options.log
    this.#signal = options.signal
    this.#backoff = backoff
  }

  /** Somebody knows that the server answers: a wait after a failure ends now. */
  hurry(): void {
    this.#hurry.abort()
  }

  /** Somebody knows what a watch that works would have told by now: another one takes its place. */
  reopen(): void {
    this.#dead.abort()
    this.#hurry.abort()
  }

  /**
   * Lists and watches until the signal aborts, or `until` does: then it may be run again, and begins with a list. Never rejects:
   * failures are logged and tried again.
   */
  async run(until?: AbortSignal): Promise<void> {
    const { signal } = this.#options
    this.#signal = until ? AbortSignal.any([signal, until]) : signal
    this.#position = undefined
    let failures = 0
    while (!this.#signal.aborted) {
      const started = performance.now()
      this.#heard = false
      try {
        if (this.#position === undefined) await this.#relist()
        await this.#watch()
        if (performance.now() - started > HEALTHY_MS) {
          failures = 0
          continue
        }
        // Closed at once: a server that is going down. Do not spin.
        failures = this.#heard ? 1 : failures + 1
      } catch (error) {
        if (this.#signal.aborted) break
        failures = this.#heard || performance.now() - started > HEALTHY_MS ? 1 : failures + 1
        this.#onFailure(error, failures)
      }
      this.#hurry = new AbortController()
      await pause(this.#backoff(failures), AbortSignal.any([this.#signal, this.#hurry.signal]))
    }
  }

  #onFailure(error: unknown, failures: number): void {
    const { plural: resource, group } = this.#options.resource
    const code = error instanceof ApiError ? error.code : undefined
    // History that is gone, a version of another life of the server (504), rights that changed: only a list tells the state.
    // Everything else (broken connections, overload) resumes where it was.
    if (code !== undefined && code !== 429 && (code < 500 || code === 504)) this.#position = undefined
    if (code === 410) this.#log.debug({ resource, group }, 'watch expired, listing again')
    else this.#log[failures > 2 ? 'warn' : 'debug']({ err: error, resource, group, failures }, 'list or watch failed')
    if (code === 404 || code === 403) this.#sink.denied?.()
  }

  #selectors(): ReadOptions {
    const { labelSelector, fieldSelector } = this.#options
    return { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) }
  }

  async #relist(): Promise<void> {
    const { items, version } = await this.#pages(PAGE)
    this.#position = version
    this.#sink.replace(items, version)
  }

  async #pages(limit: number): Promise<{ items: T[]; version: string }> {
    const items: T[] = []
    let version: string | undefined
    let next: string | undefined
    do {
      let page: ObjectList<T>
      this.#meter.lists.inc()
      try {
        page = await this.#client.list<T>(this.#target, {
          ...this.#selectors(),
          signal: this.#signal,
          ...(limit > 0 && { limit }),
          ...(next && { continue: next }),
        })
      } catch (error) {
        // The list took so long that its snapshot is gone: once, all in one piece.
        if (next && error instanceof ApiError && error.code === 410) return this.#pages(0)
        throw error
      }
      for (const item of page.items) items.push(item)
      version ??= page.metadata.resourceVersion ?? ''
      next = page.metadata.continue
    } while (next)
    return { items, version }
  }

  get #client(): ObjectClient {
    return this.#options.client
  }

  /** Follows one watch to its end. */
  async #watch(): Promise<void> {
    const { random = Math.random, silence = SILENCE_MS } = this.#options
    const timeoutSeconds = Math.round(WATCH_SECONDS * (1 + random()))
    const dead = new AbortController()
    this.#dead = dead
    const timer = setTimeout(() => dead.abort(), (timeoutSeconds + GRACE_SECONDS) * 1000).unref()
    let silent: NodeJS.Timeout | undefined
    this.#meter.watches.inc()
    try {
      const events = this.#client.watch<T>(this.#target, {
        ...this.#selectors(),
        ...(this.#position !== undefined && { resourceVersion: this.#position }),
        allowWatchBookmarks: true,
        timeoutSeconds,
        signal: AbortSignal.any([this.#signal, dead.signal]),
      })
      for await (const event of events) {
        if (this.#signal.aborted) break
        clearTimeout(silent)
        silent = setTimeout(() => dead.abort(), silence).unref()
        this.#apply(event)
        this.#heard = true
      }
    } catch (error) {
      if (!dead.signal.aborted) throw error
    } finally {
      clearTimeout(timer)
      clearTimeout(silent)
    }
  }

  #apply(event: WatchEvent<T>): void {
    const version = event.object.metadata.resourceVersion
    const ahead = version === undefined || compareVersions(version, this.#position) > 0
    if (ahead && version !== undefined) this.#position = version
    this.#sink.apply(event, ahead)
  }
}
