import { exact } from '../../core/oci/reference.ts'
import type { Destination } from './destination.ts'
import type { TagFlags } from './flags.ts'
import type { Source } from './source.ts'

/** What `tag` prints for a destination that is set. `namespace` is the current one. */
export function tagMessage(source: Source, destination: Destination, flags: TagFlags, namespace: string): string {
  const own = destination.namespace === namespace
  const tag = own ? destination.text : `${destination.namespace}/${destination.text}`
  const from = exact(source.reference)
  if (flags.alias) return `Tag ${tag} set up to track ${from}.`
  if (!flags.scheduled) return `Tag ${tag} set to ${from}.`
  // The two differ in oc, and scripts read them.
  return own ? `Tag ${tag} set to import ${from} periodically.` : `Tag ${tag} set to ${from} periodically.`
}
