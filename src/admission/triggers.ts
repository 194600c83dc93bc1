// Triggers at write time: a workload is stored with the images that its triggers want, so that it rolls out once, and applying
// its manifest again changes nothing. What the controller would write is what is written here: both ask planTrigger.
import type { LookupStream } from '../core/image/lookup.ts'
import {
  CHANGE_CAUSE_ANNOTATION,
  followedStreams,
  keptImages,
  misplacedTriggers,
  planTrigger,
  PROBLEM_EFFECTS,
  TRIGGERS_ANNOTATION,
  undoneRollbacks,
  updateCause,
  type PatchOperation,
  type TriggerProblem,
} from '../core/image/triggers.ts'
import { kindOfResource, type WorkloadKind } from '../core/image/workloads.ts'
import type { AdmissionStep } from '../core/machinery/admission.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { locate, overwrite, parsePointer } from '../core/machinery/patch/pointer.ts'
import type { StreamReader } from './localNames.ts'

/**
 * Looks at writes of whole workloads of these kinds, not of their subresources. Warns of triggers that can never work, and of rollbacks that
 * triggers undo.
 */
export function triggers(read: StreamReader, kinds: readonly WorkloadKind[]): AdmissionStep {
  return {
    async mutate({ resource, subresource, context }, object, old) {
      const kind = subresource ? undefined : kindOfResource(kinds, resource)
      if (!kind) return
      const fixed = old !== undefined && kind.changes === 'atCreation'
      const misplaced = fixed ? undefined : misplacedTriggers(kind, object)
      if (misplaced !== undefined) context.warn(misplaced)
      if (object.metadata.annotations?.[TRIGGERS_ANNOTATION] === undefined) return
      if (fixed) return write(object, keptImages(kind, object, old))
      // An object on its way need not say where it goes.
      const { namespace } = context
      const placed: KubeObject = { ...object, metadata: { ...object.metadata, namespace } }
      const streams = new Map<string, LookupStream | undefined>()
      for (const key of followedStreams(placed)) {
        const [at = '', name = ''] = key.split('/')
        streams.set(key, await read(at, name))
      }
      const lookup = (at: string, name: string) => streams.get(`${at}/${name}`)
      const plan = planTrigger(kind, placed, lookup)
      const mistakes = plan.problems.filter((problem) => isMistake(kind, problem)).map(({ message }) => message)
      const undone = old ? undoneRollbacks(kind, old, plan.changes, lookup) : []
      for (const text of [...mistakes, ...undone]) context.warn(`${TRIGGERS_ANNOTATION}: ${text}`)
      if (!plan.patch) return
      const said = object.metadata.annotations[CHANGE_CAUSE_ANNOTATION]
      write(object, plan.patch)
      if (old) tellCause(object, updateCause(kind, { said, object, old }, plan.changes))
    },
  }
}

/** Waiting for an image is none, unless it is in vain. */
const isMistake = ({ changes }: WorkloadKind, { code }: TriggerProblem): boolean =>
  changes === 'atCreation' || PROBLEM_EFFECTS[code] !== 'waiting'

/** Does what a patch would; what it tests holds. */
function write(object: KubeObject, operations: readonly PatchOperation[]): void {
  for (const { op, path, value } of operations) {
    const slot = op === 'test' ? undefined : locate({ document: object }, parsePointer(path) ?? [])
    if (slot) overwrite(slot, value)
  }
}

function tellCause({ metadata }: KubeObject, cause: string | undefined): void {
  const { [CHANGE_CAUSE_ANNOTATION]: _, ...others } = metadata.annotations ?? {}
  metadata.annotations = cause === undefined ? others : { ...others, [CHANGE_CAUSE_ANNOTATION]: cause }
}
