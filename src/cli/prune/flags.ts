import { CommandError } from '../failure.ts'
import { parseDuration } from '../goDuration.ts'

/** Flags of `adm prune images`, as typed. */
interface RawPruneFlags {
  /** '' is all namespaces. */
  namespace: string
  confirm?: boolean
  all: boolean
  keepYoungerThan?: string
  keepTagRevisions?: string
  pruneOverSizeLimit?: boolean
  pruneRegistry?: boolean
  ignoreInvalidRefs?: boolean
  numWorkers?: string
  registryUrl?: string
  forceInsecure?: boolean
}

/** What to prune. */
export interface PruneFlags {
  /** Only streams of this namespace, and no images; '' is everything. */
  namespace: string
  confirm: boolean
  all: boolean
  /** Milliseconds; undefined when pruning by size. */
  youngerThan: number | undefined
  revisions: number
  ignoreInvalid: boolean
}

/** Checks flags. Throws CommandError. */
export function parseFlags(raw: RawPruneFlags): PruneFlags {
  const { keepYoungerThan, keepTagRevisions, pruneOverSizeLimit: bySize } = raw
  if (raw.pruneRegistry) {
    throw new CommandError(
      '--prune-registry is not supported: only objects of the API are removed, contents of registries stay',
    )
  }
  for (const [flag, given] of Object.entries({
    'registry-url': raw.registryUrl !== undefined,
    'force-insecure': raw.forceInsecure,
  })) {
    if (given && raw.pruneRegistry === undefined)
      throw new CommandError(
        `--${flag} is for contents of registries, which stay: give --prune-registry=false to remove objects of the API`,
      )
  }
  if (bySize && (keepYoungerThan !== undefined || keepTagRevisions !== undefined)) {
    throw new CommandError(
      '--prune-over-size-limit cannot be specified with --keep-tag-revisions nor --keep-younger-than',
    )
  }
  for (const [flag, value] of Object.entries({
    'keep-younger-than': keepYoungerThan,
    'keep-tag-revisions': keepTagRevisions,
  })) {
    if (value?.startsWith('-')) throw new CommandError(`--${flag} must be greater than or equal to 0`)
  }
  for (const [flag, value] of Object.entries({
    'keep-tag-revisions': keepTagRevisions,
    'num-workers': raw.numWorkers,
  })) {
    if (value !== undefined && !/^[0-9]{1,9}$/.test(value))
      throw new CommandError(`--${flag} must be a number, not "${value}"`)
  }
  return {
    namespace: raw.namespace,
    confirm: raw.confirm ?? false,
    all: raw.all,
    youngerThan: bySize ? undefined : parseDuration(keepYoungerThan ?? '60m'),
    revisions: Number(keepTagRevisions ?? 3),
    ignoreInvalid: raw.ignoreInvalidRefs ?? false,
  }
}
