// The tag stage: what tags that are new or point somewhere else do to the history. It needs other streams and answers of
// the authorizer; `stageNeeds` says which, `applyStage` gets them and does the work.
import * as errors from '../machinery/fieldError.ts'
import type { FieldError } from '../machinery/fieldError.ts'
import type { AccessAnswer } from '../machinery/resource.ts'
import { latestEvent, specTag } from './access.ts'
import { follow, movesOf, sourcesOf } from './following.ts'
import { referenceChanged } from './generations.ts'
import { addEvent } from './history.ts'
import { eventsOfImage } from './streamImages.ts'
import { localise } from './localise.ts'
import { isSelf, keyText, SOURCE_FORMS, type StreamKey, tagSource, type TagSource } from './tagSource.ts'
import type { ImageStream, TagEvent, TagReference } from './types.ts'

/** What the stage asks for. */
export interface StageNeeds {
  /** Other streams that tags take their image from. */
  streams: StreamKey[]
  /** Streams of other namespaces: the user must be allowed to get their `layers`. */
  checks: StreamKey[]
}

/** The answers; keys are `namespace/name`. */
export interface StageAnswers {
  streams: ReadonlyMap<string, ImageStream>
  access: ReadonlyMap<string, AccessAnswer>
}

/** What the stage is run with. */
export interface StageOptions extends StageAnswers {
  /** RFC 3339. */
  now: string
  /** Host of the integrated registry. */
  internalRegistry?: string | undefined
}

/** Tags with a source that are new, or whose source is. Generations must have been settled. */
function changedTags(next: ImageStream, old: ImageStream | undefined): TagReference[] {
  const namespace = next.metadata.namespace ?? ''
  return (next.spec.tags ?? []).filter((tag) => {
    const was = old && specTag(old, tag.name)
    return tag.from && (!was || referenceChanged(tag, was, namespace))
  })
}

function isForeign(tag: TagReference, stream: ImageStream): boolean {
  return Boolean(tag.from?.namespace) && tag.from?.namespace !== stream.metadata.namespace
}

/** Other streams and authorizations that `applyStage` will want. */
export function stageNeeds(next: ImageStream, old: ImageStream | undefined): StageNeeds {
  const streams = new Map<string, StreamKey>()
  const checks = new Map<string, StreamKey>()
  for (const tag of changedTags(next, old)) {
    const source = tagSource(tag, next)
    if (!source) continue
    const key = { namespace: source.namespace, name: source.name }
    if (!isSelf(key, next)) streams.set(keyText(key), key)
    if (isForeign(tag, next)) checks.set(keyText(key), key)
  }
  return { streams: [...streams.values()], checks: [...checks.values()] }
}

/**
 * Adds the events that changed tags bring, then lets followers follow. Tags that take their image from another tag of the
 * stream come last, and after that tag: what they take over is what it means now, not also what it meant before this write.
 * The errors are those of `spec.tags`.
 */
export function applyStage(next: ImageStream, old: ImageStream | undefined, options: StageOptions): FieldError[] {
  const changed = changedTags(next, old)
  const inner = sourcesOf(changed, next)
  const problems: FieldError[] = []
  const apply = (tag: TagReference): void => {
    const problem = accessProblem(tag, next, options) ?? applyTag(tag, next, options)
    if (problem) problems.push(problem)
  }
  for (const tag of changed) if (!inner.has(tag.name)) apply(tag)
  const copies = changed.filter((tag) => inner.has(tag.name)).map((tag) => [tag.name, () => apply(tag)] as const)
  follow(next, movesOf(next, old), new Map(copies))
  return problems
}

/** Whether the user may take an image from another namespace's stream. A denial hides whether that stream exists. */
function accessProblem(tag: TagReference, stream: ImageStream, options: StageOptions): FieldError | undefined {
  if (!isForeign(tag, stream)) return undefined
  const source = tagSource(tag, stream)
  if (!source) return malformed(tag)
  const answer = options.access.get(keyText(source))
  if (answer?.allowed) return undefined
  const why = `"${answer?.reason ?? ''}" "${answer?.evaluationError ?? ''}"`
  return errors.forbidden(`${path(tag)}.from`, `${keyText(source)}: ${why}`)
}

function applyTag(tag: TagReference, next: ImageStream, options: StageOptions): FieldError | undefined {
  const { name, from } = tag
  const generation = tag.generation ?? 0
  if (from?.kind === 'DockerImage' && from.name) {
    const event = { created: options.now, dockerImageReference: from.name, image: '', generation }
    if (tag.reference) addEvent(next, name, event)
    return undefined
  }
  const source = tagSource(tag, next)
  if (!source) return malformed(tag)
  const stream = isSelf(source, next) ? next : options.streams.get(keyText(source))
  if (!stream) return errors.notFound(`${path(tag)}.from.name`, from?.name ?? '')
  const found = sourceEvent(source, stream, options.now)
  if (typeof found === 'string')
    return errors.invalid(`${path(tag)}.from.name`, from?.name ?? '', `error generating tag event: ${found}`)
  if (!found) return undefined
  const registry = tag.reference ? undefined : options.internalRegistry
  addEvent(next, name, { ...localise(found, registry, source, next), generation })
  return undefined
}

/** The event that a tag copies; undefined while there is none; a text when an image cannot be told. */
function sourceEvent(source: TagSource, stream: ImageStream, now: string): TagEvent | string | undefined {
  if (source.kind === 'ImageStreamTag') return latestEvent(stream, source.tag)
  const matches = eventsOfImage(stream, source.id)
  const [only] = matches.values()
  if (!only) return `imagestreamimage.image.openshift.io "${source.id}" not found`
  if (matches.size === 1) return { ...only, created: now }
  const names = [...matches.keys()].toSorted().join(', ')
  return `Operation cannot be fulfilled on imagestreamimage.image.openshift.io "${source.id}": multiple images match the prefix "${source.id}": ${names}`
}

const path = (tag: TagReference): string => `spec.tags[${tag.name}]`

const malformed = (tag: TagReference): FieldError =>
  errors.invalid(`${path(tag)}.from.name`, tag.from?.name ?? '', SOURCE_FORMS)
