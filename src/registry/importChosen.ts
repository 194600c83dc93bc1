// Imports what a policy chooses: lists the tags of the repository, and fetches the one that is meant now.
import { setImmediate } from 'node:timers/promises'
import type { Followed } from '../core/image/import.ts'
import type { ImageImportSpec, ImageImportStatus } from '../core/image/types.ts'
import type { Choice } from '../core/policy/choice.ts'
import { choose, type Choosing, type Look } from '../core/policy/choose.ts'
import { asRepository, withClientDefaults, withTag } from '../core/oci/forms.ts'
import { exact, type Reference } from '../core/oci/reference.ts'
import { RegistryError } from './error.ts'
import { imageFailure, listingFailure, policyFailure } from './failure.ts'
import type { ImportBudget } from './importBudget.ts'
import type { Group, ImportRun, Item } from './importRun.ts'
import type { RegistryReader } from './reader.ts'
import { failureReason } from './reason.ts'

/** Which image to import, by which policy, and in which run. */
export interface ChosenOptions {
  reader: RegistryReader
  run: ImportRun
  group: Group
  reference: Reference
  spec: ImageImportSpec
  followed: Followed
  preferred: Item['preferred']
  now: Date
  budget: ImportBudget
}

/** What became of the image, and what was chosen. */
export interface ChosenImage {
  status: ImageImportStatus
  choice: Choice
}

/** Chooses and fetches. Rejects only when the caller aborts. */
export async function importChosen(options: ChosenOptions): Promise<ChosenImage> {
  const { run, group, spec, followed, preferred, budget, reference, now } = options
  const { policy: read, id, choice: before } = followed
  // Where nothing was chosen it is at least known for which policy that was tried.
  const unchanged: Choice = before?.policy === id ? before : { policy: id }
  if ('problem' in read) return { status: { status: policyFailure('InvalidPolicy', read.problem) }, choice: unchanged }
  const item = (tag: string, digest?: string): Item => {
    const importMode = spec.importPolicy.importMode ?? ''
    return { reference: digest ?? tag, digest: false, preferred, importMode, ...(digest && { tag }) }
  }
  try {
    const tags = await listed(options)
    const chosen = await choose({
      policy: read.policy,
      id,
      tags,
      before,
      now,
      pause: setImmediate,
      look: (tag) => look(options, tag),
      made: async (tag) => madeAt(await run.fetch(group, item(tag))),
    } satisfies Choosing)
    if ('untold' in chosen) {
      const { tag, error } = chosen.untold
      return {
        status: { status: imageFailure(error, exact(withClientDefaults(withTag(group.spelling, tag)))) },
        choice: chosen.choice,
      }
    }
    if ('failure' in chosen)
      return { status: { status: policyFailure(chosen.failure, chosen.message) }, choice: chosen.choice }
    const status = await run.fetch(group, item(chosen.take.tag, chosen.take.digest))
    return { status, choice: status.image ? chosen.choice : unchanged }
  } catch (error) {
    budget.throwIfUnwanted()
    const repository = exact(asRepository(reference))
    const unknown = error instanceof RegistryError && error.has('NAME_UNKNOWN')
    const status = unknown ? listingFailure(error, repository) : imageFailure(error, repository)
    return { status: { status }, choice: unchanged }
  }
}

/** Once for all tags of the import that follow the repository. */
function listed({ reader, group, budget }: ChosenOptions): Promise<string[]> {
  group.tags ??= reader.tags(group.repository, budget.signal)
  return group.tags
}

/** What cannot be looked at is not gone: only the registry's word for that counts. */
async function look({ reader, group, budget }: ChosenOptions, tag: string): Promise<Look> {
  const { repository } = group
  try {
    const told =
      (await reader.head(repository, tag, budget.signal)) ?? (await reader.manifest(repository, tag, budget.signal))
    return { digest: told.digest }
  } catch (error) {
    budget.throwIfUnwanted()
    return failureReason(error) === 'NotFound' ? undefined : { error }
  }
}

function madeAt({ image }: ImageImportStatus): Date | undefined {
  const made = image?.dockerImageMetadata?.Created
  const date = made ? new Date(made) : undefined
  return date && !Number.isNaN(date.getTime()) ? date : undefined
}
