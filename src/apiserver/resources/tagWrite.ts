// What writes of imagestreamtags and imagetags share: finding the stream, making it, removing a tag.
import { removeSpecTag } from '../../core/image/access.ts'
import { removeHistory } from '../../core/image/history.ts'
import { splitTagName } from '../../core/image/names.ts'
import { newStream } from '../../core/image/newStream.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { formatTime } from '../../core/machinery/object.ts'
import type { Context, DeleteOptions } from '../../core/machinery/resource.ts'
import {
  badRequest,
  conflict,
  ifFound,
  isReason,
  notFound,
  serverTimeout,
  type Status,
  type Subject,
  success,
} from '../../core/machinery/status.ts'
import type { StreamPaths } from './streams.ts'

/** How often a write starts anew because the stream came or went meanwhile. */
const ATTEMPTS = 10

/** Seconds after which a client may try again. */
const RETRY_AFTER = 2

/** The stream after a write. `created`: the tag, or the stream, is new. */
export interface Written {
  stream: ImageStream
  created: boolean
}

/** Writes to a stream, or makes it when there is none; again, when it appears or vanishes in between. */
export async function writeStream(
  paths: StreamPaths,
  context: Context,
  name: string,
  how: { operation: string; subject: Subject; update: () => Promise<Written>; create: () => Promise<Written> },
): Promise<Written> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const exists = await found(paths, context, name)
    try {
      return exists ? await how.update() : await how.create()
    } catch (error) {
      const vanished = exists && isReason(error, 'NotFound') && !(await found(paths, context, name))
      const appeared = !exists && isReason(error, 'AlreadyExists')
      if (!vanished && !appeared) throw error
    }
  }
  throw serverTimeout(how.subject, how.operation, RETRY_AFTER)
}

async function found(paths: StreamPaths, context: Context, name: string): Promise<boolean> {
  return (await ifFound(paths.internal.get(context, name))) !== undefined
}

/** A stream that does not exist yet, as a tag's write sees it: it has an identity already. */
export function streamToBe(context: Context, name: string): ImageStream {
  const { namespace } = context
  return newStream({ name, namespace, uid: context.uid(), creationTimestamp: formatTime(context.now()) })
}

/** Refuses a resourceVersion that is not the stream's. Error: Conflict. */
export function checkVersion(subject: Subject, name: string, given: string | undefined, stream: ImageStream): void {
  const current = stream.metadata.resourceVersion
  if (!given || given === current) return
  throw conflict(subject, name, `another caller has updated the resource version to ${current ?? ''}`)
}

/** Removes a tag from spec and status. Errors: NotFound, Conflict. */
export async function deleteTag(
  paths: StreamPaths,
  context: Context,
  target: { stream: string; tag: string; name: string; subject: Subject },
  options: DeleteOptions,
): Promise<Status> {
  const { subject, name, tag } = target
  await paths.internal.update(context, target.stream, (stream) => {
    if (options.uid && options.uid !== stream.metadata.uid)
      throw conflict(subject, name, 'the UID precondition was not met')
    const removed = [removeSpecTag(stream, tag), removeHistory(stream, tag)]
    if (!removed.includes(true)) throw notFound(subject, name)
    return stream
  })
  return success()
}

/** The parts of a new tag's name. Error: BadRequest. */
export function newTarget(name: string): { stream: string; tag: string } {
  const target = splitTagName(name)
  if (!target) throw badRequest(`${JSON.stringify(name)} must be of the form <stream_name>:<tag>`)
  // It could be made, but never be read again.
  if (target.tag.includes(':')) throw badRequest(`${JSON.stringify(name)} has more than one colon`)
  if (name.includes('@')) throw badRequest(`${JSON.stringify(name)} has an @, which is for images: a tag has none`)
  return target
}
