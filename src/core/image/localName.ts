// A local name: what stands for an image in a workload, and means a stream of the workload's own namespace.
import { withDigest } from '../oci/forms.ts'
import { exact, tryParseReference } from '../oci/reference.ts'
import { statusTag } from './access.ts'
import { DEFAULT_TAG, type LookupStream, resolveTag } from './lookup.ts'

/** A tag of a stream of the namespace that the name is used in. */
export interface LocalName {
  stream: string
  tag: string
}

/**
 * The tag that an image may mean: `name` or `name:tag`. Forced, what stands before the name is no matter:
 * `quay.io/acme/mysql:8` may mean `mysql:8`. Undefined for digests, and for what is no pull spec.
 */
export function parseLocalName(image: string, force: boolean): LocalName | undefined {
  const reference = tryParseReference(image)
  if (!reference || reference.id !== '') return undefined
  const { registry, namespace, name, tag } = reference
  if (name === '' || name.includes('/')) return undefined
  if (!force && (registry !== '' || namespace !== '')) return undefined
  return { stream: name, tag: tag || DEFAULT_TAG }
}

/**
 * How to pull what a tag means, for a workload that names the stream; undefined when the stream does not offer it. A tag that
 * has no image yet is pulled from the stream's own repository, if it has one: never from a public one of the same name.
 */
export function localPullSpec(stream: LookupStream, tag: string, force: boolean): string | undefined {
  if (!force && !stream.spec.lookupPolicy.local) return undefined
  const resolved = resolveTag(stream, tag)
  if (resolved?.image) {
    const reference = tryParseReference(resolved.reference)
    return (reference && exact(withDigest(reference, resolved.image))) || undefined
  }
  const { dockerImageRepository: repository } = stream.status
  return repository ? `${repository}:${tag}` : undefined
}

/** Whether `image` is what a tag means, or what it meant before, so far as its history tells. Whether names mean streams now is no matter. */
export function hasMeant(stream: LookupStream, tag: string, image: string): boolean {
  const { dockerImageRepository: repository } = stream.status
  if (repository && image === `${repository}:${tag}`) return true
  const digest = tryParseReference(image)?.id
  return statusTag(stream, tag)?.items?.some((event) => event.image !== '' && event.image === digest) ?? false
}
