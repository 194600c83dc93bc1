// Reports: what a schedule knows of each tag, for people.
import { latestEvent, specTag } from '../../core/image/access.ts'
import { POLICY } from '../../core/image/annotations.ts'
import { tagName } from '../../core/image/names.ts'
import type { ImageStream, TagReference } from '../../core/image/types.ts'
import { formatTime } from '../../core/machinery/object.ts'
import { asRepository } from '../../core/oci/forms.ts'
import { exact } from '../../core/oci/reference.ts'
import type { ImportDelayReason } from '../../core/report/delays.ts'
import type { ImportReporter, Place } from '../../core/report/reporter.ts'
import type { Import, ImportDelay, ImportError } from '../../core/report/types.ts'
import { freshnessOf, refreshText } from '../../core/schedule/freshness.ts'
import { ALL_TAGS } from '../../core/schedule/source.ts'
import { isScheduled, untrackable } from '../../core/schedule/tracked.ts'
import { importFailure } from '../../core/schedule/verdict.ts'
import type { Reflector } from '../../kube/reflector.ts'
import type { Budgets } from '../../registry/budgets.ts'
import type { Book, Followed } from './book.ts'

/** What reports are made from. Times are milliseconds of the schedule's clock. */
export interface ReportSources {
  book: Book
  streams: Pick<Reflector<ImageStream>, 'get' | 'list'>
  /** Freshness in milliseconds, where neither tag nor stream says. */
  refresh(): number
  /** When a source is due; undefined while it is being checked, or waits for a budget. */
  nextCheck(source: string): number | undefined
  /** What keeps checks back. */
  budgets: Pick<Budgets, 'delayed' | 'held'>
}

/** See above. */
export function importReporter(sources: ReportSources): ImportReporter {
  const { streams } = sources
  return {
    get(namespace, name, tag) {
      const stream = streams.get(namespace, name)
      const spec = stream && specTag(stream, tag)
      return spec && reportOf(stream, spec, sources)
    },
    *list(namespace: string, behind?: Place) {
      // Only names are copied.
      const found = streams.list(namespace || undefined).map((stream) => ({ stream, key: keyOf(stream) }))
      const wanted = behind ? found.filter(({ key }) => key >= behind.stream) : found
      for (const { stream, key } of wanted.sort((a, b) => compare(a.key, b.key))) {
        const from = behind?.stream === key ? behind.tag : undefined
        const tags = (stream.spec.tags ?? []).filter(({ name }) => from === undefined || name > from)
        for (const tag of tags.sort((a, b) => compare(a.name, b.name))) {
          const report = reportOf(stream, tag, sources)
          if (report) yield report
        }
      }
    },
  }
}

const keyOf = ({ metadata }: ImageStream): string => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** undefined: nothing is checked, and nothing would be if all were right. */
function reportOf(stream: ImageStream, tag: TagReference, sources: ReportSources): Import | undefined {
  const followed = sources.book.tracked(keyOf(stream), tag.name)
  if (followed.length > 0) return importReport(stream, tag, followed, sources)
  const wrong = isScheduled(tag) && !stream.metadata.deletionTimestamp ? untrackable(stream, tag) : undefined
  if (!wrong) return undefined
  const { refresh } = freshnessOf(stream, tag, sources.refresh())
  const failure = failureOf(stream, tag.name)
  const changed = latestEvent(stream, tag.name)?.created
  return {
    ...headOf(stream, tag, tag.from?.name ?? '', refresh),
    status: {
      ...(changed && { lastChange: changed }),
      lastError: failure?.reason === wrong.reason ? failure : wrong,
      delay: delayOf('Invalid', 'nothing is checked until the tag is put right', undefined),
    },
  }
}

function headOf(
  { metadata: { name = '', namespace = '', labels } }: ImageStream,
  tag: TagReference,
  reference: string,
  refresh: number,
): Pick<Import, 'metadata' | 'spec'> {
  const policy = tag.annotations?.[POLICY]
  return {
    metadata: { name: tagName(name, tag.name), namespace, ...(labels && { labels }) },
    spec: { reference, ...(policy !== undefined && { policy }), refresh: refreshText(refresh) },
  }
}

/** Of a tag that is checked. One that follows a policy follows a list of tags, and the image that is chosen from it. */
function importReport(
  stream: ImageStream,
  spec: TagReference,
  followed: readonly Followed[],
  sources: ReportSources,
): Import {
  const { tag, refresh } = followed[0]!.follower
  const image = followed.find(({ entry }) => entry.source.reference !== ALL_TAGS)?.entry
  const changed = latestEvent(stream, tag)?.created
  const checked = followed.flatMap(({ entry }) => entry.checkedAt ?? [])
  const pending = followed.map((each) => pendingOf(each, sources))
  const next = pending.flatMap((each) => each.next ?? [])
  const lastError = errorOf(followed, tag, stream)
  const delay = pending.find((each) => each.delay)?.delay
  const reference = image ? exact(image.source.named) : exact(asRepository(followed[0]!.entry.source.named))
  return {
    ...headOf(stream, spec, reference, refresh),
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
function errorOf(followed: readonly Followed[], tag: string, stream: ImageStream): ImportError | undefined {
  const failure = failureOf(stream, tag)
  if (failure) return failure
  const failing = followed.find(({ follower }) => follower.failing)?.follower.failing
  return failing && { reason: failing.reason, message: failing.message, since: timeOf(failing.since) }
}

/** What the stream's condition says. */
function failureOf(stream: ImageStream, tag: string): ImportError | undefined {
  const failure = importFailure(stream, tag)
  if (!failure) return undefined
  const { reason, message, since } = failure
  return { reason, ...(message && { message }), ...(since && { since }) }
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
    // It is checked while its import waits.
    return { next: what === 'imports' ? next : until, delay: delayOf(reason, said, until) }
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
