import type { KubeObject } from '../../core/machinery/object.ts'
import { CommandError } from '../failure.ts'
import { SET, tabulate } from '../print/tabulate.ts'
import { readTriggers } from './annotation.ts'

/** The table of triggers: NAME TYPE VALUE AUTO. `plural` names each object's type. */
export function triggerTable(objects: readonly { plural: string; object: KubeObject }[]): string {
  const rows = objects.flatMap(({ plural, object }) => rowsOf(`${plural}/${object.metadata.name ?? ''}`, object))
  return tabulate(`${['NAME\tTYPE\tVALUE\tAUTO', ...rows].join('\n')}\n`, SET)
}

function rowsOf(name: string, object: KubeObject): string[] {
  try {
    const { config, images } = readTriggers(object)
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
