// imagetags: spec, status and image of a tag side by side, whether it has an image or not.
import { removeSpecTag, setSpecTag, specTag } from '../../core/image/access.ts'
import { imageTagColumns } from '../../core/image/columns/imageTag.ts'
import { parseTagName, splitTagName } from '../../core/image/names.ts'
import { registryCheck } from '../../core/image/registryPolicy.ts'
import { emptyImageTag, renderImageTag, tagNames } from '../../core/image/render/imageTag.ts'
import { usableEvent } from '../../core/image/render/streamTag.ts'
import { type ImageStream, ImageTag } from '../../core/image/types.ts'
import { pathSegmentProblems } from '../../core/image/validation/name.ts'
import { validateImageTag, validateImageTagUpdate } from '../../core/image/validation/streamTag.ts'
import { clone } from '../../core/machinery/clone.ts'
import { validateMetadata } from '../../core/machinery/metadata.ts'
import type { Context, Endpoint, Resource, Transform } from '../../core/machinery/resource.ts'
import { alreadyExists, badRequest, invalid, notFound } from '../../core/machinery/status.ts'
import { imageTagDefaults } from './clientDefaults.ts'
import { GROUP, type ImageConfig, VERSION } from './deps.ts'
import { findImage, type Images } from './images.ts'
import { selector } from './select.ts'
import type { Streams } from './streams.ts'
import { checkVersion, deleteTag, newStream, requireCreate, newTarget, writeStream, type Written } from './tagWrite.ts'

const subject = { group: GROUP, plural: 'imagetags' }

interface Target {
  stream: string
  tag: string
  name: string
}

/** The parts of a name. Error: BadRequest. */
function parse(name: string): Target {
  const parts = parseTagName(name)
  if (!parts) throw badRequest('ImageTags must be retrieved with <name>:<tag>')
  return { ...parts, name }
}

/** The endpoint on streams and images. */
export function imageTagEndpoint(streams: Streams, imagesFor: Images, config: ImageConfig): Endpoint<ImageTag> {
  const paths = streams(subject.plural)
  const images = imagesFor(subject.plural)

  const rendered = async (context: Context, stream: ImageStream, tag: string): Promise<ImageTag | undefined> => {
    const event = usableEvent(stream, tag)
    return renderImageTag(stream, tag, event && (await findImage(images, context, event.image)))
  }

  return {
    async get(context, name) {
      const target = parse(name)
      const stream = await paths.internal.get(context, target.stream)
      const itag = await rendered(context, stream, target.tag)
      if (!itag) throw notFound(subject, name)
      return itag
    },

    async list(context, options) {
      const matches = selector(options)
      const { labels } = options
      const { items } = await paths.internal.list(context, labels ? { labels } : {})
      const all = items.flatMap((stream) => tagNames(stream).flatMap((tag) => renderImageTag(stream, tag) ?? []))
      return { metadata: {}, items: all.filter(matches) }
    },

    async create(context, itag) {
      const name = itag.metadata.name ?? ''
      const tag = splitTagName(name)?.tag ?? ''
      if (itag.spec) itag.spec.name ||= tag
      validateNew(itag, tag, config)
      const target = newTarget(name)
      const spec = itag.spec!
      const { stream } = await writeStream(paths, context, target.stream, {
        operation: 'create',
        subject,
        update: async () => {
          const { object } = await paths.internal.update(context, target.stream, (stream) => {
            if (specTag(stream, target.tag)) throw alreadyExists(subject, name)
            setSpecTag(stream, clone(spec))
            return stream
          })
          return { stream: object, created: false }
        },
        create: async () => {
          const stream = newStream(context, target.stream)
          setSpecTag(stream, clone(spec))
          return { stream: await paths.spec.create(context, stream), created: true }
        },
      })
      return (await rendered(context, stream, target.tag)) ?? emptyImageTag(stream, target.tag)
    },

    async update(context, name, transform) {
      const target = parse(name)
      const { stream, created } = await writeStream(paths, context, target.stream, {
        operation: 'update',
        subject,
        update: () => updateIn(context, target, transform),
        create: () => createBy(context, target, transform),
      })
      const object = (await rendered(context, stream, target.tag)) ?? emptyImageTag(stream, target.tag)
      return { object, created }
    },

    delete: (context, name, options) => deleteTag(paths, context, { ...parse(name), subject }, options),
  }

  /** An update of a tag of an existing stream. A spec of null removes the spec tag and keeps the history. */
  async function updateIn(context: Context, target: Target, transform: Transform<ImageTag>): Promise<Written> {
    const { tag, name } = target
    let created = false
    const { object } = await paths.internal.update(context, target.stream, async (stream) => {
      const current = renderImageTag(stream, tag) ?? emptyImageTag(stream, tag)
      const wanted = settle(await transform(clone(current)), current)
      checkVersion(subject, name, wanted.metadata.resourceVersion, stream)
      const errors = validateImageTagUpdate(wanted, current, tag, registryCheck(config, stream))
      if (errors.length > 0) throw invalid(GROUP, 'ImageTag', name, errors)
      created = !specTag(stream, tag)
      if (wanted.spec) setSpecTag(stream, wanted.spec)
      else removeSpecTag(stream, tag)
      return stream
    })
    return { stream: object, created }
  }

  /** An update of a tag of a stream that does not exist: creates it. */
  async function createBy(context: Context, target: Target, transform: Transform<ImageTag>): Promise<Written> {
    const { tag, name } = target
    const stream = newStream(context, target.stream)
    const wanted = await transform(emptyImageTag(stream, tag))
    if (wanted.metadata.resourceVersion) throw notFound(subject, name)
    await requireCreate(context, subject, name)
    if (wanted.spec) wanted.spec.name ||= tag
    wanted.metadata.namespace ||= context.namespace
    validateNew(wanted, tag, config)
    setSpecTag(stream, wanted.spec!)
    return { stream: await paths.spec.create(context, stream), created: true }
  }
}

/** Errors of a new image tag. Error: Invalid. */
function validateNew(itag: ImageTag, tag: string, config: ImageConfig): void {
  const errors = [
    ...validateMetadata(itag.metadata, { namespaced: true, validateName: pathSegmentProblems }),
    ...validateImageTag(itag, tag, registryCheck(config)),
  ]
  if (errors.length > 0) throw invalid(GROUP, 'ImageTag', itag.metadata.name ?? '', errors)
}

/** Takes over from the current object what clients may leave out. */
function settle(wanted: ImageTag, current: ImageTag): ImageTag {
  const { uid, namespace } = current.metadata
  if (uid) wanted.metadata.uid ||= uid
  if (namespace) wanted.metadata.namespace ||= namespace
  return wanted
}

/** The resource. */
export function imageTagResource(endpoint: Endpoint<ImageTag>, config: ImageConfig): Resource<ImageTag> {
  return {
    group: GROUP,
    version: VERSION,
    kind: 'ImageTag',
    plural: 'imagetags',
    singular: 'imagetag',
    shortNames: ['itag'],
    namespaced: true,
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update'],
    schema: ImageTag,
    defaults: (itag) => imageTagDefaults(itag, config.importMode),
    columns: imageTagColumns,
    endpoint,
  }
}
