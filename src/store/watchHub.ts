// The live watches of a store, by prefix: a write wakes those whose prefix it has, in the same step.
import type { Change } from './store.ts'
import type { Watcher } from './watcher.ts'

/** Hands changes to the watchers whose prefix they fall under. */
export class WatchHub {
  readonly #byPrefix = new Map<string, Set<Watcher>>()

  join(watcher: Watcher): void {
    const watchers = this.#byPrefix.get(watcher.prefix)
    if (watchers) watchers.add(watcher)
    else this.#byPrefix.set(watcher.prefix, new Set([watcher]))
  }

  leave(watcher: Watcher): void {
    const watchers = this.#byPrefix.get(watcher.prefix)
    watchers?.delete(watcher)
    if (watchers?.size === 0) this.#byPrefix.delete(watcher.prefix)
  }

  /** Ends all watches. */
  end(): void {
    for (const watchers of this.#byPrefix.values()) for (const watcher of watchers) watcher.end()
  }

  notify(change: Change): void {
    for (const [prefix, watchers] of this.#byPrefix) {
      if (!change.entry.key.startsWith(prefix)) continue
      for (const watcher of watchers) watcher.push(change)
    }
  }
}
