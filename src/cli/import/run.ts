import type { ImageStream, ImageStreamImport } from '../../core/image/types.ts'
import { isReason } from '../../core/machinery/status.ts'
import { CommandError } from '../failure.ts'
import { formatObject, outputFormat } from '../print/object.ts'
import type { Session } from '../session.ts'
import { IMAGE_API, IMAGE_STREAM_IMPORTS, IMAGE_STREAMS } from '../stream/refs.ts'
import { onConflict } from '../stream/conflict.ts'
import { hintsFor } from './hints.ts'
import { planImport, type ImportFlags } from './plan.ts'
import { reportImport } from './report.ts'
import { type ImportTarget, parseTarget } from './target.ts'

/** `import-image`: reads the stream, posts an import, prints what came of it. */
export async function importImage(session: Session, argument: string, flags: ImportFlags): Promise<void> {
  const target = parseTarget(argument, flags.all)
  const format = outputFormat(session.output)
  // Another import may have changed the stream since it was read: imports of other tags, for example.
  const { stream, result } = await onConflict(() => readAndImport(session, target, flags))
  const report = reportImport(result, target.stream, flags.dryRun, session.now())
  for (const line of [...report.problems, ...hintsFor(report.problems)]) session.err(`${line}\n`)
  // The API need not tell the kind of an object that it was asked for by kind.
  session.out(await formatObject({ ...stream, kind: 'ImageStream', apiVersion: IMAGE_API }, format, report.message))
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
  return { stream, result }
}
