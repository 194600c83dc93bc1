import type { ImageStream, ImageStreamImport } from '../../core/image/types.ts'
import { isReason } from '../../core/machinery/status.ts'
import { CommandError } from '../failure.ts'
import { formatObject, outputFormat } from '../print/object.ts'
import type { Session } from '../session.ts'
import { IMAGE_API, IMAGE_STREAM_IMPORTS, IMAGE_STREAMS } from '../stream/refs.ts'
import { planImport, type ImportFlags } from './plan.ts'
import { reportImport } from './report.ts'
import { parseTarget } from './target.ts'

/** `import-image`: reads the stream, posts one import, prints what came of it. */
export async function importImage(session: Session, argument: string, flags: ImportFlags): Promise<void> {
  const { client, namespace } = session
  const target = parseTarget(argument, flags.all)
  const format = outputFormat(session.output)
  const current = await client
    .get<ImageStream>({ resource: IMAGE_STREAMS, namespace, name: target.stream })
    .catch((error: unknown) => {
      // Not a missing namespace, a missing API, or some other server's 404.
      if (isReason(error, 'NotFound') && error.status.details?.kind === 'imagestreams') return undefined
      throw error
    })
  const { stream, request } = planImport(target, flags, namespace, current)
  const result = await client.create<ImageStreamImport>({ resource: IMAGE_STREAM_IMPORTS, namespace }, request)
  const report = reportImport(result, target.stream, flags.dryRun, session.now())
  for (const problem of report.problems) session.err(`${problem}\n`)
  // The API need not tell the kind of an object that it was asked for by kind.
  session.out(await formatObject({ ...stream, kind: 'ImageStream', apiVersion: IMAGE_API }, format, report.message))
  if (report.failed) throw new CommandError('imported completed with errors')
}
