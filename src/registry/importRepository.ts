// Imports a repository as a whole: its most important tags, up to a limit.
import type { ImageImportStatus, RepositoryImportSpec, RepositoryImportStatus } from '../core/image/types.ts'
import { orderTags } from '../core/image/tagOrder.ts'
import { asRepository } from '../core/oci/forms.ts'
import { exact, type Reference } from '../core/oci/reference.ts'
import { listingFailure, someFailed, succeeded } from './failure.ts'
import type { ImportBudget } from './importBudget.ts'
import type { Group, ImportRun } from './importRun.ts'
import type { RegistryReader } from './reader.ts'

/** Which repository to import, and in which run. */
export interface RepositoryOptions {
  reader: RegistryReader
  run: ImportRun
  group: Group
  reference: Reference
  spec: RepositoryImportSpec
  /** -1: no limit. */
  limit: number
  /** Tags that this import fetches anyway: they are results even beyond the limit. */
  fetchedAnyway: ReadonlySet<string>
  budget: ImportBudget
}

/** Lists and fetches. Rejects only when the caller aborts. */
export async function importRepository(options: RepositoryOptions): Promise<RepositoryImportStatus> {
  const { reader, run, group, spec, limit, budget } = options
  let tags: string[]
  try {
    tags = orderTags(await reader.tags(group.repository, budget.signal))
  } catch (error) {
    budget.throwIfUnwanted()
    return { status: listingFailure(error, exact(asRepository(options.reference))) }
  }
  const count = limit < 0 ? tags.length : limit
  const leftover = tags.slice(count)
  const importing = [...tags.slice(0, count), ...leftover.filter((tag) => options.fetchedAnyway.has(tag))]
  const additionalTags = leftover.filter((tag) => !options.fetchedAnyway.has(tag))
  const importMode = spec.importPolicy.importMode ?? ''
  const images = await Promise.all(
    importing.map((reference) => run.fetch(group, { reference, digest: false, preferred: {}, importMode })),
  )
  return {
    status: outcome(images),
    ...(images.length > 0 && { images }),
    ...(additionalTags.length > 0 && { additionalTags }),
  }
}

function outcome(images: readonly ImageImportStatus[]) {
  const failures = images.filter(({ status }) => status.status !== 'Success').length
  return failures === 0 ? succeeded() : someFailed(failures)
}
