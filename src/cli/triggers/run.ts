import type { WorkloadKind } from '../../core/image/workloads.ts'
import { dryRunSuffix, type Writing } from '../dryRun.ts'
import { CommandError, Failures, failureText } from '../failure.ts'
import { formatObject, outputFormat } from '../print/object.ts'
import { mergeType } from '../resource/kinds.ts'
import { select, type Selected, type Selection } from '../resource/select.ts'
import type { Session } from '../session.ts'
import { parseFlags, type RawTriggerFlags, type TriggerAction } from './flags.ts'
import { changeTriggers } from './patch.ts'
import { triggerTable } from './table.ts'
import { advice, workloadKind } from './workload.ts'

/** `set triggers`: reads objects, edits their annotation here, sends one patch each. */
export async function setTriggers(
  session: Session,
  selection: Selection,
  raw: RawTriggerFlags,
  writing: Writing,
): Promise<void> {
  const { mode } = writing
  const action = parseFlags(raw, session.namespace)
  const format = outputFormat(session.output)
  if (selection.local && mode === 'server') {
    throw new CommandError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
  }
  const { items, singleItem } = await select(session, selection)
  if (action.kind === 'print') {
    session.out(triggerTable(items))
    return
  }
  const failures: string[] = []
  // Among others, what cannot be triggered is passed over, as in oc; on its own it is a mistake.
  const hopeless = singleItem || items.every((item) => !workloadKind(item))
  for (const item of items) {
    const name = `${item.kind.plural}/${item.object.metadata.name}`
    const kind = workloadKind(item)
    if (!kind) {
      if (hopeless || item.kind.group.endsWith('.openshift.io')) failures.push(`error: ${unsupported(name, item)}`)
      continue
    }
    try {
      const written = await change(session, kind, item, action, writing, selection.local)
      if (written) session.out(await formatObject(written, format, `triggers updated${dryRunSuffix(mode)}`))
      else session.err(`info: ${name} was not changed\n`)
    } catch (error) {
      if (error instanceof CommandError) failures.push(`error: ${name} ${error.message}`)
      else failures.push(`error: failed to patch triggers of ${name}: ${failureText(error).replace(/^error: /i, '')}`)
    }
  }
  if (failures.length > 0) throw new Failures(failures)
}

function unsupported(name: string, item: Selected): string {
  const { kind } = item
  const foreign = kind.group.endsWith('.openshift.io')
  return foreign
    ? `${name}: triggers of a ${kind.kind} are not supported here, use oc`
    : `${name} does not support triggers${advice(item)}`
}

async function change(
  session: Session,
  workload: WorkloadKind,
  { kind, object }: Selected,
  action: TriggerAction,
  { mode, fieldManager }: Writing,
  local: boolean,
): Promise<Selected['object'] | undefined> {
  const { patch, changed } = changeTriggers(workload, object, action)
  if (Object.keys(patch).length === 0) return local ? changed : undefined
  if (local || mode === 'client') return changed
  const { name = '', namespace } = object.metadata
  const target = { resource: kind, namespace, name }
  const options = { fieldManager, dryRun: mode === 'server' }
  const written = await session.client.patch(target, mergeType(kind), patch, options)
  return { ...written, kind: changed.kind!, apiVersion: changed.apiVersion! }
}
