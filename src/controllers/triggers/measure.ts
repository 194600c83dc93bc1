// What is measured of triggers.
import type { Counter, Metrics } from '../../core/machinery/metrics.ts'

/** Counts what triggers do, and what keeps them from it. */
export interface TriggerMeter {
  set: (kind: string) => Counter
  problem: (reason: string) => Counter
}

/** See above. */
export function triggerMeter(metrics: Metrics): TriggerMeter {
  return {
    set: metrics.counter({
      name: 'millrace_trigger_images_set_total',
      help: 'Images of workloads that were set to what a tag means, by kind of workload. What is set at write time is not among them.',
      labels: ['kind'],
    }),
    problem: metrics.counter({
      name: 'millrace_trigger_problems_total',
      help: 'Problems of triggers that were told by Events, by the reason of the Event.',
      labels: ['reason'],
    }),
  }
}
