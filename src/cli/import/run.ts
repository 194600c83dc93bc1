import type { ImageImportSpec, ImageStream, ImageStreamImport } from '../../core/image/types.ts'
import { isReason } from '../../core/machinery/status.ts'
import { CommandError, failureText } from '../failure.ts'
import { formatObject, outputFormat } from '../print/object.ts'
import type { Session } from '../session.ts'
import { IMAGE_API, IMAGE_STREAM_IMPORTS, IMAGE_STREAMS } from '../stream/refs.ts'
import { onConflict } from '../stream/conflict.ts'
import { hintsFor } from './hints.ts'
import { importBatches, type Imported } from './batches.ts'
import { planImport, type ImportFlags, type ImportRequestObject } from './plan.ts'
import { reportImport } from './report.ts'
import { restOf } from './rest.ts'
import { type ImportTarget, parseTarget } from './target.ts'

/** `import-image`: reads the stream, posts an import, prints what came of it. */
export async function importImage(session: Session, argument: string, flags: ImportFlags): Promise<void> {
  const target = parseTarget(argument, flags.all)
  const format = outputFormat(session.output)
  // Another import may have changed the stream since it was read: imports of other tags, for example.
  const { stream, request, result } = await onConflict(() => readAndImport(session, target, flags))
  const rest = restOf(request, result, flags)
  const more = rest.images.length > 0 ? await importRest(session, request, result, rest.images) : undefined
  const report = reportImport(result, target.stream, flags.dryRun, session.now(), { ...rest, more })
  for (const line of [...report.problems, ...hintsFor(report.problems)]) session.err(`${line}\n`)
  // The API need not tell the kind of an object that it was asked for by kind.
  session.out(await formatObject({ ...stream, kind: 'ImageStream', apiVersion: IMAGE_API }, format, report.message))
  if (more && more.left > 0) throw new CommandError(stopText(more))
  if (report.failed) throw new CommandError('imported completed with errors')
}

async function readAndImport({ client, namespace }: Session, target: ImportTarget, flags: ImportFlags) {
  const current = await client
    .get<ImageStream>({ resource: IMAGE_STREAMS, namespace, name: target.stream })
    .catch((error: unknown) => {
      // Not a missing namespace, a missing API, or some other server's 404.
      if (isReason(error, 'NotFound') && error.status.details?.kind === 'imagestreams') return undefined
      throw error
    })
  const { stream, request } = planImport(target, flags, namespace, current)
  const result = await client.create<ImageStreamImport>({ resource: IMAGE_STREAM_IMPORTS, namespace }, request)
  return { stream, request, result }
}

/** The tags beyond those that a server imports of a repository at once. */
async function importRest(
  session: Session,
  request: ImportRequestObject,
  result: ImageStreamImport,
  images: readonly ImageImportSpec[],
): Promise<Imported> {
  const first = result.status.repository?.images?.length ?? 0
  const show = ({ left, failures }: Pick<Imported, 'left' | 'failures'>): void => {
    if (!session.interactive) return
    const failed = failures.length > 0 ? `, ${failures.length} failed` : ''
    session.err(`${LINE}importing: ${first + images.length - left} of ${first + images.length} tags${failed}`)
  }
  show({ left: images.length, failures: [] })
  const signal = session.interrupted?.() ?? new AbortController().signal
  const imported = await importBatches(session, request, images, { signal, progress: show })
  if (session.interactive) session.err(LINE)
  return imported
}

/** To the beginning of the line, and all of it away. */
const LINE = '\r\u001b[K'

function stopText({ left, stopped }: Imported): string {
  const why = stopped === undefined ? 'interrupted' : failureText(stopped).replace(/^error: /, '')
  return `${why}: ${left} tags are left; what was imported stays, and the same command with --resume goes on`
}
