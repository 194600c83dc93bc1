import { CommandError } from './failure.ts'

/** none: do it; client: only show it; server: let the server try it. */
export type DryRun = 'none' | 'client' | 'server'

/** How an object is written, and in whose name. */
export interface Writing {
  mode: DryRun
  fieldManager: string
}

/** Reads --dry-run; a bare flag arrives as "client". */
export function dryRun(text: string | undefined): DryRun {
  if (text === undefined || text === '' || text === 'none' || text === 'false') return 'none'
  if (text === 'client' || text === 'unchanged' || text === 'true') return 'client'
  if (text === 'server') return 'server'
  throw new CommandError(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`)
}

/** What the name printer adds to an operation. */
export function dryRunSuffix(mode: DryRun): string {
  if (mode === 'none') return ''
  return mode === 'client' ? ' (dry run)' : ' (server dry run)'
}
