// Field numbers of io.k8s.api.events.v1, as numbers.ts reads them.
export const events = {
  Event: `
    metadata eventTime series reportingController reportingInstance action reason regarding related note type
    deprecatedSource deprecatedFirstTimestamp deprecatedLastTimestamp deprecatedCount`,
  EventSeries: 'count lastObservedTime',
}
