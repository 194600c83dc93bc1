// Limits that a namespace sets for its streams and for images that are pushed into them, by LimitRanges of Kubernetes.
// Only what adds something is refused: what is over a limit already can still be changed and made smaller.
import { registryUrl, repositoryName } from '../oci/forms.ts'
import { tryParseReference } from '../oci/reference.ts'
import { formatBytes, quantityValue } from '../machinery/scalar/quantity.ts'
import { parseImageName, parseTagName } from './names.ts'
import type { ImageStream, TagReference } from './types.ts'

/** The part of a LimitRange that is asked. */
export interface LimitRange {
  spec: { limits?: readonly { type: string; max?: Readonly<Record<string, string>> }[] }
}

const IMAGE = 'openshift.io/Image'
const STREAM = 'openshift.io/ImageStream'
const STORAGE = 'storage'

/** Why an image of so many bytes may not be pushed; undefined when it may. */
export function imageLimitProblem(ranges: readonly LimitRange[], bytes: number): string | undefined {
  const limit = smallest(ranges, IMAGE, STORAGE)
  if (limit === undefined || !exceeds(formatBytes(bytes), limit)) return undefined
  return problem(STORAGE, IMAGE, formatBytes(bytes), limit)
}

/** Why a stream may not become like this; undefined when it may. */
export function streamLimitProblem(
  ranges: readonly LimitRange[],
  next: ImageStream,
  old: ImageStream | undefined,
): string | undefined {
  const problems = Object.entries(MEASURES).flatMap(([resource, measure]) => {
    const limit = smallest(ranges, STREAM, resource)
    if (limit === undefined) return []
    const used = measure(next)
    const before = old ? measure(old) : new Set<string>()
    const grows = used.size > before.size || !used.isSubsetOf(before)
    return grows && exceeds(String(used.size), limit) ? [problem(resource, STREAM, String(used.size), limit)] : []
  })
  if (problems.length === 0) return undefined
  const all = problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`
  return `ImageStream.image.openshift.io ${JSON.stringify(next.metadata.name ?? '')} is forbidden: ${all}`
}

/** What is counted of a stream, by the name of the limit. */
const MEASURES: Readonly<Record<string, (stream: ImageStream) => Set<string>>> = {
  'openshift.io/images': imagesOf,
  'openshift.io/image-tags': sourcesOf,
}

/** All images that tags mean or meant. */
function imagesOf({ status }: ImageStream): Set<string> {
  const images = (status.tags ?? []).flatMap(({ items }) => (items ?? []).map(({ image }) => image))
  return new Set(images.filter((image) => image !== ''))
}

/** What the spec tags come from: two tags of one source count once, and names that nobody can read not at all. */
function sourcesOf(stream: ImageStream): Set<string> {
  const namespace = stream.metadata.namespace ?? ''
  return new Set((stream.spec.tags ?? []).flatMap(({ from }) => (from ? sourceOf(from, namespace) : [])))
}

function sourceOf(from: NonNullable<TagReference['from']>, own: string): string[] {
  const name = from.name ?? ''
  const namespace = from.namespace || own
  if (from.kind === 'ImageStreamTag') return parseTagName(name) ? [`${namespace}/${name}`] : []
  if (from.kind === 'ImageStreamImage') return parseImageName(name) ? [`${namespace}/${name}`] : []
  const reference = from.kind === 'DockerImage' ? tryParseReference(name) : undefined
  if (!reference) return []
  const { tag, id } = reference
  return [`${registryUrl(reference)}/${repositoryName(reference)}${id ? `@${id}` : `:${tag || 'latest'}`}`]
}

/** The smallest maximum that any LimitRange sets. */
function smallest(ranges: readonly LimitRange[], type: string, resource: string): string | undefined {
  let least: string | undefined
  for (const item of ranges.flatMap(({ spec }) => spec.limits ?? [])) {
    const limit = item.type === type ? item.max?.[resource] : undefined
    if (limit !== undefined && (least === undefined || exceeds(least, limit))) least = limit
  }
  return least
}

function exceeds(used: string, limit: string): boolean {
  return (quantityValue(used) ?? 0n) > (quantityValue(limit) ?? 0n)
}

/** Clients look for the words "exceeds the maximum limit". */
function problem(resource: string, type: string, used: string, limit: string): string {
  return `requested usage of ${resource} exceeds the maximum limit per ${type} (${used} > ${limit})`
}
