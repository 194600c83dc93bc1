import type { SortedEntries } from './sortedEntries.ts'
import { compareKeys } from './keyOrder.ts'
import type { Entry, ListRequest, Listing } from './store.ts'

/**
 * A page of the state at some revision: the current state, with what has changed since put back. `past` says for each key
 * that has changed what it was (undefined: not there), so that the cost follows the changes and not the history.
 */
export function listAt(
  state: SortedEntries,
  past: ReadonlyMap<string, Entry | undefined>,
  request: Pick<ListRequest, 'prefix' | 'after' | 'limit'>,
): Omit<Listing, 'revision'> {
  const { prefix, after, limit = Infinity } = request
  const changed = [...past].filter(([key]) => after === undefined || compareKeys(key, after) > 0)
  const restored = changed.flatMap(([, entry]) => entry ?? []).toSorted((a, b) => compareKeys(a.key, b.key))
  const present = changed.reduce((count, [key]) => count + (state.get(key) ? 1 : 0), 0)
  const total = state.count(prefix, after) - present + restored.length

  const entries: Entry[] = []
  let next = 0
  for (const entry of state.range(prefix, after)) {
    if (entries.length >= limit) break
    if (past.has(entry.key)) continue
    while (next < restored.length && entries.length < limit && compareKeys(restored[next]!.key, entry.key) < 0) {
      entries.push(restored[next++]!)
    }
    if (entries.length < limit) entries.push(entry)
  }
  while (next < restored.length && entries.length < limit) entries.push(restored[next++]!)
  return { entries, remaining: total - entries.length }
}
