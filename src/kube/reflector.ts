// Reflector: a cache of one resource, kept current by list and watch. Level-based: whatever is lost on the way, the cache ends up
// equal to the server, and handlers hear of every difference.
import type { KubeObject, WatchEvent } from '../core/machinery/object.ts'
import { ObjectCache, type CacheHandler } from './cache.ts'
import { ListWatch, type ListWatchOptions } from './listWatch.ts'
import { compareVersions } from './version.ts'

export type { CacheChange, CacheHandler } from './cache.ts'

/** What a reflector watches, and through which API. */
export interface ReflectorOptions extends ListWatchOptions {
  /**
   * A resource that the server does not serve, or does not let us read, counts as synced and empty until it does. Only for
   * consumers that do no harm when they believe that there is nothing.
   */
  optional?: boolean
}

/** See above. `run` does the work; the look-ups may be used at any time. */
export class Reflector<T extends KubeObject> {
  /** Resolves when the first list is in the cache and handlers have heard of it; rejects when stopped before. */
  readonly synced: Promise<void>
  readonly #listWatch: ListWatch<T>
  readonly #signal: AbortSignal
  readonly #cache: ObjectCache<T>
  readonly #settled = Promise.withResolvers<void>()
  #isSynced = false
  #isListed = false

  constructor(options: ReflectorOptions) {
    this.#signal = options.signal
    this.#cache = new ObjectCache<T>(options.log)
    this.#listWatch = new ListWatch<T>(options, {
      replace: (items) => {
        this.#cache.replace(items)
        this.#isListed = true
        this.#sync()
      },
      apply: (event, ahead) => this.#apply(event, ahead),
      denied: () => {
        if (options.optional) this.#sync()
      },
    })
    this.synced = this.#settled.promise
    // Nobody needs to wait for it: a rejection without listener must not end the process.
    this.synced.catch(() => undefined)
  }

  get isSynced(): boolean {
    return this.#isSynced
  }

  /** False while nothing is known: also when an optional resource counts as synced. */
  get isListed(): boolean {
    return this.#isListed
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

  /** Somebody knows what a watch that works would have told by now: another one takes its place. */
  reopen(): void {
    this.#listWatch.reopen()
  }

  /** It is known that there is nothing to follow: counts as synced and empty. */
  absent(): void {
    this.#isListed = false
    this.#cache.replace([])
    this.#sync()
  }

  /**
   * Lists and watches until the signal aborts, or `until` does: then it may be run again. Never rejects: failures are logged and
   * tried again.
   */
  async run(until?: AbortSignal): Promise<void> {
    await this.#listWatch.run(until)
    if (!this.#signal.aborted) return
    this.#settled.reject(new Error('stopped before the cache was synced', { cause: this.#signal.reason }))
  }

  #sync(): void {
    this.#isSynced = true
    this.#settled.resolve()
  }

  #apply(event: WatchEvent<T>, ahead: boolean): void {
    if (event.type === 'DELETED') this.#remove(event.object)
    // What lies behind our position was seen already: a server that repeats itself must not turn the cache back.
    else if (event.type !== 'BOOKMARK' && ahead) this.#cache.put(event.object)
  }

  #remove(last: T): void {
    const { namespace = '', name = '', resourceVersion, uid } = last.metadata
    const known = this.#cache.get(namespace, name)
    if (!known || (uid !== undefined && known.metadata.uid !== uid)) return
    if (resourceVersion && compareVersions(resourceVersion, known.metadata.resourceVersion) < 0) return
    this.#cache.remove(last)
  }
}
