// Writes what an import found into its stream.
import { CHECK_ANNOTATION } from '../../core/image/annotations.ts'
import type { ImportResult } from '../../core/image/import.ts'
import { mergeImport, mergeRefusal } from '../../core/image/importMerge.ts'
import { newStream } from '../../core/image/newStream.ts'
import type { ImageStream, ImageStreamImport } from '../../core/image/types.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import { deepEqual } from '../../core/machinery/json/equal.ts'
import { formatTime } from '../../core/machinery/object.ts'
import type { Context } from '../../core/machinery/resource.ts'
import { ApiError, conflict, isReason, MODIFIED } from '../../core/machinery/status.ts'
import type { Persisted } from '../persisted.ts'
import { GROUP } from './deps.ts'

/** What errors of imports speak of. */
export const IMPORTS = { group: GROUP, plural: 'imagestreamimports' }

/** An import that is done, and has to be written. */
export interface ImportOutcome {
  isi: ImageStreamImport
  result: ImportResult
  /** The stream was there before. */
  existed: boolean
}

/** The stream as it was in the moment of the write, if there was one, and as it is by now. */
export interface ImportWritten {
  before?: ImageStream | undefined
  written: ImageStream
}

/** Writes the results into the stream, or makes it. Nothing is written when nothing is new. Errors: Conflict, Invalid. */
export async function writeImport(
  streams: Persisted<ImageStream>,
  context: Context,
  { isi, result, existed }: ImportOutcome,
): Promise<ImportWritten> {
  const now = formatTime(context.now())
  const { name = '', resourceVersion: given } = isi.metadata
  if (!existed) {
    const { namespace } = context
    const stream = newStream({ name, namespace, annotations: { [CHECK_ANNOTATION]: now } })
    mergeImport(stream, isi.spec, result, { now })
    try {
      return { written: await streams.create(context, stream) }
    } catch (error) {
      // Someone else made it meanwhile: our results go into that.
      if (!isReason(error, 'AlreadyExists')) throw error
    }
  }
  let before: ImageStream | undefined
  let merged: ImageStream | undefined
  try {
    const { object } = await streams.update(context, name, (stream) => {
      // A client that named a version gets a conflict; results for others are merged into whatever the stream is by now.
      if (given && given !== stream.metadata.resourceVersion) throw conflict(IMPORTS, name, MODIFIED)
      before = clone(stream)
      mergeImport(stream, isi.spec, result, { now })
      merged = clone(stream)
      if (stream.metadata.annotations?.[CHECK_ANNOTATION] && deepEqual(before, stream)) return stream
      stream.metadata.annotations = { ...stream.metadata.annotations, [CHECK_ANNOTATION]: now }
      return stream
    })
    return { before, written: object }
  } catch (error) {
    if (merged && isOverLimit(error)) await recordRefusal(streams, context, merged, { error, now })
    throw error
  }
}

/** Clients find limits by these words, too. */
function isOverLimit(error: unknown): error is ApiError {
  return (
    (isReason(error, 'Invalid') || isReason(error, 'Forbidden')) && /exceeds the maximum limit/i.test(error.message)
  )
}

/** Tags that the limit keeps from being made say so, instead of waiting. What goes wrong here does not hide the limit. */
async function recordRefusal(
  streams: Persisted<ImageStream>,
  context: Context,
  merged: ImageStream,
  { error, now }: { error: ApiError; now: string },
): Promise<void> {
  const { reason, message } = error
  const name = merged.metadata.name ?? ''
  await streams
    .update(context, name, (stream) => mergeRefusal(stream, merged, { reason, message }, { now }))
    .catch(() => undefined)
}
