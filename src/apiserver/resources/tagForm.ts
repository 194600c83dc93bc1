// What image stream tags and image tags differ in.
import type { ImportMode } from '../../core/image/defaults.ts'
import type { Image, ImageStream, TagReference } from '../../core/image/types.ts'
import type { RegistryCheck } from '../../core/image/validation/tag.ts'
import type { FieldError } from '../../core/machinery/fieldError.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Column } from '../../core/machinery/resource.ts'
import type { TSchema } from '../../core/machinery/schema.ts'
import type { Subject } from '../../core/machinery/status.ts'

/** What one kind of tag object has of its own. */
export interface TagForm<T extends KubeObject> {
  kind: string
  plural: string
  singular: string
  shortName: string
  schema: TSchema
  columns: readonly Column<T>[]
  defaults(object: T, mode: ImportMode): void
  /** Who already exists, when a new tag does. */
  taken: Subject
  /** GET of a tag whose image is gone: the image is not found, instead of being left out. */
  needsImage: boolean
  /** A created tag is answered with its image, as GET would. */
  createsWithImage: boolean
  /** The tags of a stream that are objects, in the order of lists. */
  tags: (stream: ImageStream) => string[]
  /** Whether a tag is one of them. */
  has(stream: ImageStream, tag: string): boolean
  /** The object of a tag, also of one that does not exist yet. */
  render: (stream: ImageStream, tag: string, image?: Image) => T
  /** The object's part that becomes the stream's spec tag. */
  reference(object: T): TagReference | null | undefined
  /** Takes over from the current object what clients may leave out, beside uid and namespace. */
  adopt?(wanted: T, current: T): void
  validate(object: T, tag: string, registry: RegistryCheck): FieldError[]
  validateUpdate(wanted: T, current: T, tag: string, registry: RegistryCheck): FieldError[]
  /** Puts an update into the stream. Error: BadRequest. */
  write(stream: ImageStream, tag: string, wanted: T): void
}
