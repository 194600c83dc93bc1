// What is told of how a registry is asked: the status of its budgets.

/**
 * Requests to one registry with one credential. All times are milliseconds, points in time those since 1970. Counts are those of
 * one process.
 */
export interface RegistryReport {
  /** `host` or `host:port` that is connected to. */
  registry: string
  /** `anonymous`, or what tells users of the registry apart without naming them: see credentialId. */
  credential: string
  /** Requests that were sent in the last hour, of all kinds. */
  requests: number
  /** Checks of the last hour that found nothing new: each would have been a pull. */
  pullsAvoided: number
  /** What is known of how much may be asked; empty: nothing, and nothing slows. */
  limits: readonly LimitReport[]
  /** What waits; empty: nothing. */
  delayed: readonly DelayReport[]
}

/** How much may be asked. */
export interface LimitReport {
  /** The administrator's configuration, or the headers of the registry's answers. */
  from: 'configuration' | 'registry'
  /** Requests in each window. */
  limit: number
  /** Of them, what is left: of what is configured to all servers together, of what the registry tells to whoever asks as this user. */
  remaining: number
  /** Length of the window. */
  window: number
  /** When the window begins anew, where the registry tells. */
  resets?: number
}

/** Something that waits for a budget. */
export interface DelayReport {
  /** Checks of whether tags have moved, or imports of tags that have. */
  what: 'checks' | 'imports'
  /** References that wait. */
  count: number
  reason: DelayReason
  /** The reason for people. */
  message: string
  /** When the next of them goes on, as far as that is known by now. */
  until: number
}

/**
 * The registry has said 429; it has told by headers that little is left; checks have used their share of the configured rate; or it cannot
 * be known what is left of that.
 */
export type DelayReason = 'RateLimited' | 'QuotaLow' | 'ConfiguredRate' | 'RateUnknown'
