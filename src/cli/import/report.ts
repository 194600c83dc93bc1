// What import-image prints about the server's answer.
import { tagName } from '../../core/image/names.ts'
import type { ImageImportStatus, ImageStreamImport } from '../../core/image/types.ts'
import { describeImage } from '../describe/image.ts'
import { describeImageStream } from '../describe/stream.ts'
import { CommandError } from '../failure.ts'
import type { Imported } from './batches.ts'
import type { Reason, Rest } from './rest.ts'

/** What an import prints. */
export interface ImportReport {
  /** Follows the name of the stream on stdout. */
  message: string
  /** Lines for stderr. */
  problems: string[]
  failed: boolean
}

/** What became of the tags that the server did not import at once. */
export interface Later extends Pick<Rest, 'leftOut'> {
  more: Imported | undefined
}

/** Failures of later tags that are told one by one. */
const TOLD = 20

/** Puts the report of an import together. */
export function reportImport(
  result: ImageStreamImport,
  stream: string,
  dryRun: boolean,
  now: Date,
  later: Later,
): ImportReport {
  const { images, repository } = result.status
  // Of single tags of a repository the server decides whether they fail the repository: oc's exit status, which scripts rely on.
  const failures = later.more?.failures ?? []
  const failed =
    failures.length > 0 ||
    (images ?? []).some(({ status }) => status?.status === 'Failure') ||
    repository?.status?.status === 'Failure'
  const problems: string[] = []
  const parts = [`imported${failed ? ' with errors' : ''}${dryRun ? ' (dry run)' : ''}\n\n`]
  const after = later.more?.stream ?? result.status.import
  if (after) parts.push(`${describeImageStream(after, now)}\n`)
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
  for (const { tag, message } of failures.slice(0, TOLD))
    problems.push(`error: repository tag ${tag} failed: ${message}`)
  if (failures.length > TOLD) problems.push(`error: ${failures.length - TOLD} more tags failed`)
  const more = repository?.additionalTags ?? []
  if (more.length > 0) parts.push(dryRun ? moreTags(more) : summary(repository?.images ?? [], more.length, later))
  return { message: parts.join(''), problems, failed }
}

const WORDS: Readonly<Record<Reason, string>> = {
  signature: 'are signatures and the like of images',
  policy: 'follow a policy of their own',
  before: 'were imported before',
  limit: 'are beyond --limit',
}
/** Names that are told of those that are left out for one reason. */
const NAMED = 5

/** How many tags there are, and what has become of those that were not imported. */
function summary(first: readonly ImageImportStatus[], additional: number, { leftOut, more }: Later): string {
  const done = first.filter(({ image }) => image).length + (more?.done ?? 0)
  const failed = first.length - (done - (more?.done ?? 0)) + (more?.failures.length ?? 0)
  const lines = Array.from(leftOut, ([reason, tags]) => `  ${tags.length} ${WORDS[reason]}: ${named(tags)}`)
  if (failed > 0) lines.push(`  ${failed} failed`)
  if (more && more.left > 0) lines.push(`  ${more.left} were not come to`)
  const total = first.length + additional
  const what = lines.length > 0 ? `, of the others\n${lines.join('\n')}` : ''
  return `\ninfo: ${done} of the ${total} tags of the repository were imported${what}\n`
}

function named(tags: readonly string[]): string {
  const more = tags.length > NAMED ? ` and ${tags.length - NAMED} more` : ''
  return tags.slice(0, NAMED).join(', ') + more
}

function moreTags(tags: readonly string[]): string {
  return `\ninfo: The remote repository contained ${tags.length} additional tags which were not imported: ${tags.join(', ')}\n`
}
