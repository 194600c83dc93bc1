// What every process of Node tells of itself, under the names that the library's users know; and which version this is.
import PrometheusCounter from '@prometheus-io/client/lib/counter.js'
import eventLoopLag from '@prometheus-io/client/lib/metrics/eventLoopLag.js'
import gc from '@prometheus-io/client/lib/metrics/gc.js'
import heap from '@prometheus-io/client/lib/metrics/heapSizeAndUsed.js'
import memory from '@prometheus-io/client/lib/metrics/osMemoryHeap.js'
import maximumDescriptors from '@prometheus-io/client/lib/metrics/processMaxFileDescriptors.js'
import openDescriptors from '@prometheus-io/client/lib/metrics/processOpenFileDescriptors.js'
import startTime from '@prometheus-io/client/lib/metrics/processStartTime.js'
import nodeVersion from '@prometheus-io/client/lib/metrics/version.js'
import type { PrometheusMetrics } from './prometheus.ts'

/**
 * Milliseconds between two looks at the event loop, which are part of the numbers. More often costs an idle process more: 0.3 % of
 * a core at 10.
 */
const LOOP_PRECISION = 20

/** Declares them. Left out is what costs most and tells least: spaces of the heap, handles, and a timer that runs all the time. */
export function processMetrics(metrics: PrometheusMetrics, version: string): void {
  const { registry } = metrics
  metrics
    .gauge({ name: 'millrace_build_info', help: 'Always 1; the version of Millrace.', labels: ['version'] })(version)
    .set(1)
  // The library's own takes OpenTelemetry's API along.
  const seconds = new PrometheusCounter({
    name: 'process_cpu_seconds_total',
    help: 'Total user and system CPU time spent in seconds.',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage()
      seconds.reset()
      seconds.inc((user + system) / 1e6)
    },
  })
  for (const add of [startTime, memory, openDescriptors, maximumDescriptors, heap, gc, nodeVersion]) add(registry)
  eventLoopLag(registry, { eventLoopMonitoringPrecision: LOOP_PRECISION })
}
