// Why a check of a tag comes later than its freshness promises, in one stable word. docs/spec/imports.md lists them; a test compares.
import type { DelayReason } from '../registries/report.ts'

/** Those of budgets, then those of the schedule. */
export const IMPORT_DELAYS = [
  'RateLimited',
  'QuotaLow',
  'ConfiguredRate',
  'BackOff',
  'Queued',
] as const satisfies readonly (DelayReason | 'BackOff' | 'Queued')[]

export type ImportDelayReason = (typeof IMPORT_DELAYS)[number]
