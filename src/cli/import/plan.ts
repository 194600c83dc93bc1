// What import-image asks the server for, given the stream as it is. Pure: one function, stream and flags in, request out.
import type {
  ImageImportSpec,
  ImageStream,
  RepositoryImportSpec,
  TagImportPolicy,
  TagReference,
} from '../../core/image/types.ts'
import { specTag } from '../../core/image/access.ts'
import { IMPORT_LIMIT, INSECURE_ANNOTATION, isSet } from '../../core/image/annotations.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { CommandError } from '../failure.ts'
import type { ImportMode, ReferencePolicy } from '../stream/policy.ts'
import { IMAGE_API } from '../stream/refs.ts'
import { tagSource } from './tagSource.ts'
import type { ImportTarget } from './target.ts'

/** Flags of `import-image`. */
export interface ImportFlags {
  from: string
  confirm: boolean
  all: boolean
  scheduled: boolean
  /** undefined: not given, the stream's annotation decides. */
  insecure: boolean | undefined
  referencePolicy: ReferencePolicy
  importMode: ImportMode
  dryRun: boolean
  /** Most tags of a repository that are imported; undefined: all. */
  limit: number | undefined
  /** Leaves out what an earlier command has imported. */
  resume: boolean
}

/** An ImageStreamImport to create. */
export interface ImportRequestObject extends KubeObject {
  spec: { import: boolean; repository?: RepositoryImportSpec; images?: ImageImportSpec[] }
}

/** What an import sends. */
export interface ImportPlan {
  /** The stream as the client sees it before the import: what -o json prints, as oc does. */
  stream: ImageStream
  request: ImportRequestObject
}

/** Decides what to import from where. `stream` is undefined when there is none. Throws CommandError. */
export function planImport(
  target: ImportTarget,
  flags: ImportFlags,
  namespace: string,
  stream: ImageStream | undefined,
): ImportPlan {
  if (!stream) return planNew(target, flags, namespace)
  return flags.all ? planAll(flags, namespace, stream) : planTag(target, flags, namespace, stream)
}

function planNew(target: ImportTarget, flags: ImportFlags, namespace: string): ImportPlan {
  if (!flags.confirm) {
    throw new CommandError(`no image stream named "${target.stream}" exists, pass --confirm to create and import`)
  }
  const source = flags.from || target.argument
  const tag: TagReference = {
    name: target.tag,
    annotations: null,
    from: { kind: 'DockerImage', name: source },
    generation: null,
    importPolicy: {},
    referencePolicy: { type: flags.referencePolicy },
  }
  const stream: ImageStream = {
    kind: 'ImageStream',
    apiVersion: IMAGE_API,
    metadata: { name: target.stream },
    spec: { lookupPolicy: { local: false }, ...(flags.all ? { dockerImageRepository: source } : { tags: [tag] }) },
    status: { dockerImageRepository: '' },
  }
  return flags.all
    ? repositoryPlan(stream, flags, namespace, source)
    : imagesPlan(stream, flags, namespace, [[target.tag, source]])
}

function planAll(flags: ImportFlags, namespace: string, stream: ImageStream): ImportPlan {
  const current = stream.spec.dockerImageRepository ?? ''
  const source = flags.from || current
  if (!source) {
    const sources = (stream.spec.tags ?? [])
      .filter(({ from }) => from?.kind === 'DockerImage')
      .map(({ name, from }): [string, string] => [name, from?.name ?? ''])
    if (sources.length > 0) return imagesPlan(stream, flags, namespace, sources)
    throw new CommandError('image stream does not have tags pointing to external container images')
  }
  if (source !== current && !flags.confirm) {
    throw new CommandError(
      current
        ? `the image stream has a different import spec "${current}", pass --confirm to update`
        : 'the image stream does not currently import an entire Docker repository, pass --confirm to update',
    )
  }
  const changed = { ...stream, spec: { ...stream.spec, dockerImageRepository: source } }
  return repositoryPlan(changed, flags, namespace, source)
}

function planTag(target: ImportTarget, flags: ImportFlags, namespace: string, stream: ImageStream): ImportPlan {
  const { tag, source } = tagSource(stream, target.tag, flags.from)
  // Nobody but -o shows it: without a generation the tag is one to be imported.
  const tags = stream.spec.tags?.map((one) => (one.name === tag ? { ...one, generation: 0 } : one))
  const changed = { ...stream, spec: { ...stream.spec, ...(tags && { tags }) } }
  return imagesPlan(changed, flags, namespace, [[tag, source]])
}

function repositoryPlan(stream: ImageStream, flags: ImportFlags, namespace: string, source: string): ImportPlan {
  const importPolicy = policy(flags, flags.insecure ?? isMarkedInsecure(stream), flags.scheduled)
  const repository: RepositoryImportSpec = {
    from: { kind: 'DockerImage', name: source },
    importPolicy,
    referencePolicy: { type: flags.referencePolicy },
  }
  const { metadata, ...named } = head(stream, namespace)
  const limit = firstLimit(flags)
  const annotations = limit === undefined ? undefined : { [IMPORT_LIMIT]: String(limit) }
  return {
    stream,
    request: {
      ...named,
      metadata: { ...metadata, ...(annotations && { annotations }) },
      spec: { import: !flags.dryRun, repository },
    },
  }
}

/** How many tags the server is to import by itself. None where only a look at the stream tells which are left. */
function firstLimit({ limit, resume, dryRun }: ImportFlags): number | undefined {
  return resume && !dryRun ? 0 : limit
}

function imagesPlan(
  stream: ImageStream,
  flags: ImportFlags,
  namespace: string,
  sources: readonly [tag: string, source: string][],
): ImportPlan {
  const insecure = flags.insecure ?? isMarkedInsecure(stream)
  const images = sources.map(([tag, source]): ImageImportSpec => {
    const before = specTag(stream, tag)?.importPolicy
    return {
      from: { kind: 'DockerImage', name: source },
      to: { name: tag },
      importPolicy: policy(flags, insecure || before?.insecure === true, flags.scheduled || before?.scheduled === true),
      referencePolicy: { type: flags.referencePolicy },
    }
  })
  return { stream, request: { ...head(stream, namespace), spec: { import: !flags.dryRun, images } } }
}

function head(stream: ImageStream, namespace: string): KubeObject {
  const { name, resourceVersion } = stream.metadata
  return {
    kind: 'ImageStreamImport',
    apiVersion: IMAGE_API,
    // The version makes the server refuse an import into a stream that has changed since it was read.
    metadata: { ...(name && { name }), namespace, ...(resourceVersion && { resourceVersion }) },
  }
}

function policy({ importMode }: ImportFlags, insecure: boolean, scheduled: boolean): TagImportPolicy {
  return { ...(insecure && { insecure }), ...(scheduled && { scheduled }), importMode }
}

function isMarkedInsecure(stream: ImageStream): boolean {
  return isSet(stream.metadata.annotations, INSECURE_ANNOTATION)
}
