// Reading and writing the annotation that carries the triggers of a workload.
import { CommandError } from '../failure.ts'
import type { ImageTrigger, TriggerDefinition } from './definition.ts'
import { containerAt, fieldPathOf } from './fieldPath.ts'
import { containersOf, podSpecPath, TRIGGERS, type Workload } from './workload.ts'

interface Entry {
  from: { kind: string; name: string; namespace?: string }
  fieldPath: string
  paused?: boolean
}

/** The triggers of a workload; entries that name no container are left out. Throws CommandError for a broken annotation. */
export function readTriggers(workload: Workload): TriggerDefinition {
  const base = podSpecPath(workload) ?? ''
  const pod = containersOf(workload)
  const config = workload.kind !== 'Deployment' || workload.spec?.paused !== true
  const images = entriesOf(workload).flatMap((entry): ImageTrigger[] => {
    const container = containerAt(entry.fieldPath ?? '', base, pod)
    if (!container) return []
    const { name = '', namespace = '' } = entry.from ?? {}
    return [
      {
        auto: entry.paused !== true,
        from: name,
        namespace: namespace === workload.metadata.namespace ? '' : namespace,
        containers: [container.name],
      },
    ]
  })
  return { config, images }
}

function entriesOf(workload: Workload): Partial<Entry>[] {
  const text = workload.metadata.annotations?.[TRIGGERS]
  if (text === undefined) return []
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new CommandError(`the annotation ${TRIGGERS} is not JSON`, { cause: error })
  }
  if (value === null) return []
  const valid = Array.isArray(value) && value.every((e) => typeof e === 'object' && e !== null && isPaused(e as object))
  if (!valid) throw new CommandError(`the annotation ${TRIGGERS} is not a list of triggers`)
  return value as Partial<Entry>[]
}

/** `paused: "true"` is refused by the controller too. */
function isPaused(entry: { paused?: unknown }): boolean {
  return entry.paused === undefined || entry.paused === null || typeof entry.paused === 'boolean'
}

/** The annotation's new value. Throws CommandError when containers and triggers do not fit. */
export function writeTriggers(workload: Workload, definition: TriggerDefinition): string {
  const base = podSpecPath(workload) ?? ''
  const { containers, initContainers } = containersOf(workload)
  const known = new Set([...containers, ...initContainers].map(({ name }) => name))
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
      entries.push({ from, fieldPath: fieldPathOf(name, base), ...(!trigger.auto && { paused: true }) })
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
