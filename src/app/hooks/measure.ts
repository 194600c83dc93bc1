// What is measured of deliveries to receivers.
import { bounded, type Metrics } from '../../core/machinery/metrics.ts'

/** Receivers that are told apart. */
const RECEIVERS = 50

/**
 * accepted: it tells of pushes. ignored: of something else. repeated: it has come before. refused: it does not show the secret, or there is no such receiver.
 * malformed: it cannot be read. limited: there are too many, or its body takes too long. failed: our fault.
 */
export type Outcome = 'accepted' | 'ignored' | 'repeated' | 'refused' | 'malformed' | 'limited' | 'failed'

/** Measures deliveries. */
export class HookMeter {
  readonly #deliveries
  readonly #checks
  readonly #known = bounded(RECEIVERS)

  constructor(metrics: Metrics) {
    this.#deliveries = metrics.counter({
      name: 'millrace_hook_deliveries_total',
      help:
        'Deliveries of webhooks by receiver ("": none that is known) and outcome: accepted, ignored (no push), repeated, ' +
        'refused (without the secret), malformed, limited (too many, or too slow), failed.',
      labels: ['receiver', 'outcome'],
    })
    this.#checks = metrics.counter({
      name: 'millrace_hook_checks_total',
      help: 'Tracked references that deliveries of webhooks had checked at once.',
      labels: ['receiver'],
    })
  }

  delivered(receiver: string, outcome: Outcome): void {
    this.#deliveries(this.#known(receiver), outcome).inc()
  }

  checked(receiver: string, references: number): void {
    const counter = this.#checks(this.#known(receiver))
    for (let i = 0; i < references; i++) counter.inc()
  }
}
