// One event in the words of the core group and in those of events.k8s.io.
import type { Event, NewEvent } from './types/event.ts'

/** Drops what is undefined, so that objects compare. */
const present = (object: object): object =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))

const withoutType = <T extends object>(object: T): T => {
  const { kind: _1, apiVersion: _2, ...rest } = object as T & { kind?: string; apiVersion?: string }
  return rest as unknown as T
}

/** The event as events.k8s.io/v1 shows it. */
export function toNewEvent(event: Event): NewEvent {
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, reportingComponent, series, ...same } =
    withoutType(event)
  return present({
    ...same,
    series: series && { count: series.count ?? 0, lastObservedTime: series.lastObservedTime ?? null },
    reportingController: reportingComponent || undefined,
    regarding: involvedObject,
    note: message,
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
    deprecatedCount: count,
  }) as NewEvent
}

/** The event as v1 shows it. */
export function fromNewEvent(event: NewEvent): Event {
  const {
    regarding,
    note,
    deprecatedSource,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    deprecatedCount,
    reportingController = '',
    reportingInstance = '',
    ...same
  } = withoutType(event)
  return present({
    ...same,
    involvedObject: regarding,
    message: note,
    source: deprecatedSource,
    firstTimestamp: deprecatedFirstTimestamp,
    lastTimestamp: deprecatedLastTimestamp,
    count: deprecatedCount,
    reportingComponent: reportingController,
    reportingInstance,
  }) as Event
}
