// Reports: what a schedule knows of each tag, for people.
import { latestEvent, specTag } from '../../core/image/access.ts'
import { POLICY } from '../../core/image/annotations.ts'
import { tagName } from '../../core/image/names.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { formatTime } from '../../core/machinery/object.ts'
import { asRepository } from '../../core/oci/forms.ts'
import { exact } from '../../core/oci/reference.ts'
import type { ImportDelayReason } from '../../core/report/delays.ts'
import type { ImportReporter, Place } from '../../core/report/reporter.ts'
import type { Import, ImportDelay, ImportError } from '../../core/report/types.ts'
import { refreshText } from '../../core/schedule/freshness.ts'
import { ALL_TAGS } from '../../core/schedule/source.ts'
import { importFailure } from '../../core/schedule/verdict.ts'
import type { Reflector } from '../../kube/reflector.ts'
import type { Budgets } from '../../registry/budgets.ts'
import type { Book, Followed } from './book.ts'

/** What reports are made from. Times are milliseconds of the schedule's clock. */
export interface ReportSources {
  book: Book
  streams: Pick<Reflector<ImageStream>, 'get'>
  /** When a source is due; undefined while it is being checked, or waits for a budget. */
  nextCheck(source: string): number | undefined
  /** What keeps checks back. */
  budgets: Pick<Budgets, 'delayed' | 'held'>
}

/** See above. */
export function importReporter(sources: ReportSources): ImportReporter {
  const { book } = sources
  return {
    get(namespace, stream, tag) {
      const followed = book.tracked(`${namespace}/${stream}`, tag)
      return followed.length > 0 ? importReport(followed, sources) : undefined
    },
    *list(namespace: string, behind?: Place) {
      for (const followed of book.tags(namespace, behind)) yield importReport(followed, sources)
    },
  }
}

/** Of a tag. One that follows a policy follows a list of tags, and the image that is chosen from it. */
function importReport(followed: readonly Followed[], sources: ReportSources): Import {
  const { namespace, tag, refresh, stream: key } = followed[0]!.follower
  const name = key.slice(namespace.length + 1)
  const stream = sources.streams.get(namespace, name)
  const image = followed.find(({ entry }) => entry.source.reference !== ALL_TAGS)?.entry
  const policy = stream && specTag(stream, tag)?.annotations?.[POLICY]
  const changed = stream && latestEvent(stream, tag)?.created
  const checked = followed.flatMap(({ entry }) => entry.checkedAt ?? [])
  const pending = followed.map((each) => pendingOf(each, sources))
  const next = pending.flatMap((each) => each.next ?? [])
  const lastError = errorOf(followed, tag, stream)
  const delay = pending.find((each) => each.delay)?.delay
  const { labels } = stream?.metadata ?? {}
  return {
    metadata: { name: tagName(name, tag), namespace, ...(labels && { labels }) },
    spec: {
      reference: image ? exact(image.source.named) : exact(asRepository(followed[0]!.entry.source.named)),
      ...(policy !== undefined && { policy }),
      refresh: refreshText(refresh),
    },
    status: {
      ...(image?.known && { digest: image.known.digest }),
      ...(checked.length > 0 && { lastCheck: timeOf(Math.max(...checked)) }),
      // What is being asked now will have been asked before anything else is.
      ...(next.length === followed.length && { nextCheck: timeOf(Math.min(...next)) }),
      ...(changed && { lastChange: changed }),
      ...(lastError && { lastError }),
      ...(delay && { delay }),
    },
  }
}

/** That of the stream's condition, which is there for longer than this process; else that of a check that was not worth an import. */
function errorOf(followed: readonly Followed[], tag: string, stream: ImageStream | undefined): ImportError | undefined {
  const failure = stream && importFailure(stream, tag)
  if (failure) {
    const { reason, message, since } = failure
    return { reason, ...(message && { message }), ...(since && { since }) }
  }
  const failing = followed.find(({ follower }) => follower.failing)?.follower.failing
  return failing && { reason: failing.reason, message: failing.message, since: timeOf(failing.since) }
}

/** When something is checked next for a follower, as far as that is known, and what keeps it from being checked when it would be due. */
function pendingOf(
  { follower, entry }: Followed,
  sources: ReportSources,
): { next?: number | undefined; delay?: ImportDelay } {
  const { source, busy, asking, failures, waiting } = entry
  const next = sources.nextCheck(source.key)
  const place = waiting.get(follower.namespace)
  const waits = place && sources.budgets.delayed(place.account, place.what)
  if (waits) {
    const { what, reason, message, until } = waits
    const said = what === 'imports' ? `it has moved, and its import waits: ${message}` : message
    return { next: until, delay: delayOf(reason, said, until) }
  }
  const { failing } = follower
  const held = failing?.account === undefined ? undefined : sources.budgets.held(failing.account)
  if (held) {
    const until = Math.max(held.until, next ?? 0)
    return { next: next && until, delay: delayOf(held.reason, held.message, until) }
  }
  if (busy && !asking) return { delay: delayOf('Queued', `other checks of ${source.host} are under way`, undefined) }
  if (failures > 1) return { next, delay: delayOf('BackOff', `${failures} checks have failed in a row`, next) }
  return { next }
}

function delayOf(reason: ImportDelayReason, message: string, until: number | undefined): ImportDelay {
  return { reason, message, ...(until !== undefined && { until: timeOf(until) }) }
}

const timeOf = (milliseconds: number): string => formatTime(new Date(milliseconds))
