// Reports: what a schedule knows of each tag, for people.
import { latestEvent } from '../../core/image/access.ts'
import { tagName } from '../../core/image/names.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { formatTime } from '../../core/machinery/object.ts'
import { exact } from '../../core/oci/reference.ts'
import type { ImportReporter, Place } from '../../core/report/reporter.ts'
import type { Import, ImportDelay, ImportError } from '../../core/report/types.ts'
import { refreshText } from '../../core/schedule/freshness.ts'
import { importFailure } from '../../core/schedule/verdict.ts'
import type { Reflector } from '../../kube/reflector.ts'
import type { Book, Entry, Follower } from './book.ts'

/** What reports are made from. Times are milliseconds of the schedule's clock. */
export interface ReportSources {
  book: Book
  streams: Pick<Reflector<ImageStream>, 'get'>
  /** When a source is due; undefined while it is being checked. */
  nextCheck(source: string): number | undefined
  /** Until when a host is left alone, and how often in a row it has asked for that; undefined when it is not. */
  held(host: string): { until: number; times: number } | undefined
}

/** See above. */
export function importReporter(sources: ReportSources): ImportReporter {
  const { book } = sources
  const report = (follower: Follower, entry: Entry): Import => importReport(follower, entry, sources)
  return {
    get(namespace, stream, tag) {
      const found = book.tracked(`${namespace}/${stream}`, tag)
      return found && report(found.follower, found.entry)
    },
    *list(namespace: string, behind?: Place) {
      for (const { follower, entry } of book.followers(namespace, behind)) yield report(follower, entry)
    },
  }
}

function importReport(follower: Follower, entry: Entry, sources: ReportSources): Import {
  const { namespace, tag, refresh } = follower
  const name = follower.stream.slice(namespace.length + 1)
  const stream = sources.streams.get(namespace, name)
  const changed = stream && latestEvent(stream, tag)?.created
  const next = sources.nextCheck(entry.source.key)
  const lastError = errorOf(follower, stream)
  const delay = delayOf(entry, next, sources)
  const { labels } = stream?.metadata ?? {}
  return {
    metadata: { name: tagName(name, tag), namespace, ...(labels && { labels }) },
    spec: { reference: exact(entry.source.named), refresh: refreshText(refresh) },
    status: {
      ...(entry.known && { digest: entry.known.digest }),
      ...(entry.checked !== undefined && { lastCheck: timeOf(entry.checked) }),
      ...(next !== undefined && { nextCheck: timeOf(next) }),
      ...(changed && { lastChange: changed }),
      ...(lastError && { lastError }),
      ...(delay && { delay }),
    },
  }
}

/** That of the stream's condition, which is there for longer than this process; else that of a check that was not worth an import. */
function errorOf({ tag, failing }: Follower, stream: ImageStream | undefined): ImportError | undefined {
  const failure = stream && importFailure(stream, tag)
  if (failure) {
    const { reason, message, since } = failure
    return { reason, ...(message && { message }), ...(since && { since }) }
  }
  return failing && { reason: failing.reason, message: failing.message, since: timeOf(failing.since) }
}

function delayOf(
  { source, busy, asking, failures }: Entry,
  next: number | undefined,
  sources: ReportSources,
): ImportDelay | undefined {
  const host = sources.held(source.host)
  const delay = (reason: string, message: string, until: number | undefined): ImportDelay => ({
    reason,
    message,
    ...(until !== undefined && { until: timeOf(until) }),
  })
  if (host) {
    const times = host.times === 1 ? '' : `, for the ${host.times}th time in a row`
    return delay('RateLimited', `${source.host} asks to wait${times}`, next)
  }
  if (busy && !asking) return delay('Queued', `other checks of ${source.host} are under way`, undefined)
  if (failures > 1) return delay('BackOff', `${failures} checks have failed in a row`, next)
  return undefined
}

const timeOf = (milliseconds: number): string => formatTime(new Date(milliseconds))
