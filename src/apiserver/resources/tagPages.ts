// Pages of tags. Tags are no objects of their own: a page ends inside of a stream, and the next one begins there.
import { compareBytes } from '../../core/image/tagLists.ts'
import type { ImageStream } from '../../core/image/types.ts'
import {
  type ContinueToken,
  decodeContinue,
  encodeContinue,
  expiredContinue,
  invalidContinue,
  LATEST,
} from '../../core/machinery/continue.ts'
import type { KubeObject, ObjectList } from '../../core/machinery/object.ts'
import type { Context, ListOptions } from '../../core/machinery/resource.ts'
import { isReason } from '../../core/machinery/status.ts'
import type { Persisted } from '../persisted.ts'
import { checkContinued } from '../storage/list.ts'

/** Streams that are read at a time. */
const CHUNK = 500

/** Where a page begins: behind a tag of stream `at`; if that is gone, at the first stream behind `done`. */
interface Place {
  /** Key of the last stream of which nothing is left; '' for none. Keys are `name`, or `namespace/name` in a list of all. */
  done: string
  /** Key of the stream in which the page ended. */
  at: string
  /** The last tag of it that was given out; undefined for none. */
  tag: string | undefined
}

/** How the tags of a stream become objects, and which of them are wanted. */
export interface TagPageOptions<T> {
  streams: Persisted<ImageStream>
  tags: (stream: ImageStream) => string[]
  render: (stream: ImageStream, tag: string) => T
  matches: (object: T) => boolean
}

/**
 * Lists tags, at most `limit` of them, in the order of streams and tags. Versions are those of the streams. Errors: BadRequest, Invalid,
 * Expired, Timeout.
 */
export async function listTags<T extends KubeObject>(
  how: TagPageOptions<T>,
  context: Context,
  options: ListOptions,
): Promise<ObjectList<T>> {
  const { limit = Infinity, continue: token, labels } = options
  if (token !== undefined) checkContinued(options)
  const from = token === undefined ? undefined : readPlace(decodeContinue(token))
  const items: T[] = []
  let done = from?.place.done ?? ''
  let resourceVersion = ''
  for await (const { stream, rv } of streamsFrom(how.streams, context, { labels, from, first: firstPage(options) })) {
    // That of the streams: a client can tell whether anything has changed.
    resourceVersion = String(rv)
    if (!stream) continue
    const at = context.namespace ? stream.metadata.name! : `${stream.metadata.namespace!}/${stream.metadata.name!}`
    let last = from?.place.at === at ? from.place.tag : undefined
    for (const tag of how.tags(stream).toSorted(compareBytes)) {
      if (last !== undefined && compareBytes(tag, last) <= 0) continue
      const object = how.render(stream, tag)
      if (!how.matches(object)) continue
      // There is more than fits: the client may ask for it.
      if (items.length >= limit) {
        const metadata = { resourceVersion, continue: writePlace(rv, { done, at, tag: last }) }
        return { metadata, items }
      }
      items.push(object)
      last = tag
    }
    done = at
  }
  return { metadata: { resourceVersion }, items }
}

type Position = Pick<ListOptions, 'continue' | 'resourceVersion' | 'resourceVersionMatch'>

/** Of which time a list is. What has no limit here is read in chunks all the same, which would make a plain version an exact one. */
function firstPage({ limit, resourceVersion, resourceVersionMatch: match }: ListOptions): Position {
  const how = match ?? (resourceVersion && limit === undefined ? 'NotOlderThan' : undefined)
  return { ...(resourceVersion && { resourceVersion }), ...(how && { resourceVersionMatch: how }) }
}

interface From {
  token: ContinueToken
  place: Place
}

/** Streams behind `done`, all as they were at one revision, chunk by chunk; without a stream where there is none. */
async function* streamsFrom(
  streams: Persisted<ImageStream>,
  context: Context,
  { labels, from, first }: { labels: ListOptions['labels'] | undefined; from: From | undefined; first: Position },
): AsyncGenerator<{ stream?: ImageStream; rv: number }> {
  let position = first
  if (from) {
    const { done } = from.place
    const { rv } = from.token
    if (done !== '') position = { continue: encodeContinue({ rv, start: done }) }
    else if (rv !== LATEST) position = { resourceVersion: String(rv), resourceVersionMatch: 'Exact' }
  }
  for (;;) {
    const options = { limit: CHUNK, ...(labels && { labels }), ...position }
    const page = await streams.list(context, options).catch((error: unknown) => {
      if (from && isReason(error, 'Expired')) throw expiredContinue(from.token)
      if (from && isReason(error, 'Timeout')) throw invalidContinue()
      throw error
    })
    const rv = Number(page.metadata.resourceVersion)
    yield { rv }
    for (const stream of page.items) yield { stream, rv }
    if (!page.metadata.continue) return
    position = { continue: page.metadata.continue }
  }
}

// Names of streams hold no line feed; a tag may hold anything, and comes last.
const writePlace = (rv: number, { done, at, tag }: Place): string =>
  encodeContinue({ rv, start: [done, at, ...(tag === undefined ? [] : [tag])].join('\n') })

function readPlace(token: ContinueToken): From {
  const [done, at, ...tag] = token.start.split('\n')
  if (done === undefined || !at) throw invalidContinue()
  return { token, place: { done, at, tag: tag.length > 0 ? tag.join('\n') : undefined } }
}
