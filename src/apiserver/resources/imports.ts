// imagestreamimports: fetches images of registries and writes them into a stream. Imports are answered, never stored.
import { specTag } from '../../core/image/access.ts'
import { CHECK_ANNOTATION, PREFER_ARCH, PREFER_OS } from '../../core/image/annotations.ts'
import { defaultImport } from '../../core/image/defaults.ts'
import type { ImportRequest, ImportResult, PreferredPlatform } from '../../core/image/import.ts'
import { importedOutcomes, mergeImport } from '../../core/image/importMerge.ts'
import { withoutRawUnless } from '../../core/image/importShown.ts'
import { newStream } from '../../core/image/newStream.ts'
import { type ImageStream, ImageStreamImport } from '../../core/image/types.ts'
import { validateImport } from '../../core/image/validation/import.ts'
import { streamNameProblems } from '../../core/image/validation/name.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import { deepEqual } from '../../core/machinery/json/equal.ts'
import { validateMetadata } from '../../core/machinery/meta/metadata.ts'
import { formatTime } from '../../core/machinery/object.ts'
import type { Context, Endpoint, Resource } from '../../core/machinery/resource.ts'
import { conflict, ifFound, invalid, isReason, MODIFIED, notFound } from '../../core/machinery/status.ts'
import type { Persisted } from '../persisted.ts'
import { GROUP, type ImageDeps, VERSION } from './deps.ts'
import { checkImportRegistries } from './importPolicy.ts'
import type { Images } from './images.ts'
import { storeImages } from './importedImages.ts'
import type { Streams } from './streams.ts'

const subject = { group: GROUP, plural: 'imagestreamimports' }

/** The endpoint: create only. */
export function importEndpoint(deps: ImageDeps, streams: Streams, imagesFor: Images): Endpoint<ImageStreamImport> {
  const { internal } = streams(subject.plural)
  const images = imagesFor(subject.plural)

  return {
    async create(context, isi) {
      prepare(isi, context)
      await checkImportRegistries(isi, deps.config, context)
      const name = isi.metadata.name!
      const stream = await current(internal, context, isi)
      const result = await deps.importer(await request(deps, context, isi, stream))
      if (!isi.spec.import) return { ...isi, status: showOnly(isi, result) }
      await storeImages(images, context, importedOutcomes(isi.spec, result))
      const written = await persist(internal, context, { isi, result, existed: stream !== undefined, name })
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
  if (!stream) throw notFound(subject, name)
  throw conflict(
    { group: GROUP, plural: 'imagestream' },
    name,
    `the image stream was updated from ${JSON.stringify(given)} to ${JSON.stringify(version)}`,
  )
}

async function request(
  deps: ImageDeps,
  context: Context,
  isi: ImageStreamImport,
  stream: ImageStream | undefined,
): Promise<ImportRequest> {
  const { images = [], repository } = isi.spec
  return {
    images,
    ...(repository && { repository }),
    preferred: (tag) => preferred(stream && specTag(stream, tag)?.annotations),
    secrets: await deps.secrets(context.namespace),
    bulkLimit: deps.config.bulkLimit,
    now: context.now(),
    signal: context.signal,
  }
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

interface Outcome {
  isi: ImageStreamImport
  result: ImportResult
  existed: boolean
  name: string
}

/** Writes the results into the stream, or makes it. Nothing is written when nothing is new. Errors: Conflict, Invalid. */
async function persist(streams: Persisted<ImageStream>, context: Context, outcome: Outcome): Promise<ImageStream> {
  const { isi, result, name } = outcome
  const now = formatTime(context.now())
  const { resourceVersion: given } = isi.metadata
  if (!outcome.existed) {
    const { namespace } = context
    const stream = newStream({ name, namespace, annotations: { [CHECK_ANNOTATION]: now } })
    mergeImport(stream, isi.spec, result, { now })
    try {
      return await streams.create(context, stream)
    } catch (error) {
      // Someone else made it meanwhile: our results go into that.
      if (!isReason(error, 'AlreadyExists')) throw error
    }
  }
  const { object } = await streams.update(context, name, (stream) => {
    // A client that named a version gets a conflict; results for others are merged into whatever the stream is by now.
    if (given && given !== stream.metadata.resourceVersion) throw conflict(subject, name, MODIFIED)
    const before = clone(stream)
    mergeImport(stream, isi.spec, result, { now })
    if (stream.metadata.annotations?.[CHECK_ANNOTATION] && deepEqual(before, stream)) return stream
    stream.metadata.annotations = { ...stream.metadata.annotations, [CHECK_ANNOTATION]: now }
    return stream
  })
  return object
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
