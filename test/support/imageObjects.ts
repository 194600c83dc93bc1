// Image streams for tests, with everything that a test does not care about filled in.
import { sortTags } from '../../src/core/image/tagLists.ts'
import type { Image, ImageStream, TagEvent, TagReference } from '../../src/core/image/types.ts'

/** A digest that is easy to tell from others. */
export const digest = (c: string): string => `sha256:${c.repeat(64).slice(0, 64)}`

export const REPOSITORY = 'quay.io/acme/ubi'

/** An event of image `c`, or (for '') of a plain reference. */
export function event(c: string, more: Partial<TagEvent> = {}): TagEvent {
  return {
    created: '2024-01-01T00:00:00Z',
    dockerImageReference: c ? `${REPOSITORY}@${digest(c)}` : `${REPOSITORY}:1`,
    image: c && digest(c),
    generation: 1,
    ...more,
  }
}

/** A spec tag. `from`: a pull spec, or kind and name. */
export function tag(
  name: string,
  from?: string | TagReference['from'],
  more: Partial<TagReference> = {},
): TagReference {
  const source = typeof from === 'string' ? { kind: 'DockerImage', name: from } : from
  return {
    name,
    annotations: null,
    ...(source && { from: source }),
    generation: 1,
    importPolicy: { importMode: 'Legacy' },
    referencePolicy: { type: 'Source' },
    ...more,
  }
}

/** A source that is another tag. */
export const istag = (name: string, namespace?: string): NonNullable<TagReference['from']> => ({
  kind: 'ImageStreamTag',
  ...(namespace && { namespace }),
  name,
})

/** Stream `p/s` with these spec tags and, by tag, these events. */
export function stream(spec: TagReference[] = [], status: Record<string, TagEvent[]> = {}): ImageStream {
  const tags = sortTags(spec)
  const histories = sortTags(Object.entries(status).map(([name, items]) => ({ tag: name, items })))
  return {
    metadata: { name: 's', namespace: 'p', generation: 1, resourceVersion: '7', uid: 'u' },
    spec: { lookupPolicy: { local: false }, ...(tags.length > 0 && { tags }) },
    status: { dockerImageRepository: '', ...(histories.length > 0 && { tags: histories }) },
  }
}

/** An image as an importer brings it. */
export function image(c: string, more: Partial<Image> = {}): Image {
  return { metadata: { name: digest(c) }, dockerImageReference: `${REPOSITORY}@${digest(c)}`, ...more }
}
