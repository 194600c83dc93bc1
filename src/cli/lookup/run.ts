import { dryRunSuffix, type Writing } from '../dryRun.ts'
import { CommandError, Failures, failureText } from '../failure.ts'
import { formatObject, outputFormat } from '../print/object.ts'
import { SET, tabulate } from '../print/tabulate.ts'
import { knownKind, mergeType } from '../resource/kinds.ts'
import { listObjects } from '../resource/read.ts'
import { select, type Selected, type Selection } from '../resource/select.ts'
import type { Session } from '../session.ts'
import { lookupPatch, readLookup } from './lookup.ts'

/** Flags of `set image-lookup`. */
export interface LookupFlags {
  list: boolean
  enabled: boolean
}

/** `set image-lookup`. */
export async function setImageLookup(
  session: Session,
  selection: Selection,
  flags: LookupFlags,
  { mode, fieldManager }: Writing,
): Promise<void> {
  const format = outputFormat(session.output)
  const { args, all } = selection
  if (selection.local && args.length > 0) throw new CommandError('pass files with -f when using --local')
  const items = await chosen(session, selection, flags.list)
  if (flags.list || (format === '' && args.length === 0 && !all)) {
    const rows = items.map(({ kind, object }) => `${nameOf(kind.plural, object)}\t${readLookup(object)}`)
    session.out(tabulate(`${['NAME\tLOCAL', ...rows].join('\n')}\n`, SET))
    return
  }
  const failures: string[] = []
  for (const { kind, object } of items) {
    const patch = lookupPatch(object, flags.enabled)
    if (!patch) continue
    const { name = '', namespace } = object.metadata
    const options = { fieldManager, dryRun: mode === 'server' }
    try {
      const local = selection.local || mode === 'client'
      const target = { resource: kind, namespace, name }
      const written = local ? object : await session.client.patch(target, mergeType(kind), patch, options)
      const typed = { ...written, kind: object.kind!, apiVersion: object.apiVersion! }
      session.out(await formatObject(typed, format, `image lookup updated${dryRunSuffix(mode)}`))
    } catch (error) {
      failures.push(`error: failed to patch image lookup: ${failureText(error).replace(/^error: /i, '')}`)
    }
  }
  if (failures.length > 0) throw new Failures(failures)
}

/** Bare names are streams, or, to be listed, types; without any, all streams of the namespace. */
async function chosen(session: Session, selection: Selection, list: boolean): Promise<Selected[]> {
  const streams = knownKind('imagestreams')!
  const { args, files, all, selector } = selection
  if (args.length === 0 && files.length === 0)
    return (await listObjects(session, streams, selector)).map((object) => ({ kind: streams, object }))
  if (list && args[0] && knownKind(args[0])) {
    return (await select(session, { ...selection, all: all || (args.length === 1 && !selector) })).items
  }
  const named = args.map((name) => (name.includes('/') ? name : `imagestreams/${name}`))
  return (await select(session, { ...selection, args: named })).items
}

function nameOf(plural: string, { metadata }: Selected['object']): string {
  return plural === 'imagestreams' ? (metadata.name ?? '') : `${plural}/${metadata.name}`
}
