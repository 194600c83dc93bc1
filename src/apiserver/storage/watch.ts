import type { KubeObject, WatchEvent } from '../../core/machinery/object.ts'
import type { Context, WatchOptions } from '../../core/machinery/resource.ts'
import { expired } from '../../core/machinery/status.ts'
import { type Change, Compacted, type Entry, SlowWatcher } from '../../store/store.ts'
import { type Definition, prefixFor, present } from './definition.ts'
import { list, parseVersion, readable } from './list.ts'
import { matcher } from './match.ts'

/** Bookmarks come about once a minute, as a kube-apiserver sends them. Milliseconds. */
const BOOKMARK_INTERVAL = 60_000
/** How long before its end a watch tells how far it has come: the next one need not begin further back. Milliseconds. */
const BEFORE_END = 500

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end'

/**
 * What a watch shows: the current state first, unless it starts at a revision or does not want that, then every change, until the signal
 * aborts.
 */
export async function* watch<T extends KubeObject>(
  d: Definition<T>,
  context: Context,
  options: WatchOptions,
): AsyncGenerator<WatchEvent<T>> {
  const prefix = prefixFor(d, context.namespace)
  const matches = matcher(d, options)
  const { resourceVersion, timeout = Infinity } = options
  const end = performance.now() + timeout
  const startsAnywhere = !resourceVersion || resourceVersion === '0'
  let revision: number
  if (options.sendInitialEvents ?? startsAnywhere) {
    const selectors = {
      ...(options.labels && { labels: options.labels }),
      ...(options.fields && { fields: options.fields }),
    }
    const now = await list(d, context, { ...selectors, ...(resourceVersion && { resourceVersion }) })
    for (const object of now.items) yield { type: 'ADDED', object }
    revision = Number(now.metadata.resourceVersion)
    if (options.sendInitialEvents && options.allowBookmarks) yield bookmark(revision, { [INITIAL_EVENTS_END]: 'true' })
  } else {
    revision = startsAnywhere ? await d.store.revision(prefix) : parseVersion(resourceVersion)
  }
  try {
    yield* follow(d, prefix, revision, matches, options.allowBookmarks ? bookmarkTimes(end) : undefined, context.signal)
  } catch (error) {
    if (error instanceof Compacted) throw expired(`too old resource version: ${revision} (${error.oldest})`)
    if (error instanceof SlowWatcher) throw expired('this watch did not keep up with the changes; list and watch again')
    throw readable(error)
  }
}

async function* follow<T extends KubeObject>(
  d: Definition<T>,
  prefix: string,
  revision: number,
  matches: (object: T) => boolean,
  times: (() => number) | undefined,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  const changes = d.store.watch(prefix, revision, signal)[Symbol.asyncIterator]()
  let timer = times && tick(times())
  try {
    let next = changes.next()
    for (;;) {
      const result = await (timer ? Promise.race([next, timer.elapsed]) : next)
      if (result === 'tick') {
        timer = tick(times!())
        const current = await d.store.revision(prefix)
        if (await isIdle(next)) yield bookmark(current)
        continue
      }
      if (result.done) return
      const event = toEvent(d, result.value, matches)
      if (event) yield event
      next = changes.next()
    }
  } finally {
    timer?.cancel()
    await changes.return?.()
  }
}

/** True when nothing at or before a revision that was just read is still on its way: a bookmark must not overtake it. */
async function isIdle(next: Promise<unknown>): Promise<boolean> {
  let arrived = false
  void next.then(
    () => (arrived = true),
    () => (arrived = true),
  )
  await new Promise((resolve) => setImmediate(resolve))
  return !arrived
}

/** Milliseconds from now until the next bookmark of a watch with this end. */
function bookmarkTimes(end: number): () => number {
  return () => {
    const left = end - BEFORE_END - performance.now()
    // A timer may be early by a part of a millisecond.
    return left > 0 ? Math.min(Math.ceil(left) + 1, BOOKMARK_INTERVAL) : BOOKMARK_INTERVAL
  }
}

function tick(milliseconds: number): { elapsed: Promise<'tick'>; cancel(): void } {
  const { promise, resolve } = Promise.withResolvers<'tick'>()
  const timer = setTimeout(() => resolve('tick'), milliseconds)
  return { elapsed: promise, cancel: () => clearTimeout(timer) }
}

/** A change as this watch sees it: objects can enter and leave a selection without being created or deleted. */
function toEvent<T extends KubeObject>(
  d: Definition<T>,
  change: Change,
  matches: (object: T) => boolean,
): WatchEvent<T> | undefined {
  const now = present(d, change.entry)
  const before = change.previous && present(d, change.previous)
  const was = before !== undefined && matches(before)
  if (change.type === 'deleted') return was ? { type: 'DELETED', object: now } : undefined
  const is = matches(now)
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: now }
  return was ? { type: 'DELETED', object: at(before, change.entry) } : undefined
}

/** The last selected state with the revision at which it left. */
function at<T extends KubeObject>(object: T, entry: Entry): T {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(entry.revision) } }
}

function bookmark<T extends KubeObject>(revision: number, annotations?: Record<string, string>): WatchEvent<T> {
  const object: KubeObject = { metadata: { resourceVersion: String(revision), ...(annotations && { annotations }) } }
  return { type: 'BOOKMARK', object: object as T }
}
