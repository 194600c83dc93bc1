// A tag of a stream as an object of its own, of one kind or the other. Nothing of it is stored: reads render the stream,
// writes go to it.
import { setSpecTag, specTag } from '../../core/image/access.ts'
import { parseTagName, splitTagName } from '../../core/image/names.ts'
import { registryCheck } from '../../core/image/registryPolicy.ts'
import { usableEvent } from '../../core/image/render/streamTag.ts'
import type { Image, ImageStream } from '../../core/image/types.ts'
import { pathSegmentProblems } from '../../core/image/validation/name.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import { validateMetadata } from '../../core/machinery/meta/metadata.ts'
import type { KubeObject, ObjectList } from '../../core/machinery/object.ts'
import type {
  Context,
  DeleteOptions,
  Endpoint,
  GetOptions,
  ListOptions,
  Resource,
  Transform,
} from '../../core/machinery/resource.ts'
import {
  alreadyExists,
  badRequest,
  ifFound,
  invalid,
  notFound,
  type Status,
  type Subject,
} from '../../core/machinery/status.ts'
import type { Persisted } from '../persisted.ts'
import { GROUP, type ImageConfig, VERSION } from './deps.ts'
import type { Images } from './images.ts'
import { selector } from './select.ts'
import type { StreamPaths, Streams } from './streams.ts'
import { listTags } from './tagPages.ts'
import type { TagForm } from './tagForm.ts'
import { checkVersion, deleteTag, streamToBe, newTarget, writeStream, type Written } from './tagWrite.ts'

/** What tags are read from and written to. */
export interface TagDeps {
  streams: Streams
  images: Images
  config: ImageConfig
}

/** The resource of a kind of tag object. */
export function tagResource<T extends KubeObject>(form: TagForm<T>, deps: TagDeps): Resource<T> {
  const { kind, plural, singular, shortName, schema, columns } = form
  return {
    group: GROUP,
    version: VERSION,
    kind,
    plural,
    singular,
    shortNames: [shortName],
    namespaced: true,
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update'],
    schema,
    defaults: (object) => form.defaults(object, deps.config.importMode),
    columns,
    endpoint: new TagEndpoint(form, deps),
  }
}

interface Target {
  stream: string
  tag: string
  name: string
}

class TagEndpoint<T extends KubeObject> implements Endpoint<T> {
  readonly #form: TagForm<T>
  readonly #subject: Subject
  readonly #paths: StreamPaths
  readonly #images: Persisted<Image>
  readonly #config: ImageConfig

  constructor(form: TagForm<T>, { streams, images, config }: TagDeps) {
    this.#form = form
    this.#subject = { group: GROUP, plural: form.plural }
    this.#paths = streams(form.plural)
    this.#images = images(form.plural)
    this.#config = config
  }

  async get(context: Context, name: string, options?: GetOptions): Promise<T> {
    const { stream: streamName, tag } = this.#parse(name)
    const stream = await this.#paths.internal.get(context, streamName, options)
    if (!this.#form.has(stream, tag)) throw notFound(this.#subject, name)
    return this.#rendered(context, stream, tag, this.#form.needsImage)
  }

  /** In pages of tags; the version is that of the streams. */
  async list(context: Context, options: ListOptions): Promise<ObjectList<T>> {
    const { tags, render } = this.#form
    const how = { streams: this.#paths.internal, tags, render, matches: selector(options) }
    return await listTags<T>(how, context, options)
  }

  async create(context: Context, object: T): Promise<T> {
    const name = object.metadata.name ?? ''
    const reference = this.#form.reference(object)
    if (reference) reference.name ||= splitTagName(name)?.tag ?? ''
    this.#validateNew(object, splitTagName(name)?.tag ?? '')
    const target = newTarget(name)
    const put = (stream: ImageStream) => {
      if (reference) setSpecTag(stream, { ...clone(reference), name: target.tag })
      return stream
    }
    const { stream } = await writeStream(this.#paths, context, target.stream, {
      operation: 'create',
      subject: this.#subject,
      update: async () => {
        const { object } = await this.#paths.internal.update(context, target.stream, (stream) => {
          if (specTag(stream, target.tag)) throw alreadyExists(this.#form.taken, name)
          return put(stream)
        })
        return { stream: object, created: false }
      },
      create: async () => {
        const stream = put(streamToBe(context, target.stream))
        return { stream: await this.#paths.spec.create(context, stream), created: true }
      },
    })
    if (!this.#form.createsWithImage) return this.#form.render(stream, target.tag)
    return this.#rendered(context, stream, target.tag)
  }

  async update(context: Context, name: string, transform: Transform<T>): Promise<{ object: T; created: boolean }> {
    const target = this.#parse(name)
    const { stream, created } = await writeStream(this.#paths, context, target.stream, {
      operation: 'update',
      subject: this.#subject,
      update: () => this.#updateIn(context, target, transform),
      create: () => this.#createBy(context, target, transform),
    })
    return { object: await this.#rendered(context, stream, target.tag), created }
  }

  delete(context: Context, name: string, options: DeleteOptions): Promise<Status> {
    return deleteTag(this.#paths, context, { ...this.#parse(name), subject: this.#subject }, options)
  }

  /** An update of a tag of an existing stream. Created: the spec tag is new. */
  async #updateIn(context: Context, { stream: streamName, tag, name }: Target, transform: Transform<T>) {
    let created = false
    const { object } = await this.#paths.internal.update(context, streamName, async (stream) => {
      const current = this.#form.render(stream, tag)
      const wanted = await transform(clone(current))
      const { uid, namespace } = current.metadata
      if (uid) wanted.metadata.uid ||= uid
      if (namespace) wanted.metadata.namespace ||= namespace
      this.#form.adopt?.(wanted, current)
      checkVersion(this.#subject, name, wanted.metadata.resourceVersion, stream)
      const errors = this.#form.validateUpdate(wanted, current, tag, registryCheck(this.#config, stream))
      if (errors.length > 0) throw invalid(GROUP, this.#form.kind, name, errors)
      created = !specTag(stream, tag)
      this.#form.write(stream, tag, wanted)
      return stream
    })
    return { stream: object, created }
  }

  /** An update of a tag of a stream that does not exist: creates it. */
  async #createBy(
    context: Context,
    { stream: streamName, tag, name }: Target,
    transform: Transform<T>,
  ): Promise<Written> {
    const stream = streamToBe(context, streamName)
    const wanted = await transform(this.#form.render(stream, tag))
    if (wanted.metadata.resourceVersion) throw notFound(this.#subject, name)
    const reference = this.#form.reference(wanted)
    if (reference) reference.name ||= tag
    wanted.metadata.namespace ||= context.namespace
    this.#validateNew(wanted, tag)
    this.#form.write(stream, tag, wanted)
    return { stream: await this.#paths.spec.create(context, stream), created: true }
  }

  /** The parts of a name. Error: BadRequest. */
  #parse(name: string): Target {
    const parts = parseTagName(name)
    if (!parts) throw badRequest(`${this.#form.kind}s must be retrieved with <name>:<tag>`)
    return { ...parts, name }
  }

  /** Errors of a new object. Error: Invalid. */
  #validateNew(object: T, tag: string): void {
    const errors = [
      ...validateMetadata(object.metadata, { namespaced: true, validateName: pathSegmentProblems }),
      ...this.#form.validate(object, tag, registryCheck(this.#config)),
    ]
    if (errors.length > 0) throw invalid(GROUP, this.#form.kind, object.metadata.name ?? '', errors)
  }

  /** The object with its image. One that is gone is left out, unless it is needed. Error: NotFound. */
  async #rendered(context: Context, stream: ImageStream, tag: string, needsImage = false): Promise<T> {
    const event = usableEvent(stream, tag)
    if (!event) return this.#form.render(stream, tag)
    const reading = this.#images.get(context, event.image)
    const image = await (needsImage ? reading : ifFound(reading))
    return this.#form.render(stream, tag, image)
  }
}
