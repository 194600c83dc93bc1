// What is measured of budgets. Credentials are no labels: whoever may read metrics need not know who asks whom.
import { bounded, type Metrics } from '../core/machinery/metrics.ts'
import { HOSTS } from './measure.ts'

/** Counts what is asked of registries, and what need not be. */
export interface BudgetMeter {
  request(registry: string, purpose: 'check' | 'import' | 'session'): void
  avoided(registry: string): void
  remaining(registry: string, requests: number): void
}

export function budgetMeter(metrics: Metrics): BudgetMeter {
  const requests = metrics.counter({
    name: 'millrace_registry_purpose_requests_total',
    help: `Requests that count against budgets by what they were for: check, import, session (finding out how to speak to a registry, and tokens of its own), by registry (${HOSTS} of them, then "other").`,
    labels: ['registry', 'purpose'],
  })
  const avoided = metrics.counter({
    name: 'millrace_pulls_avoided_total',
    help: `Checks that found nothing new, each of which would have been a pull, by registry (${HOSTS} of them, then "other").`,
    labels: ['registry'],
  })
  const remaining = metrics.gauge({
    name: 'millrace_registry_budget_remaining',
    help: `What a registry told last that is left of its limit, whichever credential that was for (${HOSTS} registries, then "other").`,
    labels: ['registry'],
  })
  const known = bounded(HOSTS)
  return {
    request: (registry, purpose) => requests(known(registry), purpose).inc(),
    avoided: (registry) => avoided(known(registry)).inc(),
    remaining: (registry, count) => remaining(known(registry)).set(count),
  }
}
