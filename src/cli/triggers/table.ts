import { CommandError } from '../failure.ts'
import { SET, tabulate } from '../print/tabulate.ts'
import type { Selected } from '../resource/select.ts'
import { readTriggers } from './annotation.ts'
import { workloadKind } from './workload.ts'

/** The table of triggers: NAME TYPE VALUE AUTO. */
export function triggerTable(items: readonly Selected[]): string {
  const rows = items.flatMap(rowsOf)
  return tabulate(`${['NAME\tTYPE\tVALUE\tAUTO', ...rows].join('\n')}\n`, SET)
}

function rowsOf(item: Selected): string[] {
  const name = `${item.kind.plural}/${item.object.metadata.name ?? ''}`
  const kind = workloadKind(item)
  if (!kind) return [`${name}\t<error>\t\tfalse`]
  try {
    const { config, images } = readTriggers(kind, item.object)
    return [
      `${name}\tconfig\t\t${config}`,
      ...images.map((trigger) => {
        const from = trigger.namespace ? `${trigger.namespace}/${trigger.from}` : trigger.from
        return `${name}\timage\t${from} (${trigger.containers.join(', ')})\t${trigger.auto}`
      }),
    ]
  } catch (error) {
    if (error instanceof CommandError) return [`${name}\t<error>\t\tfalse`]
    throw error
  }
}
