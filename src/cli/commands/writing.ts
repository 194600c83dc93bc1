import type { Command } from 'commander'
import { dryRun, type Writing } from '../dryRun.ts'
import { dryRunOption } from '../options.ts'

/** Options of a command that patches, as commander stores them. */
export interface WritingOptions {
  dryRun?: string
  fieldManager: string
}

/** Declares --dry-run and --field-manager. */
export function writingOptions(command: Command): Command {
  return dryRunOption(command).option('--field-manager <name>', 'who owns the fields that are written', 'kubectl-set')
}

/** What they say. Throws CommandError. */
export const writingOf = (options: WritingOptions): Writing => ({
  mode: dryRun(options.dryRun),
  fieldManager: options.fieldManager,
})
