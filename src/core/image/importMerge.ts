// Merging what an import found into a stream.
import { choicesOf, setChoices, type Choice } from '../policy/choice.ts'
import { hasPolicy } from '../policy/policy.ts'
import type { EmbeddedStatus } from '../machinery/status.ts'
import { setSpecTag, specTag, statusTag } from './access.ts'
import { addEvent, addFailure, clearConditions, isSameTarget } from './history.ts'
import type { ImportResult } from './import.ts'
import { DEFAULT_TAG } from './lookup.ts'
import { isPending } from './pending.ts'
import type {
  Image,
  ImageImportStatus,
  ImageStream,
  ImageStreamImportSpec,
  TagImportPolicy,
  TagReference,
} from './types.ts'

/** What goes into one tag. */
interface Item {
  tag: string
  /** The pull spec that was imported: the tag's new source. */
  from: string
  policies: Pick<TagReference, 'importPolicy' | 'referencePolicy'>
  outcome: ImageImportStatus
  /** A whole repository was asked for. Else a tag that failed gets a spec tag, so that it can be tried again. */
  ofRepository: boolean
}

/** One timestamp for all of an import, RFC 3339. */
export interface MergeOptions {
  now: string
}

/** The results whose images are to be stored: those that go into a tag. */
export function importedOutcomes(spec: ImageStreamImportSpec, result: ImportResult): ImageImportStatus[] {
  return [...items(spec, result)].map((item) => item.outcome).filter(isSuccess)
}

/**
 * Writes the results into `stream` (a private copy) as of its next generation; the rules of the write path then settle
 * generations.
 */
export function mergeImport(
  stream: ImageStream,
  spec: ImageStreamImportSpec,
  result: ImportResult,
  { now }: MergeOptions,
): void {
  const generation = (stream.metadata.generation ?? 0) + 1
  for (const item of items(spec, result)) {
    const { image } = item.outcome
    if (item.ofRepository && followsPolicy(stream, item.tag)) continue
    if (isSuccess(item.outcome) && image) mergeImage(stream, item, image, { now, generation })
    else mergeFailure(stream, item, { now, generation })
  }
  const choices = (spec.images ?? []).map(({ to }, i): [string, Choice | undefined] => [
    to?.name ?? '',
    result.choices?.[i],
  ])
  if (result.choices || choicesOf(stream).size > 0) setChoices(stream, new Map(choices))
}

function isSuccess(outcome: ImageImportStatus): boolean {
  return outcome.status.status === 'Success' && outcome.image !== undefined
}

function* items(spec: ImageStreamImportSpec, result: ImportResult): Generator<Item> {
  const { repository, images = [] } = spec
  if (repository) {
    for (const outcome of result.repository?.images ?? []) {
      const tag = outcome.tag ?? DEFAULT_TAG
      yield { tag, from: `${repository.from.name ?? ''}:${tag}`, policies: repository, outcome, ofRepository: true }
    }
  }
  for (const [i, image] of images.entries()) {
    const outcome = result.images[i]
    if (!outcome || !image.to?.name) continue
    yield { tag: image.to.name, from: image.from.name ?? '', policies: image, outcome, ofRepository: false }
  }
}

/** Such a tag has a name of its own: that of a tag of the repository is another thing. */
function followsPolicy(stream: ImageStream, tag: string): boolean {
  const spec = specTag(stream, tag)
  return spec !== undefined && hasPolicy(spec)
}

interface Moment extends MergeOptions {
  generation: number
}

function mergeFailure(stream: ImageStream, item: Item, { now, generation }: Moment): void {
  const { tag, from, policies } = item
  const { reason, message } = failureOf(item.outcome.status)
  const failure = { lastTransitionTime: now, reason, message, generation }
  const spec = specTag(stream, tag)
  // Where an import was asked for since, the same failure again is news: it is the answer, and ends the waiting.
  if (spec && isPending(stream, spec)) clearConditions(stream, tag)
  if (addFailure(stream, tag, failure) && spec) spec.generation = RESET
  if (!spec && !item.ofRepository) setSpecTag(stream, newTag(tag, from, policies))
}

/** Records why nothing of `merged` was written, on the tags that the stream would have got. Answers the stream. */
export function mergeRefusal(
  stream: ImageStream,
  merged: ImageStream,
  failure: { reason: string; message: string },
  { now }: MergeOptions,
): ImageStream {
  const generation = (stream.metadata.generation ?? 0) + 1
  for (const { tag } of merged.status.tags ?? []) {
    if (!statusTag(stream, tag)) addFailure(stream, tag, { ...failure, lastTransitionTime: now, generation })
  }
  return stream
}

/** Reasons of OpenShift that stand for several of ours, which the cause has then: see importReasons.ts. */
const COARSE: ReadonlySet<string> = new Set(['InternalError', 'Unauthorized'])

function failureOf(status: EmbeddedStatus): { reason: string; message: string } {
  if (status.status === 'Success') return { reason: 'InternalError', message: 'the import brought no image' }
  const finer = COARSE.has(status.reason ?? '') ? status.details?.causes?.[0]?.reason : undefined
  return { reason: finer || status.reason || 'InternalError', message: status.message ?? '' }
}

function mergeImage(stream: ImageStream, item: Item, image: Image, { now, generation }: Moment): void {
  const { tag, from, policies } = item
  const event = {
    created: now,
    dockerImageReference: image.dockerImageReference ?? '',
    image: image.metadata.name ?? '',
    generation,
  }
  const spec = specTag(stream, tag) ?? newTag(tag, from, policies)
  if (isNews(stream, tag, event)) {
    spec.from = { kind: 'DockerImage', name: from }
    if (spec.generation !== null) spec.generation = RESET
    addEvent(stream, tag, event)
  }
  // referencePolicy stays as it is: importing again must not change where users pull from.
  spec.importPolicy = copyPolicy(policies.importPolicy)
  setSpecTag(stream, spec)
  clearConditions(stream, tag)
}

/** Asks for the next generation: see generations.ts. */
const RESET = 0

/** Whether the tag has to move, or waits for an import. */
function isNews(stream: ImageStream, tag: string, event: { dockerImageReference: string; image: string }): boolean {
  const spec = specTag(stream, tag)
  const newest = statusTag(stream, tag)?.items?.[0]
  if (!newest || !spec || spec.generation === null) return true
  return !isSameTarget(newest, event) || spec.generation > newest.generation
}

function newTag(name: string, from: string, policies: Item['policies']): TagReference {
  return {
    name,
    annotations: null,
    from: { kind: 'DockerImage', name: from },
    generation: null,
    importPolicy: copyPolicy(policies.importPolicy),
    referencePolicy: { ...policies.referencePolicy },
  }
}

/** A copy without what is false: an absent flag and a false one are the same. */
function copyPolicy({ insecure, scheduled, importMode }: TagImportPolicy): TagImportPolicy {
  return { ...(insecure && { insecure }), ...(scheduled && { scheduled }), ...(importMode && { importMode }) }
}
