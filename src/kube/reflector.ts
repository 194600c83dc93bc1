// Reflector: a cache of one resource, kept current by list and watch. Level-based: whatever is lost on the way (connections,
// the server, history), the cache ends up equal to the server, and handlers hear of every difference.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
import type { ObjectClient, ReadOptions, Target } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import type { KubeObject, ObjectList, ResourceRef, WatchEvent } from '../core/machinery/object.ts'
import { ApiError } from '../core/machinery/status.ts'
import { exponential, pause, type Backoff } from './backoff.ts'
import { ObjectCache, type CacheHandler } from './cache.ts'
import { compareVersions } from './version.ts'

export type { CacheChange, CacheHandler } from './cache.ts'

/** Objects a page; the API server's memory, not the network, is what this protects. */
const PAGE = 500
/** Length of one watch in seconds, plus up to as much again at random: the API server's own habit, spreads reconnects. */
const WATCH_SECONDS = 300
/** A watch that the server has not ended this long after its time is dead: the connection is dropped. */
const GRACE_SECONDS = 30
/** A watch that lasted this many milliseconds was a working one: the next failure starts with a short wait again. */
const HEALTHY_MS = 5_000

/** What a reflector watches, and through which API. */
export interface ReflectorOptions {
  client: ObjectClient
  resource: ResourceRef
  /** Only objects of this namespace; default: all. */
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
  log: Log
  signal: AbortSignal
  /** Wait after failures; default 100 ms doubling to 30 s. */
  backoff?: Backoff
  /**
   * A resource that the server does not serve, or does not let us read, counts as synced and empty until it does. Only for
   * consumers that do no harm when they believe that there is nothing.
   */
  optional?: boolean
  /** A number in [0, 1); spreads the length of watches. */
  random?: () => number
}

/** See above. `run` does the work; the look-ups may be used at any time. */
export class Reflector<T extends KubeObject> {
  /** Resolves when the first list is in the cache and handlers have heard of it; rejects when stopped before. */
  readonly synced: Promise<void>
  readonly #options: ReflectorOptions
  readonly #target: Target
  readonly #log: Log
  readonly #signal: AbortSignal
  readonly #backoff: Backoff
  readonly #cache: ObjectCache<T>
  readonly #settled = Promise.withResolvers<void>()
  #position: string | undefined
  #isSynced = false
  /** The current watch has told something. */
  #heard = false

  constructor(options: ReflectorOptions) {
    const { resource, namespace, backoff = exponential({ base: 100, cap: 30_000 }) } = options
    this.#options = options
    this.#target = { resource, namespace }
    this.#log = options.log
    this.#signal = options.signal
    this.#backoff = backoff
    this.#cache = new ObjectCache<T>(options.log)
    this.synced = this.#settled.promise
    // Nobody needs to wait for it: a rejection without listener must not end the process.
    this.synced.catch(() => undefined)
  }

  get isSynced(): boolean {
    return this.#isSynced
  }

  get size(): number {
    return this.#cache.size
  }

  /** Namespace '' for cluster-scoped objects. */
  get(namespace: string, name: string): T | undefined {
    return this.#cache.get(namespace, name)
  }

  list(namespace?: string): T[] {
    return this.#cache.list(namespace)
  }

  /** Calls the handler for every known object (as 'added') and then for every change; returns how to stop that. */
  on(handler: CacheHandler<T>): () => void {
    return this.#cache.on(handler)
  }

  /** Adds an index and returns its look-up: the objects for which `values` gave the value. */
  index(values: (object: T) => readonly string[]): (value: string) => T[] {
    return this.#cache.index(values)
  }

  /** Lists and watches until the signal aborts. Never rejects: failures are logged and tried again. */
  async run(): Promise<void> {
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
      await pause(this.#backoff(failures), this.#signal)
    }
    this.#settled.reject(new Error('stopped before the cache was synced', { cause: this.#signal.reason }))
  }

  #onFailure(error: unknown, failures: number): void {
    const { plural: resource, group } = this.#options.resource
    const code = error instanceof ApiError ? error.code : undefined
    // History that is gone, a version of another life of the server (504), rights that changed: only a list tells the state.
    // Everything else (broken connections, overload) resumes where it was.
    if (code !== undefined && code !== 429 && (code < 500 || code === 504)) this.#position = undefined
    if (code === 410) this.#log.debug({ resource, group }, 'watch expired, listing again')
    else this.#log[failures > 2 ? 'warn' : 'debug']({ err: error, resource, group, failures }, 'list or watch failed')
    if (this.#options.optional && (code === 404 || code === 403) && !this.#isSynced) this.#sync()
  }

  #sync(): void {
    this.#isSynced = true
    this.#settled.resolve()
  }

  #selectors(): ReadOptions {
    const { labelSelector, fieldSelector } = this.#options
    return { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) }
  }

  async #relist(): Promise<void> {
    const { items, version } = await this.#pages(PAGE)
    this.#cache.replace(items)
    this.#position = version
    this.#sync()
  }

  async #pages(limit: number): Promise<{ items: T[]; version: string }> {
    const items: T[] = []
    let version: string | undefined
    let next: string | undefined
    do {
      let page: ObjectList<T>
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
    const { random = Math.random } = this.#options
    const timeoutSeconds = Math.round(WATCH_SECONDS * (1 + random()))
    const dead = new AbortController()
    const timer = setTimeout(() => dead.abort(), (timeoutSeconds + GRACE_SECONDS) * 1000)
    timer.unref()
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
        this.#apply(event)
        this.#heard = true
      }
    } catch (error) {
      if (!dead.signal.aborted) throw error
    } finally {
      clearTimeout(timer)
    }
  }

  #apply(event: WatchEvent<T>): void {
    const version = event.object.metadata.resourceVersion
    const ahead = version === undefined || compareVersions(version, this.#position) > 0
    if (event.type === 'DELETED') this.#remove(event.object)
    // What lies behind our position was seen already: a server that repeats itself must not turn the cache back.
    else if (event.type !== 'BOOKMARK' && ahead) this.#cache.put(event.object)
    if (ahead && version !== undefined) this.#position = version
  }

  #remove(last: T): void {
    const { namespace = '', name = '', resourceVersion, uid } = last.metadata
    const known = this.#cache.get(namespace, name)
    if (!known || (uid !== undefined && known.metadata.uid !== uid)) return
    if (resourceVersion && compareVersions(resourceVersion, known.metadata.resourceVersion) < 0) return
    this.#cache.remove(last)
  }
}
