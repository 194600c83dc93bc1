// Why a check of a tag comes later than its freshness promises, in one stable word. docs/spec/imports.md lists them; a test compares.
import type { DelayReason } from '../registries/report.ts'

/** Those of budgets, those of the schedule, and that of a tag that says something that cannot be. */
export const IMPORT_DELAYS = [
  'RateLimited',
  'QuotaLow',
  'ConfiguredRate',
  'RateUnknown',
  'BackOff',
  'Queued',
  'Invalid',
] as const satisfies readonly (DelayReason | 'BackOff' | 'Queued' | 'Invalid')[]

export type ImportDelayReason = (typeof IMPORT_DELAYS)[number]
