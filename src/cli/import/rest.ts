// What an import of many tags leaves to later ones. A server imports the first 50 of a repository, or fewer where it is asked to, and names the others.
import { specTag, statusTag } from '../../core/image/access.ts'
import type { ImageImportSpec, ImageStream, ImageStreamImport } from '../../core/image/types.ts'
import { hasPolicy } from '../../core/policy/policy.ts'
import type { ImportFlags, ImportRequestObject } from './plan.ts'

/** Why tags are not imported, in words that follow their number. */
export type Reason = 'signature' | 'policy' | 'before' | 'limit'

/** What comes after the first answer. */
export interface Rest {
  images: ImageImportSpec[]
  leftOut: ReadonlyMap<Reason, string[]>
}

/** Tags that tools like cosign keep beside images, and that registries without referrers keep lists of them in. */
const ATTACHED = /^sha(?:256|512)-[0-9a-f]{64,128}(?:\.[a-z]+)?$/

/** Decides which of the tags that the server has not imported are to be, in its order: most important first. */
export function restOf(request: ImportRequestObject, result: ImageStreamImport, flags: ImportFlags): Rest {
  const { repository } = request.spec
  const leftOut = new Map<Reason, string[]>()
  const images: ImageImportSpec[] = []
  if (!repository || flags.dryRun) return { images, leftOut }
  const { additionalTags = [], images: first = [] } = result.status.repository ?? {}
  const { importPolicy, referencePolicy } = repository
  for (const tag of additionalTags) {
    const name = `${repository.from.name ?? ''}:${tag}`
    const image = { from: { kind: 'DockerImage', name }, to: { name: tag }, importPolicy, referencePolicy }
    const full = flags.limit !== undefined && first.length + images.length >= flags.limit
    const reason = reasonAgainst(tag, name, result.status.import, flags) ?? (full ? 'limit' : undefined)
    if (reason === undefined) images.push(image)
    else if (leftOut.has(reason)) leftOut.get(reason)!.push(tag)
    else leftOut.set(reason, [tag])
  }
  return { images, leftOut }
}

function reasonAgainst(
  tag: string,
  source: string,
  stream: ImageStream | undefined,
  { resume }: ImportFlags,
): Reason | undefined {
  if (ATTACHED.test(tag)) return 'signature'
  const spec = stream && specTag(stream, tag)
  if (!spec) return undefined
  if (hasPolicy(spec)) return 'policy'
  const history = statusTag(stream, tag)
  const isThere = spec.from?.name === source && history?.items?.length && !history.conditions?.length
  return resume && isThere ? 'before' : undefined
}
