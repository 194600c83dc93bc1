// Words of flags that become policies of tags.
import { CommandError } from '../failure.ts'

export type ReferencePolicy = 'Source' | 'Local'
export type ImportMode = 'Legacy' | 'PreserveOriginal'

const POLICIES: Readonly<Record<string, ReferencePolicy>> = { source: 'Source', local: 'Local' }

/** `--import-mode`; '' and undefined mean Legacy. */
export function importMode(text: string | undefined): ImportMode {
  if (text === undefined || text === '') return 'Legacy'
  if (text === 'Legacy' || text === 'PreserveOriginal') return text
  throw new CommandError('valid ImportMode values are Legacy or PreserveOriginal')
}

/** `--reference-policy`, in any case; '' and undefined mean Source. `complaint` is the command's own text. */
export function referencePolicy(text: string | undefined, complaint: string): ReferencePolicy {
  const policy = text ? POLICIES[text.toLowerCase()] : 'Source'
  if (!policy) throw new CommandError(complaint)
  return policy
}
