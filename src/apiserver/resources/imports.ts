// imagestreamimports: fetches images of registries and writes them into a stream. Imports are answered, never stored.
import { specTag } from '../../core/image/access.ts'
import { PREFER_ARCH, PREFER_OS } from '../../core/image/annotations.ts'
import { defaultImport } from '../../core/image/defaults.ts'
import type { Followed, ImportRequest, ImportResult, PreferredPlatform } from '../../core/image/import.ts'
import { importLimit, importLimitProblems } from '../../core/image/importLimit.ts'
import { importedOutcomes } from '../../core/image/importMerge.ts'
import { withoutRawUnless } from '../../core/image/importShown.ts'
import { type ImageImportSpec, type ImageStream, ImageStreamImport } from '../../core/image/types.ts'
import { validateImport } from '../../core/image/validation/import.ts'
import { streamNameProblems } from '../../core/image/validation/name.ts'
import { choiceOf } from '../../core/policy/choice.ts'
import { policyId, policyOf } from '../../core/policy/policy.ts'
import { validateMetadata } from '../../core/machinery/meta/metadata.ts'
import { formatTime } from '../../core/machinery/object.ts'
import type { Context, Endpoint, Resource } from '../../core/machinery/resource.ts'
import { conflict, ifFound, invalid, notFound } from '../../core/machinery/status.ts'
import type { Persisted } from '../persisted.ts'
import { GROUP, type ImageDeps, VERSION } from './deps.ts'
import { checkImportRegistries } from './importPolicy.ts'
import type { Images } from './images.ts'
import { storeImages } from './importedImages.ts'
import { IMPORTS, writeImport } from './importWrite.ts'
import type { Streams } from './streams.ts'

/** The endpoint: create only. */
export function importEndpoint(deps: ImageDeps, streams: Streams, imagesFor: Images): Endpoint<ImageStreamImport> {
  const { internal } = streams(IMPORTS.plural)
  const images = imagesFor(IMPORTS.plural)

  return {
    async create(context, isi) {
      prepare(isi, context)
      await checkImportRegistries(isi, deps.config, context)
      const stream = await current(internal, context, isi)
      // Said before all the work; the room is taken when the stream is made, for an import may take minutes.
      if (isi.spec.import && !stream) await internal.checkRoom(context, isi.metadata.name!)
      const result = await deps.importer(request(deps, context, isi, stream))
      if (!isi.spec.import) return { ...isi, status: showOnly(isi, result) }
      await storeImages(images, context, importedOutcomes(isi.spec, result))
      const { before, written } = await writeImport(internal, context, { isi, result, existed: stream !== undefined })
      if (!context.dryRun) deps.imported?.(before, written)
      return { ...isi, status: { import: written, ...showOnly(isi, result) } }
    },
  }
}

/** Fills metadata, clears the status, and validates. Error: Invalid. */
function prepare(isi: ImageStreamImport, context: Context): void {
  isi.status = {}
  isi.metadata.namespace = context.namespace
  isi.metadata.uid = context.uid()
  isi.metadata.creationTimestamp = formatTime(context.now())
  const errors = [
    ...validateMetadata(isi.metadata, { namespaced: true, validateName: streamNameProblems }),
    ...validateImport(isi),
    ...importLimitProblems(isi),
  ]
  if (errors.length > 0) throw invalid(GROUP, 'ImageStreamImport', isi.metadata.name ?? '', errors)
}

/** The stream as it is; undefined when the import is to make it. Errors: Conflict, NotFound for a resourceVersion that is not its. */
async function current(
  streams: Persisted<ImageStream>,
  context: Context,
  isi: ImageStreamImport,
): Promise<ImageStream | undefined> {
  const { name = '', resourceVersion: given } = isi.metadata
  const stream = await ifFound(streams.get(context, name))
  const version = stream?.metadata.resourceVersion
  if (!given || given === version) return stream
  if (!stream) throw notFound(IMPORTS, name)
  throw conflict(
    { group: GROUP, plural: 'imagestream' },
    name,
    `the image stream was updated from ${JSON.stringify(given)} to ${JSON.stringify(version)}`,
  )
}

function request(
  deps: ImageDeps,
  context: Context,
  isi: ImageStreamImport,
  stream: ImageStream | undefined,
): ImportRequest {
  const { images = [], repository } = isi.spec
  return {
    namespace: context.namespace,
    images,
    ...(repository && { repository }),
    preferred: (tag) => preferred(stream && specTag(stream, tag)?.annotations),
    followed: (image) => followed(stream, image),
    secrets: () => deps.secrets(context.namespace),
    bulkLimit: importLimit(isi, deps.config.bulkLimit),
    now: context.now(),
    signal: context.signal,
  }
}

/** Who imports from somewhere else means that, and not what the tag follows. */
function followed(stream: ImageStream | undefined, { from, to }: ImageImportSpec): Followed | undefined {
  const tag = stream && specTag(stream, to?.name ?? '')
  const policy = tag && tag.from?.name === from.name ? policyOf(stream, tag) : undefined
  return tag && policy && { policy, id: policyId(tag)!, choice: choiceOf(stream, tag.name) }
}

function preferred(annotations: Record<string, string> | null | undefined): PreferredPlatform {
  const arch = annotations?.[PREFER_ARCH]
  const os = annotations?.[PREFER_OS]
  return { ...(arch && { arch }), ...(os && { os }) }
}

/** The statuses of a result, with raw manifests only where they were asked for. */
function showOnly(isi: ImageStreamImport, result: ImportResult): ImageStreamImport['status'] {
  const { repository, images = [] } = isi.spec
  const shown = result.images.map((status, i) => withoutRawUnless(images[i]?.includeManifest ?? false, status))
  const all = result.repository
  const repositoryImages = all?.images?.map((status) => withoutRawUnless(repository?.includeManifest ?? false, status))
  return {
    ...(all && { repository: { ...all, ...(repositoryImages?.length && { images: repositoryImages }) } }),
    ...(shown.length > 0 && { images: shown }),
  }
}

/** The resource. */
export function importResource(deps: ImageDeps, endpoint: Endpoint<ImageStreamImport>): Resource<ImageStreamImport> {
  return {
    group: GROUP,
    version: VERSION,
    kind: 'ImageStreamImport',
    plural: 'imagestreamimports',
    singular: 'imagestreamimport',
    namespaced: true,
    verbs: ['create'],
    schema: ImageStreamImport,
    defaults: (isi) => defaultImport(isi, deps.config.importMode),
    endpoint,
  }
}
