// Triggers: a workload and the streams that it follows become a patch. Pure: the controller and the admission webhook both
// call planTrigger, so that what one writes is what the other would have written.
import type { KubeObject } from '../machinery/object.ts'
import { specTag } from './access.ts'
import { latestEvent, resolveTag, type LookupStream } from './lookup.ts'
import { parseTriggers, TRIGGERS_ANNOTATION, type Trigger } from './triggers/annotation.ts'
import type { ImageChange } from './triggers/change.ts'
import { explainMissing, parseFieldPath, select, suggestPath, type Selector } from './triggers/fieldPath.ts'
import { imagePatch, type PatchOperation } from './triggers/patch.ts'
import { didYouMean, entryProblem, quote, type ProblemCode, type TriggerProblem } from './triggers/problem.ts'
import { formatSource, sourceOf, type TagSource } from './triggers/source.ts'
import { placeName, valueAt, type ContainerPlace } from './podSpec.ts'
import { containersOf, kindName, type WorkloadKind } from './workloads.ts'

export { TRIGGERS_ANNOTATION, TRIGGERS_MANAGER } from './triggers/annotation.ts'
export { updateCause, type Update } from './triggers/cause.ts'
export { changeCause, type ImageChange } from './triggers/change.ts'
export { CHANGE_CAUSE_ANNOTATION, type PatchOperation } from './triggers/patch.ts'
export { keptImages } from './triggers/kept.ts'
export { misplacedTriggers } from './triggers/misplaced.ts'
export { PROBLEM_EFFECTS, type ProblemCode, type TriggerProblem } from './triggers/problem.ts'
export { formatSource, type TagSource } from './triggers/source.ts'
export { undoneRollbacks } from './triggers/undone.ts'

/** The stream of this name, or undefined. */
export type StreamLookup = (namespace: string, name: string) => LookupStream | undefined

/** What triggers want changed in one object, and what is wrong with them. */
export interface TriggerPlan {
  /** JSON patch (RFC 6902); absent when nothing changes. Its tests fail when the object is no longer as it was planned for. */
  patch?: PatchOperation[]
  changes: ImageChange[]
  problems: TriggerProblem[]
}

/** What a workload's triggers want changed, given the streams. The same object patched and planned again wants nothing. */
export function planTrigger(kind: WorkloadKind, object: KubeObject, streams: StreamLookup): TriggerPlan {
  const { triggers, problems } = parseTriggers(object.metadata.annotations?.[TRIGGERS_ANNOTATION])
  const plan = new Plan(kind, object, streams, problems)
  for (const [index, trigger] of triggers.entries()) if (!trigger.paused) plan.add(trigger, index)
  return plan.finish()
}

/** "namespace/stream" of every stream whose changes matter to the workload. */
export function followedStreams(object: KubeObject): string[] {
  const { namespace = '', annotations } = object.metadata
  const keys = parseTriggers(annotations?.[TRIGGERS_ANNOTATION]).triggers.map((trigger, index) => {
    const { source } = trigger.paused ? {} : sourceOf(trigger, index, namespace)
    return source && `${source.namespace}/${source.stream}`
  })
  return [...new Set(keys)].filter((key) => key !== undefined)
}

class Plan {
  readonly #kind: WorkloadKind
  /** Of the kind. */
  readonly #name: string
  readonly #object: KubeObject
  readonly #streams: StreamLookup
  readonly #problems: TriggerProblem[]
  readonly #containers: ContainerPlace[]
  readonly #wanted = new Map<ContainerPlace, ImageChange>()
  /** An entry that has an image to set can never set it. */
  #refused = false

  constructor(kind: WorkloadKind, object: KubeObject, streams: StreamLookup, problems: readonly TriggerProblem[]) {
    this.#kind = kind
    this.#name = kindName(kind, object)
    this.#object = object
    this.#streams = streams
    this.#problems = [...problems]
    this.#containers = containersOf(kind, object)
  }

  add(trigger: Trigger, index: number): void {
    const { source, problem } = sourceOf(trigger, index, this.#object.metadata.namespace ?? '')
    if (problem) this.#problems.push(problem)
    if (!source) return
    const resolved = this.#resolve(source, index)
    const container = this.#container(trigger.fieldPath, index, resolved === undefined)
    if (!container || !resolved) return
    const earlier = this.#wanted.get(container)
    if (earlier) {
      const text = `container ${quote(placeName(container))} is also that of trigger [${earlier.trigger}]; the later one counts`
      this.#report('TriggerContainerTwice', index, text)
    }
    const { image, list } = container
    const init = list === 'initContainers'
    this.#wanted.set(container, {
      container: placeName(container),
      init,
      from: image,
      to: resolved.reference,
      trigger: index,
      source,
      image: resolved.image,
    })
  }

  finish(): TriggerPlan {
    // Such an entry is a mistake in the manifest: better nothing than half of it.
    const wanted = this.#refused ? [] : [...this.#wanted].filter(([, change]) => change.from !== change.to)
    const changes = wanted.map(([, change]) => change)
    const patch = wanted.length > 0 ? imagePatch(this.#kind, this.#object, wanted) : undefined
    return { changes, problems: this.#problems, ...(patch && { patch }) }
  }

  #resolve({ namespace, stream, tag }: TagSource, index: number): { reference: string; image: string } | undefined {
    const found = this.#streams(namespace, stream)
    if (!found) {
      this.#waiting('TriggerStreamNotFound', index, `image stream ${quote(`${namespace}/${stream}`)}`)
      return undefined
    }
    const resolved = resolveTag(found, tag)
    if (resolved && resolved.reference !== '') return resolved
    const tags = (found.status.tags ?? []).map((t) => t.tag).filter((t) => latestEvent(found, t))
    const declared = specTag(found, tag) ? ' (it is declared, but nothing was imported yet)' : ''
    const image = `an image in ${quote(formatSource({ namespace, stream, tag }))}`
    this.#waiting('TriggerTagNotFound', index, image, declared || didYouMean(tag, tags))
    return undefined
  }

  /** What is told of something that is not there yet. Only what can be changed later can wait for it. */
  #waiting(code: ProblemCode, index: number, what: string, more = ''): void {
    const advice = `a ${this.#name} keeps the images that it is created with; create it again once there is one`
    const text = this.#kind.changes === 'always' ? `waiting for ${what}` : `cannot wait for ${what}: ${advice}`
    this.#report(code, index, `${text}${more}`)
  }

  /** What is wrong with a path is told at once, but keeps the other entries from being applied only when there is an image to set. */
  #container(fieldPath: string, index: number, waiting: boolean): ContainerPlace | undefined {
    const path = parseFieldPath(this.#kind, fieldPath)
    const container = path.is === 'path' ? select(this.#containers, path.selector) : undefined
    if (container) return container
    const meant = (): string => suggestPath(this.#kind, fieldPath, this.#containers)
    if (path.is === 'outside') {
      const text = `fieldPath ${quote(fieldPath)} is not below the pod spec of a ${this.#name}`
      this.#report('TriggerFieldPathIgnored', index, `${text}${meant()}`)
      return undefined
    }
    this.#refused ||= !waiting
    if (path.is === 'invalid')
      this.#report('TriggerFieldPathInvalid', index, `fieldPath ${quote(fieldPath)}: ${path.why}${meant()}`)
    else this.#report('TriggerContainerNotFound', index, this.#missing(fieldPath, path.selector))
    return undefined
  }

  #missing(fieldPath: string, selector: Selector): string {
    const { podSpec } = this.#kind
    if (valueAt(podSpec, this.#object) !== undefined)
      return explainMissing(this.#kind, fieldPath, selector, this.#containers)
    return `this ${this.#name} has no ${podSpec}; if its pods are made from another object, put the annotation there`
  }

  #report(code: ProblemCode, index: number, text: string): void {
    this.#problems.push(entryProblem(code, index, text))
  }
}
