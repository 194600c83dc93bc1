// What is measured of scheduled checks.
import type { Metrics } from '../../core/machinery/metrics.ts'
import type { DelayReason } from '../../core/registries/report.ts'

/** Seconds. */
const LATE_BUCKETS = [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300]

/** Counts checks. */
export interface CheckMeter {
  checked(outcome: 'unchanged' | 'changed' | 'failed'): void
  /** Seconds from when a check was due until it was sent. */
  late(seconds: number): void
  /** A check, or the import of what has moved, was put off. */
  delayed(reason: DelayReason): void
  /** When that source was checked last which is longest ago, in milliseconds since 1970. */
  oldest(at: number): void
  /** Sources that are tracked. */
  tracked(count: number): void
}

export function checkMeter(metrics: Metrics): CheckMeter {
  const checks = metrics.counter({
    name: 'millrace_checks_total',
    help: 'Scheduled checks of tags by outcome: unchanged (a pull avoided), changed, failed.',
    labels: ['outcome'],
  })
  const late = metrics.histogram({
    name: 'millrace_check_lateness_seconds',
    help: 'Time from when a scheduled check was due until it was sent.',
    labels: [],
    buckets: LATE_BUCKETS,
  })()
  const delayed = metrics.counter({
    name: 'millrace_checks_delayed_total',
    help: 'Scheduled checks, and imports of what they found, that were put off, by reason: RateLimited (the registry asked to wait), QuotaLow (it told that little is left), ConfiguredRate, RateUnknown (what is left of that is not known).',
    labels: ['reason'],
  })
  const oldest = metrics.gauge({
    name: 'millrace_oldest_check_timestamp_seconds',
    help: 'When that reference was checked last (or first followed) which is longest ago, in seconds since 1970; 0: none is tracked.',
    labels: [],
  })()
  const tracked = metrics.gauge({
    name: 'millrace_tracked_references',
    help: 'References of registries that are checked on a schedule, each once however many streams follow it.',
    labels: [],
  })()
  return {
    checked: (outcome) => checks(outcome).inc(),
    late: (seconds) => late.observe(Math.max(0, seconds)),
    delayed: (reason) => delayed(reason).inc(),
    oldest: (at) => oldest.set(at / 1000),
    tracked: (count) => tracked.set(count),
  }
}
