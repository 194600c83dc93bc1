import type { Metrics } from '../../core/machinery/metrics.ts'

/** Shows in metrics whether this replica leads, under the name of client-go: 1 while `work` runs. */
export function measuredMastership<A extends unknown[]>(
  metrics: Metrics,
  name: string,
  work: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  const status = metrics.gauge({
    name: 'leader_election_master_status',
    help: 'Whether this replica leads (1) or not (0). Over all replicas the sum should be 1.',
    labels: ['name'],
  })(name)
  return async (...args) => {
    status.set(1)
    try {
      await work(...args)
    } finally {
      status.set(0)
    }
  }
}
