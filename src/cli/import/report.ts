// What import-image prints about the server's answer.
import { tagName } from '../../core/image/names.ts'
import type { ImageImportStatus, ImageStreamImport } from '../../core/image/types.ts'
import { describeImage } from '../describe/image.ts'
import { describeImageStream } from '../describe/stream.ts'
import { CommandError } from '../failure.ts'

/** What an import prints. */
export interface ImportReport {
  /** Follows the name of the stream on stdout. */
  message: string
  /** Lines for stderr. */
  problems: string[]
  failed: boolean
}

/** Puts the report of an import together. */
export function reportImport(result: ImageStreamImport, stream: string, dryRun: boolean, now: Date): ImportReport {
  const { images, repository } = result.status
  // Of single tags of a repository the server decides whether they fail the repository: oc's exit status, which scripts rely on.
  const failed =
    (images ?? []).some(({ status }) => status?.status === 'Failure') || repository?.status?.status === 'Failure'
  const problems: string[] = []
  const parts = [`imported${failed ? ' with errors' : ''}${dryRun ? ' (dry run)' : ''}\n\n`]
  if (result.status.import) parts.push(`${describeImageStream(result.status.import, now)}\n`)
  const add = (image: ImageImportStatus, what: string): void => {
    try {
      if (image.image) parts.push(`${describeImage(image.image, tagName(stream, image.tag ?? ''), now)}\n`)
      else problems.push(`error: ${what} ${image.tag ?? ''} failed: ${image.status?.message ?? ''}`)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      problems.push(`error: tag ${image.tag ?? ''} failed: ${error.message}`)
    }
  }
  for (const image of repository?.images ?? []) add(image, 'repository tag')
  for (const image of images ?? []) add(image, 'tag')
  // A repository that could not be listed has no tags to complain about.
  if (repository?.status?.status === 'Failure' && !repository.images?.length) {
    problems.push(`error: repository failed: ${repository.status.message ?? ''}`)
  }
  const more = repository?.additionalTags ?? []
  if (more.length > 0) parts.push(moreTags(more))
  return { message: parts.join(''), problems, failed }
}

function moreTags(tags: readonly string[]): string {
  return `\ninfo: The remote repository contained ${tags.length} additional tags which were not imported: ${tags.join(', ')}\n`
}
