// Flags of `tag`, and which of them go together.
import { CommandError } from '../failure.ts'
import { importMode, type ImportMode, type ReferencePolicy } from '../stream/policy.ts'
import type { Destination } from './destination.ts'
import type { Source } from './source.ts'

/** As typed. */
export interface RawTagFlags {
  source: string
  delete: boolean
  alias: boolean
  reference: boolean
  scheduled: boolean
  insecure: boolean
  referencePolicy: string
  importMode: string
}

/** Checked. */
export interface TagFlags {
  alias: boolean
  reference: boolean
  scheduled: boolean
  insecure: boolean
  referencePolicy: ReferencePolicy
  importMode: ImportMode
}

/** Checks what can be checked without the source. Throws CommandError. */
export function checkFlags(flags: RawTagFlags): TagFlags {
  if (flags.delete && flags.alias) throw new CommandError('--alias and --delete may not be both specified')
  if (flags.referencePolicy !== 'source' && flags.referencePolicy !== 'local') {
    throw new CommandError("reference policy must be set to 'source' or 'local'")
  }
  if (flags.delete) {
    if (flags.source) throw new CommandError('cannot specify a source kind when deleting')
    if (flags.scheduled || flags.insecure) {
      throw new CommandError('cannot set flags for importing images when deleting a tag')
    }
    if (flags.importMode) throw new CommandError('cannot specify an import mode when deleting')
  }
  return {
    ...flags,
    referencePolicy: flags.referencePolicy === 'local' ? 'Local' : 'Source',
    importMode: importMode(flags.importMode),
  }
}

/** Checks source, destinations and flags together. `namespace` is the current one. */
export function checkCombination(
  flags: TagFlags,
  source: Source,
  destinations: readonly Destination[],
  namespace: string,
): void {
  const importing = flags.scheduled || flags.insecure
  if (source.kind !== 'DockerImage' && importing) {
    throw new CommandError('only container images can have importing flags set')
  }
  if (!flags.alias) return
  if (importing) throw new CommandError('cannot set a container image tag as an alias and also set import flags')
  if (destinations.some((d) => d.namespace !== namespace || d.stream !== source.reference.name)) {
    throw new CommandError('cannot set alias across different Image Streams')
  }
}
