import type { Past } from './changeLog.ts'
import { compareKeys } from './keyOrder.ts'
import type { SortedEntries } from './sortedEntries.ts'
import type { Entry, ListRequest, Listing } from './store.ts'

/**
 * A page of the state at some revision: the current state, with what has changed since put back. `past` says for each key
 * that has changed how to read what it was, so that the cost follows the changes and not the history, and what does not
 * belong to the page is not read.
 */
export function listAt(
  state: SortedEntries,
  past: ReadonlyMap<string, Past>,
  request: Pick<ListRequest, 'prefix' | 'after' | 'limit'>,
): Omit<Listing, 'revision'> {
  const { prefix, after, limit = Infinity } = request
  const changed = [...past].filter(([key]) => after === undefined || compareKeys(key, after) > 0)
  const restored = changed.filter(([, read]) => read).toSorted(([a], [b]) => compareKeys(a, b))
  const present = changed.reduce((count, [key]) => count + (state.get(key) ? 1 : 0), 0)
  const total = state.count(prefix, after) - present + restored.length

  const entries: Entry[] = []
  let next = 0
  /** Puts back what lies before the key; undefined: all that is left. */
  const restore = (key?: string): void => {
    for (; next < restored.length && entries.length < limit; next++) {
      const [at, read] = restored[next]!
      if (key !== undefined && compareKeys(at, key) > 0) return
      entries.push(read!())
    }
  }
  for (const entry of state.range(prefix, after)) {
    if (entries.length >= limit) break
    if (past.has(entry.key)) continue
    restore(entry.key)
    if (entries.length < limit) entries.push(entry)
  }
  restore()
  return { entries, remaining: total - entries.length }
}
