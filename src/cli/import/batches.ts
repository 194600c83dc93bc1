// Imports many images, some at a time: what is done is done, whatever happens to the others.
import type { ImageImportSpec, ImageStream, ImageStreamImport } from '../../core/image/types.ts'
import { isReason } from '../../core/machinery/status.ts'
import type { Session } from '../session.ts'
import { IMAGE_STREAM_IMPORTS } from '../stream/refs.ts'
import type { ImportRequestObject } from './plan.ts'

/**
 * Images of one request. Few enough for one to be done in seconds, so that little is lost when the next is interrupted and others have
 * their turn in between; many enough for a write of the stream to be worth it.
 */
const BATCH = 20

/** What came of it. */
export interface Imported {
  /** Tags that were imported. */
  done: number
  failures: { tag: string; message: string }[]
  /** The stream after the last request; undefined when none was answered. */
  stream?: ImageStream
  /** Tags that it did not come to, and why. */
  left: number
  stopped?: unknown
}

/** Imports all images, one request after the other. `signal` ends it. `progress` is told how many images are done with. */
export async function importBatches(
  { client, namespace }: Pick<Session, 'client' | 'namespace'>,
  { kind, apiVersion, metadata }: ImportRequestObject,
  images: readonly ImageImportSpec[],
  { signal, progress }: { signal: AbortSignal; progress: (imported: Imported) => void },
): Promise<Imported> {
  const imported: Imported = { done: 0, failures: [], left: images.length }
  // Each is merged into whatever the stream is by then, and what is asked of the first is not asked of these.
  const { name, namespace: of } = metadata
  const named = { name, namespace: of }
  for (let at = 0; at < images.length; at += BATCH) {
    const batch = images.slice(at, at + BATCH)
    const request = { kind, apiVersion, metadata: named, spec: { import: true, images: batch } } as ImportRequestObject
    try {
      const { status } = await post(request)
      for (const [i, { status: each, image }] of (status.images ?? []).entries()) {
        if (image) imported.done++
        else imported.failures.push({ tag: batch[i]?.to?.name ?? '', message: each.message ?? '' })
      }
      if (status.import) imported.stream = status.import
      imported.left -= batch.length
      progress(imported)
    } catch (error) {
      return { ...imported, stopped: signal.aborted ? undefined : error }
    }
  }
  return imported

  async function post(request: ImportRequestObject): Promise<ImageStreamImport> {
    const target = { resource: IMAGE_STREAM_IMPORTS, namespace }
    for (let again = true; ; again = false) {
      signal.throwIfAborted()
      try {
        return await client.create<ImageStreamImport>(target, request, { signal })
      } catch (error) {
        // Somebody was faster with the stream: once more, with what is fetched already in the memory of the server.
        if (!again || !isReason(error, 'Conflict')) throw error
      }
    }
  }
}
