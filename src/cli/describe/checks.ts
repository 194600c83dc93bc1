// What the server knows of the checks of scheduled tags, beside what the stream says. Whoever may not see it is shown the rest.
import type { ImageStream } from '../../core/image/types.ts'
import { tagName } from '../../core/image/names.ts'
import { isReason } from '../../core/machinery/status.ts'
import { REPORT_GROUP, REPORT_VERSION, type Import } from '../../core/report/types.ts'
import { isScheduled } from '../../core/schedule/tracked.ts'
import { unlessAborted } from '../../kube/backoff.ts'
import { listAll } from '../resource/read.ts'
import type { Session } from '../session.ts'

const IMPORTS = { group: REPORT_GROUP, version: REPORT_VERSION, plural: 'imports' }
/** Tags that are asked for one by one; of more all of the namespace are listed. */
const FEW = 10
/** Milliseconds: nobody waits longer for what need not be there. */
const PATIENCE = 5_000

/** By the name of the tag, STREAM:TAG. */
export interface Checks {
  of: ReadonlyMap<string, Import>
  /** Why it cannot be read. */
  problem?: string
}

/** Nothing is known, and nothing is wrong. */
export const NO_CHECKS: Checks = { of: new Map() }

/** Reads what is known of the scheduled tags of streams of the session's namespace. Never rejects; without such tags it asks for nothing. */
export async function readChecks(session: Session, streams: readonly ImageStream[]): Promise<Checks> {
  const names = streams.flatMap(({ metadata, spec }) =>
    (spec.tags ?? []).filter(isScheduled).map((tag) => tagName(metadata.name ?? '', tag.name)),
  )
  if (names.length === 0) return NO_CHECKS
  const signal = AbortSignal.timeout(PATIENCE)
  const { client, namespace } = session
  const read = (name: string) => client.get<Import>({ resource: IMPORTS, namespace, name }, { signal }).catch(absent)
  try {
    const found =
      names.length > FEW
        ? await listAll<Import>(session, { resource: IMPORTS, namespace }, '', signal).catch(absent)
        : await Promise.all(names.map(read))
    const reports = (found ?? []).filter((report) => report !== undefined)
    return { of: new Map(reports.map((report) => [report.metadata.name ?? '', report])) }
  } catch (error) {
    if (isReason(error, 'Forbidden') && !(await isOurs(session, signal))) return NO_CHECKS
    return { of: new Map(), problem: error instanceof Error ? error.message : String(error) }
  }
}

/**
 * Whether the server knows the group. Others refuse what they do not know to whoever may not read everything: access is looked at
 * before what there is.
 */
async function isOurs(session: Session, signal: AbortSignal): Promise<boolean> {
  try {
    await unlessAborted(session.raw(`/apis/${REPORT_GROUP}`), signal)
    return true
  } catch (error) {
    return !isReason(error, 'NotFound') && !isReason(error, 'Forbidden')
  }
}

/** Servers that are not ours have none, and a tag that was made just now has none yet. */
function absent(error: unknown): undefined {
  if (!isReason(error, 'NotFound')) throw error
}
