import type { DeleteRequest } from '../../core/machinery/client.ts'
import type { DryRun } from '../dryRun.ts'
import { CommandError } from '../failure.ts'
import { parseDuration } from '../goDuration.ts'

/** How `delete` deletes, as typed. */
export interface RawDeletion {
  cascade?: string
  gracePeriod?: string
  now?: boolean
  force?: boolean
  timeout?: string
}

/** Flags of `delete`. */
export interface DeleteFlags {
  selector: string
  all: boolean
  ignoreNotFound: boolean
  wait: boolean
  mode: DryRun
  /** A namespace was asked for: that of the context does not count. */
  namespaced: boolean
  deletion: Deletion
}

/** How `delete` deletes, and how long it waits for that. */
export interface Deletion {
  request: Pick<DeleteRequest, 'propagationPolicy' | 'gracePeriodSeconds'>
  forced: boolean
  /** Milliseconds for one object; Infinity: as long as it takes. */
  timeout: number
}

/** The values of --cascade, which used to be true or false. */
const CASCADES: Readonly<Record<string, DeleteRequest['propagationPolicy']>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
  true: 'Background',
  false: 'Orphan',
}

/** Checks flags as kubectl does: without --force a grace period of 0 is one of 1. Throws CommandError. */
export function parseDeletion(raw: RawDeletion): Deletion {
  const { cascade = 'background', now = false, force = false } = raw
  const propagationPolicy = Object.hasOwn(CASCADES, cascade) ? CASCADES[cascade] : undefined
  if (!propagationPolicy) {
    throw new CommandError(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`)
  }
  const given = gracePeriod(raw.gracePeriod)
  if (now && given !== undefined) throw new CommandError('--now and --grace-period cannot be specified together')
  const asked = now ? 1 : given === 0 && !force ? 1 : (given ?? (force ? 0 : undefined))
  if (force && asked) {
    throw new CommandError('--force and --grace-period greater than 0 cannot be specified together')
  }
  const request = { propagationPolicy, ...(asked !== undefined && { gracePeriodSeconds: asked }) }
  return { request, forced: asked === 0, timeout: parseDuration(raw.timeout ?? '0') || Infinity }
}

/** Seconds; what is negative means the default of the object, as in kubectl. */
function gracePeriod(text: string | undefined): number | undefined {
  if (text === undefined || /^-[0-9]{1,9}$/.test(text)) return undefined
  if (!/^[0-9]{1,9}$/.test(text)) throw new CommandError(`--grace-period must be a number of seconds, not "${text}"`)
  return Number(text)
}
