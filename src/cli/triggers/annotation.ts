// Reading and writing the annotation that carries the triggers of a workload.
import { TRIGGERS_ANNOTATION } from '../../core/image/triggers.ts'
import { readEntries } from '../../core/image/triggers/annotation.ts'
import { formatFieldPath, parseFieldPath, select } from '../../core/image/triggers/fieldPath.ts'
import { containersOf, type WorkloadKind } from '../../core/image/workloads.ts'
import { CommandError } from '../failure.ts'
import type { ImageTrigger, TriggerDefinition } from './definition.ts'
import type { Workload } from './workload.ts'

interface Entry {
  from: { kind: string; name: string; namespace?: string }
  fieldPath: string
  paused?: boolean
}

/** The triggers of a workload; entries that name no container are left out. Throws CommandError for a broken annotation. */
export function readTriggers(kind: WorkloadKind, workload: Workload): TriggerDefinition {
  const { triggers, problems } = readEntries(workload.metadata.annotations?.[TRIGGERS_ANNOTATION])
  const broken = problems.find(({ code }) => code === 'TriggerAnnotationInvalid')
  if (broken) throw new CommandError(`the ${broken.message}`)
  const containers = containersOf(kind, workload)
  const images = triggers.flatMap(({ from, fieldPath, paused }): ImageTrigger[] => {
    const path = parseFieldPath(kind, fieldPath)
    const container = path.is === 'path' ? select(containers, path.selector) : undefined
    if (!container) return []
    const namespace = from.namespace === workload.metadata.namespace ? '' : from.namespace
    return [{ auto: !paused, from: from.name, namespace, containers: [container.name] }]
  })
  return { config: kind.kind !== 'Deployment' || workload.spec?.paused !== true, images }
}

/** The annotation's new value. Throws CommandError when containers and triggers do not fit. */
export function writeTriggers(kind: WorkloadKind, workload: Workload, definition: TriggerDefinition): string {
  const known = new Set(containersOf(kind, workload).map(({ name }) => name))
  const taken = new Set<string>()
  const entries: Entry[] = []
  for (const trigger of definition.images) {
    check(trigger, known, taken)
    const from = {
      kind: 'ImageStreamTag',
      name: trigger.from,
      ...(trigger.namespace && { namespace: trigger.namespace }),
    }
    for (const name of trigger.containers) {
      taken.add(name)
      entries.push({
        from,
        fieldPath: formatFieldPath(kind, { list: 'containers', name }),
        ...(!trigger.auto && { paused: true }),
      })
    }
  }
  // What Go makes of an empty list: oc writes it, controllers read it as "none".
  return entries.length === 0 ? 'null' : goJson(entries)
}

function check({ containers }: ImageTrigger, known: ReadonlySet<string>, taken: ReadonlySet<string>): void {
  if (containers.length === 0) throw new CommandError('you must specify --containers when setting --from-image')
  const missing = [...new Set(containers)].filter((name) => !known.has(name)).sort()
  if (missing.length > 0) {
    throw new CommandError(
      `not all container names exist: ${missing.join(', ')} (accepts: ${[...known].sort().join(', ')})`,
    )
  }
  const twice = [...new Set(containers)].filter((name) => taken.has(name)).sort()
  if (twice.length > 0) {
    throw new CommandError(`only one trigger may reference each container: ${twice.join(', ')}`)
  }
}

/** Go's encoder escapes these three; the annotation must come out the same whoever writes it. */
function goJson(value: unknown): string {
  const escapes: Record<string, string> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' }
  return JSON.stringify(value).replaceAll(/[<>&]/g, (c) => escapes[c]!)
}
