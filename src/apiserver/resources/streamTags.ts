// imagestreamtags: one tag of a stream with its image. Nothing of it is stored: reads render the stream, writes go to it.
import { setSpecTag, specTag } from '../../core/image/access.ts'
import { streamTagColumns } from '../../core/image/columns/streamTag.ts'
import { parseTagName, splitTagName } from '../../core/image/names.ts'
import { registryCheck } from '../../core/image/registryPolicy.ts'
import { renderStreamTag, usableEvent } from '../../core/image/render/streamTag.ts'
import { type ImageStream, ImageStreamTag, type TagReference } from '../../core/image/types.ts'
import { pathSegmentProblems } from '../../core/image/validation/name.ts'
import { validateStreamTag, validateStreamTagUpdate } from '../../core/image/validation/streamTag.ts'
import { clone } from '../../core/machinery/clone.ts'
import { validateMetadata } from '../../core/machinery/metadata.ts'
import type { Context, Endpoint, Resource, Transform } from '../../core/machinery/resource.ts'
import { alreadyExists, badRequest, invalid, notFound } from '../../core/machinery/status.ts'
import { streamTagDefaults } from './clientDefaults.ts'
import { GROUP, type ImageConfig, VERSION } from './deps.ts'
import { findImage, type Images } from './images.ts'
import { selector } from './select.ts'
import type { Streams } from './streams.ts'
import { checkVersion, deleteTag, newStream, requireCreate, newTarget, writeStream, type Written } from './tagWrite.ts'

const subject = { group: GROUP, plural: 'imagestreamtags' }

interface Target {
  stream: string
  tag: string
  name: string
}

/** The parts of a name. Error: BadRequest. */
function parse(name: string): Target {
  const parts = parseTagName(name)
  if (!parts) throw badRequest('ImageStreamTags must be retrieved with <name>:<tag>')
  return { ...parts, name }
}

/** The endpoint on streams and images. */
export function streamTagEndpoint(streams: Streams, imagesFor: Images, config: ImageConfig): Endpoint<ImageStreamTag> {
  const paths = streams(subject.plural)
  const images = imagesFor(subject.plural)

  const rendered = async (context: Context, stream: ImageStream, tag: string): Promise<ImageStreamTag> => {
    const event = usableEvent(stream, tag)
    const image = event && (await findImage(images, context, event.image))
    return renderStreamTag(stream, tag, image)
  }

  return {
    async get(context, name) {
      const { stream: streamName, tag } = parse(name)
      const stream = await paths.internal.get(context, streamName)
      const event = usableEvent(stream, tag)
      if (!event) throw notFound(subject, name)
      return renderStreamTag(stream, tag, await images.get(context, event.image))
    },

    async list(context, options) {
      const matches = selector(options)
      const { labels } = options
      const { items } = await paths.internal.list(context, labels ? { labels } : {})
      const tags = items.flatMap((stream) =>
        (stream.status.tags ?? [])
          .filter(({ tag }) => usableEvent(stream, tag))
          .map(({ tag }) => renderStreamTag(stream, tag)),
      )
      // As in OpenShift, the list tells no version: it cannot be watched.
      return { metadata: {}, items: tags.filter(matches) }
    },

    async create(context, istag) {
      const name = istag.metadata.name ?? ''
      const { tag } = istag
      if (tag) tag.name ||= splitTagName(name)?.tag ?? ''
      validateNew(istag, config)
      const target = newTarget(name)
      const { stream: created } = await writeStream(paths, context, target.stream, {
        operation: 'create',
        subject,
        update: async () => {
          const { object } = await paths.internal.update(context, target.stream, (stream) => {
            if (specTag(stream, target.tag)) throw alreadyExists({ group: GROUP, plural: 'imagestreamtag' }, name)
            if (tag) setSpecTag(stream, { ...clone(tag), name: target.tag })
            return stream
          })
          return { stream: object, created: false }
        },
        create: async () => {
          const stream = newStream(context, target.stream)
          if (tag) setSpecTag(stream, { ...clone(tag), name: target.tag })
          return { stream: await paths.spec.create(context, stream), created: true }
        },
      })
      return renderStreamTag(created, target.tag)
    },

    async update(context, name, transform) {
      const target = parse(name)
      const { stream, created } = await writeStream(paths, context, target.stream, {
        operation: 'update',
        subject,
        update: () => updateIn(context, target, transform),
        create: () => createBy(context, target, transform),
      })
      return { object: await rendered(context, stream, target.tag), created }
    },

    delete: (context, name, options) => deleteTag(paths, context, { ...parse(name), subject }, options),
  }

  /** An update of a tag of an existing stream. Created: the spec tag is new. */
  async function updateIn(context: Context, target: Target, transform: Transform<ImageStreamTag>): Promise<Written> {
    const { tag, name } = target
    let created = false
    const { object } = await paths.internal.update(context, target.stream, async (stream) => {
      const current = renderStreamTag(stream, tag)
      const wanted = settle(await transform(clone(current)), current)
      checkVersion(subject, name, wanted.metadata.resourceVersion, stream)
      const errors = validateStreamTagUpdate(wanted, current, registryCheck(config, stream))
      if (errors.length > 0) throw invalid(GROUP, 'ImageStreamTag', name, errors)
      const spec = specTag(stream, tag)
      created = !spec
      const next = wanted.tag ?? spec
      if (!next)
        throw badRequest(
          `imagestreamtag ${tag} is not a spec tag in imagestream ${context.namespace}/${target.stream}, cannot be updated`,
        )
      setSpecTag(stream, withAnnotations(next, tag, wanted))
      return stream
    })
    return { stream: object, created }
  }

  /** An update of a tag of a stream that does not exist: creates it. */
  async function createBy(context: Context, target: Target, transform: Transform<ImageStreamTag>): Promise<Written> {
    const { tag, name } = target
    const stream = newStream(context, target.stream)
    const wanted = await transform(renderStreamTag(stream, tag))
    if (wanted.metadata.resourceVersion) throw notFound(subject, name)
    await requireCreate(context, subject, name)
    if (wanted.tag) wanted.tag.name ||= tag
    wanted.metadata.namespace ||= context.namespace
    validateNew(wanted, config)
    if (!wanted.tag)
      throw badRequest(
        `imagestreamtag ${tag} is not a spec tag in imagestream ${context.namespace}/${target.stream}, cannot be updated`,
      )
    setSpecTag(stream, withAnnotations(wanted.tag, tag, wanted))
    return { stream: await paths.spec.create(context, stream), created: true }
  }
}

/** Errors of a new image stream tag. Error: Invalid. */
function validateNew(istag: ImageStreamTag, config: ImageConfig): void {
  const errors = [
    ...validateMetadata(istag.metadata, { namespaced: true, validateName: pathSegmentProblems }),
    ...validateStreamTag(istag, registryCheck(config)),
  ]
  if (errors.length > 0) throw invalid(GROUP, 'ImageStreamTag', istag.metadata.name ?? '', errors)
}

/** Takes over from the current object what clients may leave out, and the tag's annotations from the metadata. */
function settle(wanted: ImageStreamTag, current: ImageStreamTag): ImageStreamTag {
  const { metadata } = wanted
  const { uid, creationTimestamp, namespace, labels } = current.metadata
  if (uid) metadata.uid ||= uid
  if (creationTimestamp) metadata.creationTimestamp = creationTimestamp
  if (namespace) metadata.namespace ||= namespace
  if (labels && !metadata.labels) metadata.labels = labels
  if (wanted.tag) wanted.tag.annotations = metadata.annotations ?? null
  return wanted
}

function withAnnotations(tag: TagReference, name: string, { metadata }: ImageStreamTag): TagReference {
  return { ...tag, name, annotations: metadata.annotations ?? null }
}

/** The resource. */
export function streamTagResource(endpoint: Endpoint<ImageStreamTag>, config: ImageConfig): Resource<ImageStreamTag> {
  return {
    group: GROUP,
    version: VERSION,
    kind: 'ImageStreamTag',
    plural: 'imagestreamtags',
    singular: 'imagestreamtag',
    shortNames: ['istag'],
    namespaced: true,
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update'],
    schema: ImageStreamTag,
    defaults: (istag) => streamTagDefaults(istag, config.importMode),
    columns: streamTagColumns,
    endpoint,
  }
}
