// Pending imports: which tags of a stream still have to be fetched, as the import that fetches them.
// Converges because whatever an import ends with, an image or a failure, is recorded with a generation that counts as observed.
import { choicesOf } from '../policy/choice.ts'
import { policyId } from '../policy/policy.ts'
import { statusTag } from './access.ts'
import { CHECK_ANNOTATION, INSECURE_ANNOTATION, isSet } from './annotations.ts'
import { isImportable } from './importable.ts'
import type { ImageImportSpec, ImageStream, ImageStreamImport, RepositoryImportSpec, TagReference } from './types.ts'

const NONE: ReadonlySet<string> = new Set()

/**
 * The import that the stream waits for, for exactly the stream as given (uid, resourceVersion); undefined when there is none.
 * `also`: tags that are known to have moved.
 */
export function pendingImport(
  stream: ImageStream,
  also: { has(tag: string): boolean } = NONE,
): ImageStreamImport | undefined {
  const importable = (stream.spec.tags ?? []).filter(isImportable)
  const checked = Boolean(stream.metadata.annotations?.[CHECK_ANNOTATION])
  const repository = checked ? undefined : repositoryImport(stream)
  if (repository) return request(stream, importable, repository)
  // Another policy, or none any more, is another source. A tag without generation does not start an import, but goes along with one.
  const choices = choicesOf(stream)
  const starts = (tag: TagReference): boolean =>
    isPending(stream, tag) || also.has(tag.name) || choices.get(tag.name)?.policy !== policyId(tag)
  if (checked && !importable.some(starts)) return undefined
  const wanted = importable.filter((tag) => tag.generation === null || starts(tag))
  return wanted.length > 0 ? request(stream, wanted) : undefined
}

/** The tag changed after its last import, successful or not. */
export function isPending(stream: Pick<ImageStream, 'status'>, tag: TagReference): boolean {
  return (tag.generation ?? 0) > observedGeneration(stream, tag.name)
}

/** The newest generation of a tag that an import has dealt with; 0 when there was none. */
export function observedGeneration(stream: Pick<ImageStream, 'status'>, tag: string): number {
  const history = statusTag(stream, tag)
  const failed = history?.conditions?.find((c) => c.type === 'ImportSuccess')
  return Math.max(history?.items?.[0]?.generation ?? 0, failed?.generation ?? 0, 0)
}

function repositoryImport(stream: ImageStream): RepositoryImportSpec | undefined {
  const name = stream.spec.dockerImageRepository
  if (!name) return undefined
  const insecure = isSet(stream.metadata.annotations, INSECURE_ANNOTATION)
  return {
    from: { kind: 'DockerImage', name },
    importPolicy: insecure ? { insecure } : {},
    referencePolicy: { type: 'Source' },
  }
}

function request(
  stream: ImageStream,
  tags: readonly TagReference[],
  repository?: RepositoryImportSpec,
): ImageStreamImport {
  const { name, namespace, resourceVersion, uid } = stream.metadata
  return {
    kind: 'ImageStreamImport',
    apiVersion: 'image.openshift.io/v1',
    metadata: {
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(uid !== undefined && { uid }),
    },
    spec: {
      import: true,
      ...(repository && { repository }),
      ...(tags.length > 0 && { images: tags.map(imageImport) }),
    },
    status: {},
  }
}

function imageImport(tag: TagReference): ImageImportSpec {
  const { name, from = {}, importPolicy, referencePolicy } = tag
  return { from, to: { name }, importPolicy, referencePolicy }
}
